package io.minga.gossip.router;

import io.minga.gossip.message.MessageId;
import io.minga.libp2p.wire.Bytes;
import java.util.ArrayDeque;
import java.util.Arrays;

/**
 * The messages that were accepted, published or ignored lately, by their ids.
 *
 * <p>It is by far the largest that a router keeps, so it has no object for an entry but the id's
 * bytes: a ring of them in the order in which they came, chained by their hashes. The hash is
 * salted, or an author could choose its numbers so that all fall into one chain.
 */
final class SeenCache {
  private static final int CAPACITY_MIN = 16;
  private static final int NONE = -1;
  private static final byte[] FORGOTTEN = {};

  private final long ttlNanos;
  private final int countMax;
  private final long salt;

  /** The ids from the eldest, at {@code first}, on; the capacity is a power of two. */
  private byte[][] ids = new byte[CAPACITY_MIN][];

  /** The latest entry of each hash, and for each entry the one before it of the same hash. */
  private int[] latest = emptyChains(CAPACITY_MIN);

  private int[] before = new int[CAPACITY_MIN];
  private int first;
  private int count;

  /** How many came between two heartbeats, the eldest first; they are forgotten together. */
  private final ArrayDeque<Batch> batches = new ArrayDeque<>();

  private int countInBatch;
  private long lastNanos;

  private static final class Batch {
    int count;
    final long deadlineNanos;

    Batch(int count, long deadlineNanos) {
      this.count = count;
      this.deadlineNanos = deadlineNanos;
    }
  }

  SeenCache(long ttlNanos, int countMax, long salt) {
    this.ttlNanos = ttlNanos;
    this.countMax = countMax;
    this.salt = salt | 1;
  }

  boolean contains(MessageId id) {
    int entry = latest[chain(id.bytes())];
    while (entry != NONE && !isAt(entry, id.bytes())) {
      entry = before[entry];
    }
    return entry != NONE;
  }

  /** Takes {@code id}, which it does not contain. */
  void add(long nowNanos, MessageId id) {
    if (count >= countMax) {
      removeEldest();
    } else if (count == ids.length) {
      resize(2 * count);
    }
    append(id.bytes().toByteArray());
    countInBatch++;
    lastNanos = nowNanos;
  }

  int size() {
    return count;
  }

  void heartbeat(long nowNanos) {
    if (countInBatch > 0) {
      batches.add(new Batch(countInBatch, lastNanos + ttlNanos));
      countInBatch = 0;
    }
    while (!batches.isEmpty() && batches.element().deadlineNanos - nowNanos <= 0) {
      removeEldest();
    }
    if (count < ids.length / 8 && ids.length > CAPACITY_MIN) {
      resize(ids.length / 2);
    }
  }

  private void append(byte[] id) {
    int entry = first + count & ids.length - 1;
    int chain = chain(id);
    ids[entry] = id;
    before[entry] = latest[chain];
    latest[chain] = entry;
    count++;
  }

  private void removeEldest() {
    int chain = chain(ids[first]);
    if (latest[chain] == first) {
      latest[chain] = NONE;
    } else {
      int entry = latest[chain];
      while (before[entry] != first) {
        entry = before[entry];
      }
      before[entry] = NONE;
    }
    ids[first] = FORGOTTEN;
    first = first + 1 & ids.length - 1;
    count--;
    if (batches.isEmpty()) {
      countInBatch--;
    } else if (--batches.element().count == 0) {
      batches.remove();
    }
  }

  private void resize(int capacity) {
    byte[][] old = ids;
    int oldFirst = first;
    int oldCount = count;
    ids = new byte[capacity][];
    latest = emptyChains(capacity);
    before = new int[capacity];
    first = 0;
    count = 0;
    for (int i = 0; i < oldCount; i++) {
      append(old[oldFirst + i & old.length - 1]);
    }
  }

  private static int[] emptyChains(int count) {
    int[] chains = new int[count];
    Arrays.fill(chains, NONE);
    return chains;
  }

  private boolean isAt(int entry, Bytes id) {
    byte[] known = ids[entry];
    int i = known.length == id.length() ? known.length - 1 : NONE - 1;
    while (i >= 0 && (known[i] & 0xff) == id.at(i)) { // from the end, where numbers differ
      i--;
    }
    return i == NONE;
  }

  private int chain(Bytes id) {
    long hash = salt;
    for (int i = 0; i < id.length(); i++) {
      hash = mix(hash, id.at(i));
    }
    return chain(hash);
  }

  private int chain(byte[] id) {
    long hash = salt;
    for (byte it : id) {
      hash = mix(hash, it & 0xff);
    }
    return chain(hash);
  }

  private long mix(long hash, int next) {
    long mixed = (hash ^ next) * salt;
    return mixed ^ mixed >>> 29;
  }

  private int chain(long hash) {
    return (int) (hash >>> 32) & latest.length - 1;
  }
}
