package io.minga.node.core;

import io.minga.libp2p.identity.PeerId;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Whom this peer asks to be connected with, of the many that it knows.
 *
 * <p>In a small network that is everybody. Hosts keep some hundred connections and close others, so
 * in a crowd this peer meets the first that it hears of, and others when it has work for them; it
 * lets go those that it has nothing to do with.
 */
final class Meeting {
  /** With so many it is connected of its own accord. */
  static final int OPEN_MAX = 256;

  /** With so many while work waits for peers to have room. */
  private static final int NEEDED_MAX = 3 * OPEN_MAX / 2;

  /** How many are asked at once for whom there is work. */
  private static final int ASKED_AT_ONCE = 64;

  private static final long ASK_NANOS = 250_000_000;

  /** How long a connection may take to come about. */
  private static final long PATIENCE_NANOS = 5_000_000_000L;

  private final Membership membership;
  private final Turn turn;

  /** Those that were asked and haven't come yet, and until when that may be. */
  private final Map<PeerId, Long> asked = new LinkedHashMap<>();

  private long askNanos;
  private boolean asks;

  Meeting(Membership membership, Turn turn) {
    this.membership = membership;
    this.turn = turn;
  }

  /** Whether there are more peers than one is connected with. */
  boolean isCrowd() {
    return membership.size() > OPEN_MAX;
  }

  /**
   * A peer was heard of, or its connection is lost, and there is nothing between it and this one.
   */
  void maybe(long nowNanos, PeerId peer) {
    forget(nowNanos);
    if (membership.connectedCount() + asked.size() < OPEN_MAX) {
      ask(nowNanos, peer);
    }
  }

  /** A peer has something of this one's, or the other way round. */
  void must(long nowNanos, PeerId peer) {
    ask(nowNanos, peer);
  }

  private void ask(long nowNanos, PeerId peer) {
    asked.remove(peer);
    asked.put(peer, nowNanos + PATIENCE_NANOS);
    turn.emit(new Effect.Connect(peer));
  }

  private void forget(long nowNanos) {
    for (Iterator<Long> until = asked.values().iterator();
        until.hasNext() && until.next() - nowNanos <= 0; ) {
      until.remove();
    }
  }

  void connected(PeerId peer) {
    asked.remove(peer);
  }

  /** Whether it is time to look for more peers, if work waits for them to have room. */
  boolean looks(long nowNanos) {
    return isCrowd() && (!asks || askNanos - nowNanos <= 0);
  }

  /** Work waits for peers to have room, and these could run it, but aren't connected. */
  void needed(long nowNanos, List<PeerId> able) {
    asks = true;
    askNanos = nowNanos + ASK_NANOS;
    forget(nowNanos);
    int room = NEEDED_MAX - membership.connectedCount() - asked.size();
    int left = Math.min(room, ASKED_AT_ONCE);
    for (int i = 0; i < able.size() && left > 0; i++) {
      if (!asked.containsKey(able.get(i))) {
        ask(nowNanos, able.get(i));
        left--;
      }
    }
  }
}
