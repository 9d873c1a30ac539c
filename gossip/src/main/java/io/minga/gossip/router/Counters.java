package io.minga.gossip.router;

/** How often each {@link Counter} has been counted. */
@SuppressWarnings("EnumOrdinal") // the order matters nowhere, and counting should allocate nothing
final class Counters {
  private final long[] counts = new long[Counter.values().length];

  void add(Counter counter) {
    add(counter, 1);
  }

  void add(Counter counter, int count) {
    counts[counter.ordinal()] += count;
  }

  long get(Counter counter) {
    return counts[counter.ordinal()];
  }
}
