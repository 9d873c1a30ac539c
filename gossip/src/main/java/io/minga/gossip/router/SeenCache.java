package io.minga.gossip.router;

import io.minga.gossip.message.MessageId;
import java.util.Iterator;
import java.util.LinkedHashMap;

/** The messages that were accepted, published or ignored lately, by their ids. */
final class SeenCache {
  private final long ttlNanos;
  private final int countMax;

  /** Each id with its deadline; the eldest first. */
  private final LinkedHashMap<MessageId, Long> deadlines = new LinkedHashMap<>();

  SeenCache(long ttlNanos, int countMax) {
    this.ttlNanos = ttlNanos;
    this.countMax = countMax;
  }

  boolean contains(MessageId id) {
    return deadlines.containsKey(id);
  }

  void add(long nowNanos, MessageId id) {
    if (deadlines.size() >= countMax) {
      Iterator<MessageId> eldest = deadlines.keySet().iterator();
      eldest.next();
      eldest.remove();
    }
    deadlines.put(id, nowNanos + ttlNanos);
  }

  int size() {
    return deadlines.size();
  }

  void heartbeat(long nowNanos) {
    Iterator<Long> eldest = deadlines.values().iterator();
    while (eldest.hasNext() && eldest.next() - nowNanos <= 0) {
      eldest.remove();
    }
  }
}
