package io.minga.gossip.router;

import io.minga.gossip.message.MessageId;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Messages that peers announced and were asked for: who announces must send. */
final class Promises {
  private final long followUpNanos;
  private final int countMax;
  private final LinkedHashMap<MessageId, List<Promise>> promises = new LinkedHashMap<>();
  private int count;

  /** How many of the ids may be other ids in hex. */
  private int texts;

  Promises(long followUpNanos, int countMax) {
    this.followUpNanos = followUpNanos;
    this.countMax = countMax;
  }

  private record Promise(Peer peer, long deadlineNanos) {}

  /** {@code peer} was asked for {@code id}; beyond the limit, that is not followed up. */
  void add(long nowNanos, Peer peer, MessageId id) {
    if (count < countMax) {
      List<Promise> ofId = promises.get(id);
      if (ofId == null) {
        ofId = new ArrayList<>(1);
        promises.put(id, ofId);
        texts += HexId.isText(id) ? 1 : 0;
      }
      ofId.add(new Promise(peer, nowNanos + followUpNanos));
      count++;
    }
  }

  /** {@code id} came, from whomever: nobody need send it any more. */
  void fulfil(MessageId id) {
    if (count > 0) {
      remove(id);
      if (texts > 0) {
        remove(HexId.textOf(id));
      }
    }
  }

  private void remove(MessageId id) {
    List<Promise> fulfilled = promises.remove(id);
    if (fulfilled != null) {
      count -= fulfilled.size();
      texts -= HexId.isText(id) ? 1 : 0;
    }
  }

  int size() {
    return count;
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
    Iterator<Map.Entry<MessageId, List<Promise>>> all = promises.entrySet().iterator();
    while (all.hasNext()) {
      Map.Entry<MessageId, List<Promise>> entry = all.next();
      List<Promise> ofId = entry.getValue();
      int before = ofId.size();
      ofId.removeIf(condition);
      count -= before - ofId.size();
      if (ofId.isEmpty()) {
        texts -= HexId.isText(entry.getKey()) ? 1 : 0;
        all.remove();
      }
    }
  }
}
