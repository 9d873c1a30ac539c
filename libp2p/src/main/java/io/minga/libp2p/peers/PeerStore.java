package io.minga.libp2p.peers;

import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.identity.PublicKey;
import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.libp2p.wire.Bytes;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The peer store: what the host remembers of other peers, within limits. Every address has a time
 * to live by its source, which starts anew when the last connection of its peer ends. When the
 * store is full, a new peer takes the place of one that is neither connected nor protected nor has
 * a permanent address: first of those that never were connected, the one that nobody has spoken of
 * for longest. One owner; not safe for use by several threads.
 */
public final class PeerStore {
  private final PeerStoreLimits limits;
  // In the order in which they were last spoken of.
  private final Map<PeerId, KnownPeer> peers = new LinkedHashMap<>();
  private final Set<PeerId> protectedPeers = new LinkedHashSet<>();
  private long nextSweepNanos = Long.MAX_VALUE;

  /** A store of no peers yet. */
  public PeerStore(PeerStoreLimits limits) {
    this.limits = limits;
  }

  /**
   * Adds addresses of {@code peer}, or renews those that are known.
   *
   * @return false if the store is full of peers that stay
   */
  public boolean addAddresses(
      long nowNanos, PeerId peer, List<Multiaddr> addresses, AddressSource source) {
    KnownPeer known = touch(nowNanos, peer);
    if (known == null) {
      return false;
    }
    for (Multiaddr address : addresses) {
      add(nowNanos, known, address, source);
    }
    return true;
  }

  /**
   * Takes a peer record, verified before to be {@code peer}'s own. It replaces an older one, and
   * all that the peer said about its addresses before. The same record again renews its addresses.
   *
   * @param envelope the encoded signed envelope, to be passed on as it is
   * @param sequence the record's sequence number, unsigned
   * @return false if the store has a newer record, or another of the same sequence, or is full
   */
  public boolean addSignedRecord(
      long nowNanos, PeerId peer, Bytes envelope, long sequence, List<Multiaddr> addresses) {
    KnownPeer known = touch(nowNanos, peer);
    if (known == null) {
      return false;
    }
    Bytes last = known.signedRecord;
    if (last != null
        && !last.equals(envelope)
        && Long.compareUnsigned(sequence, known.signedSequence) <= 0) {
      return false;
    }
    known.signedRecord = envelope;
    known.signedSequence = sequence;
    known.dropSaidExcept(addresses);
    for (Multiaddr address : addresses) {
      add(nowNanos, known, address, AddressSource.SIGNED);
    }
    return true;
  }

  /**
   * Takes what identify said of {@code peer}; null leaves what is known. Protocols, the largest
   * part, are kept only of connected peers.
   *
   * @return false if the store is full of peers that stay
   */
  public boolean identified(
      long nowNanos,
      PeerId peer,
      @Nullable PublicKey publicKey,
      @Nullable List<String> protocols,
      @Nullable String protocolVersion,
      @Nullable String agentVersion) {
    KnownPeer known = touch(nowNanos, peer);
    if (known == null) {
      return false;
    }
    known.publicKey = publicKey != null ? publicKey : known.publicKey;
    if (protocols != null && known.connected) {
      known.protocols = protocols.stream().distinct().limit(limits.protocolsPerPeerMax()).toList();
    }
    known.protocolVersion = protocolVersion != null ? protocolVersion : known.protocolVersion;
    known.agentVersion = agentVersion != null ? agentVersion : known.agentVersion;
    return true;
  }

  /**
   * Says that the first connection to {@code peer} is there.
   *
   * @param dialled the address that we dialled, or null if the peer dialled us
   * @return false if the store is full of peers that stay
   */
  public boolean connected(long nowNanos, PeerId peer, @Nullable Multiaddr dialled) {
    KnownPeer known = touch(nowNanos, peer);
    if (known == null) {
      return false;
    }
    known.connected = true;
    known.wasConnected = true;
    if (dialled != null) {
      add(nowNanos, known, dialled, AddressSource.CONNECTED);
      KnownAddress address = known.address(dialled);
      if (address != null) {
        address.succeeded(nowNanos);
      }
    }
    return true;
  }

  /** Says that the last connection to {@code peer} is gone. Unknown peers are ignored. */
  public void disconnected(long nowNanos, PeerId peer) {
    KnownPeer known = peers.get(peer);
    if (known != null && known.connected) {
      known.connected = false;
      known.protocols = List.of();
      known.renewAll(limits, nowNanos);
      touch(nowNanos, peer);
    }
  }

