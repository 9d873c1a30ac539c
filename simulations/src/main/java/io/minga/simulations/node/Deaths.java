package io.minga.simulations.node;

import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * Looks at whom peers take for dead: nobody whom they are connected with and who stood still for no
 * longer than half a lease; nor anybody else, however long they themselves stood still.
 */
final class Deaths {
  /** Half of 15 s. */
  private static final long HALF_LEASE_NANOS = 7_500_000_000L;

  /** After so long everybody has heard of a peer again. */
  private static final long BACK_NANOS = 1_000_000_000;

  /** Of what goes wrong, what is no reason to take anybody for dead. */
  private static final Set<NodeFault> HARMLESS =
      EnumSet.of(
          NodeFault.PAUSE,
          NodeFault.CARRIER_PAUSES,
          NodeFault.CLOCK_JUMP,
          NodeFault.CANCEL,
          NodeFault.GOSSIP_TWICE,
          NodeFault.CONNECTIONS_FULL,
          NodeFault.FEW_CONNECTIONS);

  private final World world;

  /** Who took whom for alive when it looked last. */
  private final Map<NodePeer, Set<NodePeer>> alive = new LinkedHashMap<>();

  Deaths(World world) {
    this.world = world;
  }

  /** A peer has had its turn. */
  void look(NodePeer peer) {
    if (!world.hasOnlyStruck(HARMLESS)) {
      return;
    }
    Set<NodePeer> before = alive.getOrDefault(peer, new LinkedHashSet<>());
    Set<NodePeer> now = new LinkedHashSet<>();
    for (int other : world.network().connectionsOf(peer.number)) {
      NodePeer it = world.peer(other);
      if (peer.core().isAlive(it.id)) {
        now.add(it);
      } else if (before.contains(it) && it.longestPauseNanos(BACK_NANOS) <= HALF_LEASE_NANOS) {
        throw new BrokenPromiseException(
            -1,
            "%s takes %s for dead, which stood still for %d ms"
                .formatted(peer, it, it.longestPauseNanos(BACK_NANOS) / 1_000_000));
      }
    }
    alive.put(peer, now);
  }
}
