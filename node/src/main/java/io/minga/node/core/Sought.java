package io.minga.node.core;

import io.minga.libp2p.identity.PeerId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Peers that somebody here has a question for, and that aren't connected: each is connected once,
 * and what is to be said to it waits until it has greeted, or for as long as a connection may take.
 */
final class Sought {
  /** How many are sought at once. */
  private static final int PEERS_MAX = 32;

  /** How long one may take to come. */
  private static final long PATIENCE_NANOS = 3_000_000_000L;

  /** After how long a peer that has greeted has surely heard our greeting, too. */
  private static final long GREETED_NANOS = 100_000_000;

  private final Turn turn;
  private final Membership membership;
  private final Map<PeerId, Wanted> wanted = new LinkedHashMap<>();

  private static final class Wanted {
    /** What is done when it is there, or not to be had. */
    final List<Consumer<Boolean>> then = new ArrayList<>(1);

    boolean greeted;
    long untilNanos;
  }

  Sought(Turn turn, Membership membership) {
    this.turn = turn;
    this.membership = membership;
  }

  /** Has a peer connected; false if that isn't to be tried. */
  boolean seek(long nowNanos, PeerId peer, Consumer<Boolean> then) {
    Wanted it = wanted.get(peer);
    if (it == null) {
      if (!membership.isAlive(peer) || wanted.size() >= PEERS_MAX) {
        return false;
      }
      it = new Wanted();
      it.untilNanos = nowNanos + PATIENCE_NANOS;
      wanted.put(peer, it);
      turn.emit(new Effect.Connect(peer));
    }
    it.then.add(then);
    return true;
  }

  /** A peer is connected, or has said something of itself. */
  void heard(long nowNanos, PeerId peer) {
    Wanted it = wanted.get(peer);
    if (it != null && !it.greeted && membership.isConnected(peer)) {
      it.greeted = true;
      it.untilNanos = nowNanos + GREETED_NANOS;
    }
  }

  /** Goes on with those that have greeted, and without those that haven't come in time. */
  void due(long nowNanos) {
    for (PeerId peer : List.copyOf(wanted.keySet())) {
      Wanted it = wanted.get(peer);
      if (it != null && it.untilNanos - nowNanos <= 0) {
        wanted.remove(peer);
        boolean isThere = membership.isConnected(peer);
        it.then.forEach(then -> then.accept(isThere));
      }
    }
  }

  long nextDeadlineNanos(long never) {
    long next = never;
    for (Wanted each : wanted.values()) {
      next = next - each.untilNanos <= 0 ? next : each.untilNanos;
    }
    return next;
  }
}
