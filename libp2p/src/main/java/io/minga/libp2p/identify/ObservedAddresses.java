package io.minga.libp2p.identify;

import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.libp2p.peers.IpAddress;
import io.minga.libp2p.wire.Bytes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Where others see us. One peer may be wrong or lie, so an address counts only once several peers
 * of different networks saw it lately. A network is a /24 of IPv4 or a /48 of IPv6; each peer on
 * our own machine is one of its own. Of every peer only the last view counts, so that none has more
 * than one vote. One owner; not safe for use by several threads.
 */
public final class ObservedAddresses {
  private record View(Multiaddr observed, Bytes network, long seenNanos) {}

  private final IdentifyLimits limits;
  // In the order in which they were last heard of.
  private final Map<PeerId, View> views = new LinkedHashMap<>();

  /** Nobody's views yet. */
  public ObservedAddresses(IdentifyLimits limits) {
    this.limits = limits;
  }

  /**
   * Takes {@code observer}'s view. It is ignored unless it came over a connection from an IP
   * address, which {@code observerAddress} begins with.
   */
  public void observe(
      long nowNanos, PeerId observer, Multiaddr observerAddress, Multiaddr observed) {
    Optional<IpAddress> ip = IpAddress.of(observerAddress);
    if (ip.isEmpty()) {
      return;
    }
    views.remove(observer);
    if (views.size() >= limits.observersMax()) {
      views.remove(views.keySet().iterator().next());
    }
    views.put(observer, new View(observed, network(observer, ip.get()), nowNanos));
  }

  /** The addresses that enough peers see now, in the order in which they were first seen. */
  public List<Multiaddr> confirmed(long nowNanos) {
    long ttlNanos = limits.observedTtl().toNanos();
    Map<Multiaddr, Set<Bytes>> networks = new LinkedHashMap<>();
    for (View view : views.values()) {
      if (view.seenNanos + ttlNanos - nowNanos > 0) {
        networks.computeIfAbsent(view.observed, address -> new LinkedHashSet<>()).add(view.network);
      }
    }
    List<Multiaddr> confirmed = new ArrayList<>();
    networks.forEach(
        (address, seenFrom) -> {
          if (seenFrom.size() >= limits.observersNeeded()) {
            confirmed.add(address);
          }
        });
    return confirmed;
  }

  private static Bytes network(PeerId observer, IpAddress ip) {
    if (ip.isLoopback()) {
      return observer.multihash();
    }
    return ip.prefix(ip.bitLength() == 32 ? 24 : 48).bytes();
  }
}
