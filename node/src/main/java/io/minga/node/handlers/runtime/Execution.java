package io.minga.node.handlers.runtime;

import io.minga.node.handlers.Outcome;
import io.minga.node.handlers.Run;
import io.minga.node.handlers.SlotEvent.Ran;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * A run on its way: what has come of each task, and what of it has been told. It belongs to the
 * queue, then to one worker, whose lock guards it; cancelling is for everybody.
 */
final class Execution {
  final Run run;

  /** Who has it; null while it waits. */
  volatile @Nullable Worker worker;

  private final @Nullable Outcome[] outcomes;
  private final int[] runMicros;

  /** Bits of the positions that are cancelled; null as long as none was. */
  private volatile @Nullable AtomicLongArray cancelled;

  /** One for the slot, and one for each parked task. */
  private final AtomicInteger open = new AtomicInteger(1);

  /** By position; null as long as nothing was parked. */
  private volatile @Nullable AtomicReferenceArray<Waiting> waiting;

  /** The first position of which nothing is known. */
  private int done;

  /** The first position of which nothing was told. */
  private int told;

  Execution(Run run) {
    this.run = run;
    this.outcomes = new @Nullable Outcome[run.size()];
    this.runMicros = new int[run.size()];
  }

  /** The position to run next. */
  int next() {
    return done;
  }

  boolean isDone() {
    return done == run.size();
  }

  boolean hasUntold() {
    return told < done;
  }

  /** Whether the outcome that was put last is the only one untold. */
  boolean hasOneUntold() {
    return told + 1 == done;
  }

  /** The outcome of the next task, null if it is parked. */
  void put(@Nullable Outcome outcome, long runNanos) {
    outcomes[done] = outcome;
    runMicros[done] = micros(runNanos);
    done++;
  }

  /** What is untold, as an answer. */
  Ran tell(boolean slotFree) {
    Ran ran = Ran.of(run, told, done, outcomes, runMicros, slotFree);
    told = done;
    return ran;
  }

  boolean isCancelled(int position) {
    AtomicLongArray bits = cancelled;
    return bits != null && (bits.get(position >> 6) & 1L << position) != 0;
  }

  void cancel(int position) {
    cancelled().getAndUpdate(position >> 6, bits -> bits | 1L << position);
  }

  void cancelAll() {
    AtomicLongArray bits = cancelled();
    for (int i = 0; i < bits.length(); i++) {
      bits.set(i, -1);
    }
  }

  private synchronized AtomicLongArray cancelled() {
    AtomicLongArray bits = cancelled;
    if (bits == null) {
      bits = new AtomicLongArray((run.size() + 63) >> 6);
      cancelled = bits;
    }
    return bits;
  }

  /** The parked task at {@code position}, if it was ever parked. */
  @Nullable Waiting waiting(int position) {
    AtomicReferenceArray<Waiting> all = waiting;
    return all == null ? null : all.get(position);
  }

  void await(int position, Waiting one) {
    AtomicReferenceArray<Waiting> all = waiting;
    if (all == null) {
      all = new AtomicReferenceArray<>(run.size());
      waiting = all;
    }
    all.set(position, one);
  }

  /** One more that owes an outcome. */
  void opened() {
    open.incrementAndGet();
  }

  /** One less; whether it was the last. */
  boolean closed() {
    return open.decrementAndGet() == 0;
  }

  static int micros(long nanos) {
    return (int) Math.min(Integer.MAX_VALUE, nanos / 1_000);
  }
}
