package io.minga.libp2p.discovery;

import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Multiaddr;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One bootstrap address with a name in it, and how far the finding of what it stands for is. A
 * round asks for the name, then for the names that it led to, within limits, and ends with
 * addresses of peers.
 */
final class Lookup {
  final BootstrapAddress bootstrap;

  /** Rounds in a row after which none of its peers was connected. */
  int failures;

  /** When the next round is due, if none is under way. */
  long nextRoundNanos;

  /** The last failure that a person was told of. */
  String lastTrouble = "";

  private final DiscoveryOptions options;
  // What was asked in this round and has no answer yet, by how deep it is.
  private final Map<Multiaddr, Integer> open = new LinkedHashMap<>();
  private final Set<Multiaddr> asked = new LinkedHashSet<>();
  private final Map<PeerId, List<Multiaddr>> found = new LinkedHashMap<>();
  private int foundAddresses;
  private String reason = "";
  private Set<PeerId> peers = new LinkedHashSet<>();

  Lookup(BootstrapAddress bootstrap, DiscoveryOptions options, long nowNanos) {
    this.bootstrap = bootstrap;
    this.options = options;
    this.nextRoundNanos = nowNanos;
  }

  boolean isUnderWay() {
    return !open.isEmpty();
  }

  /** Gives it a fresh chance. */
  void refresh(long nowNanos) {
    failures = 0;
    nextRoundNanos = nowNanos;
  }

  /** Begins a round; returns what to resolve. */
  Multiaddr begin() {
    asked.clear();
    found.clear();
    foundAddresses = 0;
    reason = "no address of a peer is there";
    Multiaddr first = bootstrap.address();
    asked.add(first);
    open.put(first, 1);
    return first;
  }

  /**
   * Takes an answer; returns what else to resolve.
   *
   * @return empty if this lookup did not ask for it, or wants no more
   */
  List<Multiaddr> resolved(Multiaddr address, Resolution resolution) {
    Integer depth = open.remove(address);
    if (depth == null) {
      return List.of();
    }
    List<Multiaddr> next = new ArrayList<>();
    if (resolution instanceof Resolution.Failed failed) {
      reason = failed.reason();
    } else if (resolution instanceof Resolution.Found answer) {
      for (Multiaddr each : answer.addresses()) {
        if (!Dnsaddr.mayStandFor(address, each)) {
          continue;
        }
        if (!Dnsaddr.hasName(each)) {
          keep(each);
        } else if (depth < options.lookupDepthMax()
            && asked.size() < options.lookupsMax()
            && asked.add(each)) {
          open.put(each, depth + 1);
          next.add(each);
        }
      }
    }
    return next;
  }

  private void keep(Multiaddr address) {
    Optional<PeerId> peer = Addresses.peer(address);
    Optional<Multiaddr> place = address.decapsulatePeer();
    if (peer.isPresent() && place.isPresent() && foundAddresses < options.resolvedAddressesMax()) {
      found.computeIfAbsent(peer.get(), it -> new ArrayList<>()).add(place.get());
      foundAddresses++;
    }
  }

  /** The peers that the round, which is over, has found, with their addresses. */
  Map<PeerId, List<Multiaddr>> end() {
    if (!found.isEmpty()) {
      peers = new LinkedHashSet<>(found.keySet());
    }
    return found;
  }

  /** The peers that the last good round found. */
  Set<PeerId> peers() {
    return peers;
  }

  /** Why the round found nothing, as a clause. */
  String reason() {
    return reason;
  }
}
