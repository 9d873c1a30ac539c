package io.minga.node.core;

import io.minga.node.schedule.Need;

/** What one slot has to do: tasks of one batch, one after the other. */
final class SlotRun implements Comparable<SlotRun> {
  final long number;
  final Held held;
  final Need need;
  final long startedNanos;
  final long expectedNanos;
  final long timeoutNanos;

  /** Those that keep the slot busy. */
  final IndexBits busy;

  /** Those that have not ended. */
  final IndexBits left;

  /** Whether the slot has something else to do. */
  boolean free;

  SlotRun(
      long number,
      Held held,
      Need need,
      IndexBits tasks,
      long nowNanos,
      long expectedNanos,
      long timeout) {
    this.number = number;
    this.held = held;
    this.need = need;
    this.startedNanos = nowNanos;
    this.expectedNanos = expectedNanos;
    this.timeoutNanos = nowNanos + timeout;
    this.busy = tasks;
    this.left = tasks.copy();
  }

  @Override
  public int compareTo(SlotRun other) {
    long before = timeoutNanos - other.timeoutNanos;
    return before != 0 ? Long.signum(before) : Long.compare(number, other.number);
  }

  @Override
  public boolean equals(Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(number);
  }
}