  /** Says that {@code address} did not lead to {@code peer}. Unknown ones are ignored. */
  public void dialFailed(PeerId peer, Multiaddr address) {
    KnownPeer known = peers.get(peer);
    KnownAddress failed = known == null ? null : known.address(address);
    if (failed != null) {
      failed.failed();
    }
  }

  /**
   * Keeps {@code peer} in the store, known yet or not.
   *
   * @throws IllegalStateException if as many are protected as the store holds
   */
  public void protect(PeerId peer) {
    if (!protectedPeers.contains(peer) && protectedPeers.size() >= limits.peersMax()) {
      throw new IllegalStateException(
          limits.peersMax() + " peers are protected already, which is all that the store holds");
    }
    protectedPeers.add(peer);
  }

  /** Lets {@code peer} be forgotten again. */
  public void unprotect(PeerId peer) {
    protectedPeers.remove(peer);
  }

  /** Forgets {@code peer}, connected and protected or not. */
  public void remove(PeerId peer) {
    peers.remove(peer);
  }

  /** Every known address of {@code peer}, the best first. */
  public List<Multiaddr> addresses(long nowNanos, PeerId peer) {
    return bestAddresses(nowNanos, peer, limits.addressesPerPeerMax());
  }

  /** The addresses to dial {@code peer} at, the best first. */
  public List<Multiaddr> dialAddresses(long nowNanos, PeerId peer) {
    return bestAddresses(nowNanos, peer, limits.dialAddressesMax());
  }

  /** What is known of {@code peer}, if anything is. */
  public Optional<PeerInfo> find(PeerId peer) {
    return Optional.ofNullable(peers.get(peer)).map(KnownPeer::info);
  }

  /** Every peer in the store, those that were spoken of last at the end. */
  public List<PeerId> peers() {
    return List.copyOf(peers.keySet());
  }

  /** Throws out expired addresses, and peers of which nothing keeps us remembering. */
  public void sweep(long nowNanos) {
    peers.values().forEach(peer -> peer.expire(nowNanos));
    peers
        .values()
        .removeIf(
            peer -> !peer.connected && !peer.hasAddresses() && !protectedPeers.contains(peer.id));
    nextSweepNanos = peers.isEmpty() ? Long.MAX_VALUE : nowNanos + limits.sweepInterval().toNanos();
  }

  /** When the next {@link #sweep} is due; {@link Long#MAX_VALUE} if none is. */
  public long nextDeadlineNanos() {
    return nextSweepNanos;
  }

  private List<Multiaddr> bestAddresses(long nowNanos, PeerId peer, int max) {
    KnownPeer known = peers.get(peer);
    return known == null ? List.of() : known.bestAddresses(nowNanos, max);
  }

  private void add(long nowNanos, KnownPeer peer, Multiaddr address, AddressSource source) {
    boolean tooLong =
        address.toBytes().length() > limits.addressBytesMax()
            || address.components().size() > limits.addressComponentsMax();
    if (tooLong && source != AddressSource.PERMANENT) {
      return;
    }
    long expiresNanos =
        source == AddressSource.PERMANENT ? nowNanos : nowNanos + limits.ttl(source).toNanos();
    KnownAddress known = peer.address(address);
    if (known != null) {
      known.renew(source, expiresNanos);
    } else {
      peer.add(new KnownAddress(address, source, expiresNanos), limits.addressesPerPeerMax());
    }
  }

  /** The peer, now the last spoken of; null if it is new and nobody makes room. */
  private @Nullable KnownPeer touch(long nowNanos, PeerId id) {
    KnownPeer peer = peers.remove(id);
    if (peer == null) {
      if (peers.size() >= limits.peersMax() && !evictOne()) {
        return null;
      }
      peer = new KnownPeer(id);
      if (nextSweepNanos == Long.MAX_VALUE) {
        nextSweepNanos = nowNanos + limits.sweepInterval().toNanos();
      }
    }
    peers.put(id, peer);
    return peer;
  }

  private boolean evictOne() {
    KnownPeer victim = null;
    for (KnownPeer peer : peers.values()) {
      if (peer.connected || peer.hasPermanentAddress() || protectedPeers.contains(peer.id)) {
        continue;
      }
      if (!peer.wasConnected) {
        victim = peer;
        break;
      }
      victim = victim == null ? peer : victim;
    }
    if (victim == null) {
      return false;
    }
    peers.remove(victim.id);
    return true;
  }
}
