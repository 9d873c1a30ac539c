package io.minga.gossip.router;

import io.minga.gossip.message.MessageId;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Messages that peers announced and were asked for: who announces must send. */
final class Promises {
  private final long followUpNanos;
  private final int countMax;
  private final LinkedHashMap<MessageId, List<Promise>> promises = new LinkedHashMap<>();
  private int count;

  Promises(long followUpNanos, int countMax) {
    this.followUpNanos = followUpNanos;
    this.countMax = countMax;
  }

  private record Promise(Peer peer, long deadlineNanos) {}

  /** {@code peer} was asked for {@code id}; beyond the limit, that is not followed up. */
  void add(long nowNanos, Peer peer, MessageId id) {
    if (count < countMax) {
      promises
          .computeIfAbsent(id, it -> new ArrayList<>(1))
          .add(new Promise(peer, nowNanos + followUpNanos));
      count++;
    }
  }

  /** {@code id} came, from whomever: nobody need send it any more. */
  void fulfil(MessageId id) {
    if (count > 0) {
      List<Promise> fulfilled = promises.remove(id);
      count -= fulfilled == null ? 0 : fulfilled.size();
    }
  }

  /** {@code peer} is gone, and with it what it promised. */
  void forget(Peer peer) {
    removeIf(it -> it.peer.equals(peer));
  }

  /** Calls {@code broken} for each promise that is overdue, and forgets it. */
  void heartbeat(long nowNanos, Consumer<Peer> broken) {
    removeIf(
        it -> {
          boolean isOverdue = it.deadlineNanos - nowNanos <= 0;
          if (isOverdue) {
            broken.accept(it.peer);
          }
          return isOverdue;
        });
  }

  private void removeIf(Predicate<Promise> condition) {
    Iterator<List<Promise>> all = promises.values().iterator();
    while (all.hasNext()) {
      List<Promise> ofId = all.next();
      int before = ofId.size();
      ofId.removeIf(condition);
      count -= before - ofId.size();
      if (ofId.isEmpty()) {
        all.remove();
      }
    }
  }
}
