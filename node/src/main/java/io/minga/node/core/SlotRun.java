package io.minga.node.core;

import io.minga.node.schedule.Estimates;
import io.minga.node.schedule.Need;
import io.minga.node.task.FunctionName;
import io.minga.node.task.Outcome;

/** What one slot has to do: tasks of one batch, one after the other. */
final class SlotRun implements Comparable<SlotRun> {
  final long number;
  final Held held;
  final FunctionName function;
  final Need need;

  /** When it began, or later by how long the whole peer stood still since. */
  long startedNanos;

  final long expectedNanos;
  final long timeoutNanos;

  /** How many there were. */
  final int tasks;

  /** Those that keep the slot busy. */
  final IndexBits busy;

  /** Those that have not ended. */
  final IndexBits left;

  /** Those that were interrupted: what comes of them is nobody's, even if they are here anew. */
  final IndexBits unwanted = new IndexBits();

  /** Whether it has run for too long, which is told once it has ended. */
  boolean late;

  /** Whether the slot has something else to do. */
  boolean free;

  SlotRun(
      long number,
      Held held,
      FunctionName function,
      Need need,
      IndexBits tasks,
      long nowNanos,
      long expectedNanos,
      long timeout) {
    this.number = number;
    this.held = held;
    this.function = function;
    this.need = need;
    this.startedNanos = nowNanos;
    this.expectedNanos = expectedNanos;
    this.timeoutNanos = nowNanos + timeout;
    this.busy = tasks;
    this.left = tasks.copy();
    this.tasks = tasks.size();
  }

  /** How long it is expected to need still. */
  long remainingNanos(long nowNanos) {
    return Estimates.remainingNanos(expectedNanos, nowNanos - startedNanos);
  }

  /** How each of its tasks ends that has run for too long. */
  Outcome timedOut() {
    String message =
        "it ran for more than %d ms".formatted(held.batch.header().policy().timeoutMillis());
    return new Outcome.Failure(Outcome.Kind.TIMEOUT, "", message, "");
  }

  /** The same of one that has ended meanwhile. */
  Input.Ended late(Input.Ended ended) {
    return new Input.Ended(ended.index(), timedOut(), ended.runMicros());
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
