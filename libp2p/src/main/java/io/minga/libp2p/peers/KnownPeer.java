package io.minga.libp2p.peers;

import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.identity.PublicKey;
import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.libp2p.wire.Bytes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** All that the store keeps of one peer. */
final class KnownPeer {
  final PeerId id;
  boolean connected;
  boolean wasConnected;
  @Nullable PublicKey publicKey;
  List<String> protocols = List.of();
  @Nullable String protocolVersion;
  @Nullable String agentVersion;
  @Nullable Bytes signedRecord;
  long signedSequence;
  private final Map<Multiaddr, KnownAddress> addresses = new LinkedHashMap<>();

  KnownPeer(PeerId id) {
    this.id = id;
  }

  @Nullable KnownAddress address(Multiaddr address) {
    return addresses.get(address);
  }

  /** Keeps {@code added}, if need be in place of the worst that isn't permanent. */
  void add(KnownAddress added, int addressesMax) {
    if (addresses.size() >= addressesMax) {
      KnownAddress worst = added;
      for (KnownAddress candidate : addresses.values()) {
        if (candidate.source != AddressSource.PERMANENT
            && KnownAddress.BEST_FIRST.compare(candidate, worst) > 0) {
          worst = candidate;
        }
      }
      if (worst == added) {
        return;
      }
      addresses.remove(worst.address);
    }
    addresses.put(added.address, added);
  }

  /** Forgets what the peer said about its addresses before it signed {@code kept}. */
  void dropSaidExcept(List<Multiaddr> kept) {
    addresses
        .values()
        .removeIf(
            known ->
                (known.source == AddressSource.SIGNED || known.source == AddressSource.IDENTIFIED)
                    && !kept.contains(known.address));
  }

  /** Gives every address its full time to live again. */
  void renewAll(PeerStoreLimits limits, long nowNanos) {
    for (KnownAddress address : addresses.values()) {
      if (address.source != AddressSource.PERMANENT) {
        address.renew(address.source, nowNanos + limits.ttl(address.source).toNanos());
      }
    }
  }

  /** The addresses of a connected peer don't expire. */
  void expire(long nowNanos) {
    if (!connected) {
      addresses.values().removeIf(address -> address.isExpired(nowNanos));
    }
  }

  /** At most {@code max} addresses, the best first. */
  List<Multiaddr> bestAddresses(long nowNanos, int max) {
    List<KnownAddress> sorted = new ArrayList<>();
    for (KnownAddress address : addresses.values()) {
      if (connected || !address.isExpired(nowNanos)) {
        sorted.add(address);
      }
    }
    sorted.sort(KnownAddress.BEST_FIRST);
    return sorted.stream().limit(max).map(known -> known.address).toList();
  }

  boolean hasAddresses() {
    return !addresses.isEmpty();
  }

  boolean hasPermanentAddress() {
    return addresses.values().stream().anyMatch(a -> a.source == AddressSource.PERMANENT);
  }

  PeerInfo info() {
    return new PeerInfo(
        id,
        connected,
        Optional.ofNullable(publicKey),
        protocols,
        Optional.ofNullable(protocolVersion),
        Optional.ofNullable(agentVersion),
        Optional.ofNullable(signedRecord));
  }
}
