package io.minga.libp2p.discovery;

import io.minga.libp2p.connections.Direction;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Multiaddr;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The peers that are connected, and which of them, and of those before, to remember. */
final class Neighbours {
  /** A connected peer. */
  static final class Neighbour {
    final PeerId peer;
    final long sinceNanos;
    int connections;

    /** Where we reached it; null if only it reached us. */
    @Nullable Multiaddr reachedAt;

    private List<Multiaddr> listenAddresses = List.of();

    Neighbour(PeerId peer, long sinceNanos) {
      this.peer = peer;
      this.sinceNanos = sinceNanos;
    }

    List<Multiaddr> addresses() {
      Set<Multiaddr> addresses = new LinkedHashSet<>();
      Multiaddr proven = reachedAt;
      if (proven != null) {
        addresses.add(proven);
      }
      addresses.addAll(listenAddresses);
      return List.copyOf(addresses);
    }
  }

  private final DiscoveryOptions options;
  private final Map<PeerId, Neighbour> connected = new LinkedHashMap<>();
  // The best first: a good peer that leaves goes to the front.
  private List<RememberedPeer> former = List.of();

  Neighbours(DiscoveryOptions options) {
    this.options = options;
  }

  /** Begins with what was remembered before. */
  void remembered(List<RememberedPeer> peers) {
    former = List.copyOf(peers.subList(0, Math.min(peers.size(), options.rememberedMax())));
  }

  int size() {
    return connected.size();
  }

  Collection<Neighbour> all() {
    return connected.values();
  }

  boolean isConnected(PeerId peer) {
    return connected.containsKey(peer);
  }

  /** Takes note of a connection; returns whether it is the first with {@code peer}. */
  boolean connected(long nowNanos, PeerId peer, Direction direction, Multiaddr remoteAddress) {
    Neighbour neighbour = connected.computeIfAbsent(peer, it -> new Neighbour(it, nowNanos));
    neighbour.connections++;
    if (direction == Direction.OUTBOUND) {
      neighbour.reachedAt = remoteAddress.decapsulatePeer().orElse(null);
    }
    return neighbour.connections == 1;
  }

  /** Takes note of the end of one; returns the neighbour that was, if it was its last. */
  @Nullable Neighbour disconnected(long nowNanos, PeerId peer) {
    Neighbour neighbour = connected.get(peer);
    if (neighbour == null || --neighbour.connections > 0) {
      return null;
    }
    connected.remove(peer);
    if (isGood(nowNanos, neighbour)) {
      Map<PeerId, RememberedPeer> all = new LinkedHashMap<>();
      put(all, neighbour);
      former.forEach(it -> all.putIfAbsent(it.peer(), it));
      former = all.values().stream().limit(options.rememberedMax()).toList();
    }
    return neighbour;
  }

  void identified(PeerId peer, List<Multiaddr> listenAddresses) {
    Neighbour neighbour = connected.get(peer);
    if (neighbour != null) {
      List<Multiaddr> own = Addresses.of(peer, listenAddresses);
      neighbour.listenAddresses =
          own.subList(0, Math.min(own.size(), options.addressesPerPeerMax()));
    }
  }

  /**
   * The peers to dial first after a restart, the best first: those that we reached and kept, the
   * longest kept first; those remembered from before; those that we reached just now; and while
   * they are too few, those that only reached us.
   */
  List<RememberedPeer> worthRemembering(long nowNanos) {
    Map<PeerId, RememberedPeer> best = new LinkedHashMap<>();
    List<Neighbour> oldestFirst = new ArrayList<>(connected.values());
    oldestFirst.sort(Comparator.comparingLong(it -> it.sinceNanos - nowNanos));
    oldestFirst.stream().filter(it -> isGood(nowNanos, it)).forEach(it -> put(best, it));
    former.forEach(it -> best.putIfAbsent(it.peer(), it));
    oldestFirst.stream().filter(it -> it.reachedAt != null).forEach(it -> put(best, it));
    for (Neighbour neighbour : oldestFirst) {
      if (best.size() < options.rememberedMin()) {
        put(best, neighbour);
      }
    }
    return best.values().stream().limit(options.rememberedMax()).toList();
  }

  private boolean isGood(long nowNanos, Neighbour neighbour) {
    return neighbour.reachedAt != null
        && neighbour.sinceNanos + options.goodAfter().toNanos() - nowNanos <= 0;
  }

  private static void put(Map<PeerId, RememberedPeer> best, Neighbour neighbour) {
    List<Multiaddr> addresses = neighbour.addresses();
    if (!addresses.isEmpty()) {
      best.putIfAbsent(
          neighbour.peer,
          new RememberedPeer(
              neighbour.peer,
              addresses.subList(0, Math.min(addresses.size(), RememberedPeer.ADDRESSES_MAX))));
    }
  }
}
