package io.minga.node.core;

import io.minga.crdt.claims.IndexSet;

/** Until when this peer may run the tasks of another's exclusive batch: a lease for each. */
final class Tenure {
  private final IndexBits leased = new IndexBits();
  private final int[] epochs;
  private final long[] untilNanos;

  Tenure(int tasks) {
    this.epochs = new int[tasks];
    this.untilNanos = new long[tasks];
  }

  /** Whether the task may run now, held in that epoch. */
  boolean holds(long nowNanos, int index, int epoch) {
    return leased.contains(index) && epochs[index] == epoch && untilNanos[index] - nowNanos > 0;
  }

  /** The task may run until then, held in that epoch; whether it might not before. */
  boolean grant(int index, int epoch, long untilNanos) {
    boolean fresh = leased.add(index) || epochs[index] != epoch;
    if (fresh || untilNanos - this.untilNanos[index] > 0) {
      this.untilNanos[index] = untilNanos;
    }
    epochs[index] = epoch;
    return fresh;
  }

  /** Those that have leases. */
  IndexSet leased() {
    return leased.toSet();
  }

  /** These may not run any more. */
  void end(IndexBits tasks) {
    leased.removeAll(tasks);
  }

  /** Those whose leases have ended. */
  IndexBits ended(long nowNanos) {
    IndexBits ended = new IndexBits();
    leased.forEach(
        index -> {
          if (untilNanos[index] - nowNanos <= 0) {
            ended.add(index);
          }
        });
    return ended;
  }

  /** When the first lease ends, if that is before {@code never}. */
  long firstEndNanos(long never) {
    long[] first = {never};
    leased.forEach(
        index -> {
          if (untilNanos[index] - first[0] < 0) {
            first[0] = untilNanos[index];
          }
        });
    return first[0];
  }
}
