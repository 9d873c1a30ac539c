package io.minga.node.handlers.runtime;

import io.minga.node.handlers.Call;
import io.minga.node.handlers.FailureKind;
import io.minga.node.handlers.Outcome;
import io.minga.node.handlers.Reply;
import io.minga.node.handlers.SlotEvent.Ran;
import io.minga.node.task.TaskRef;
import org.jspecify.annotations.Nullable;

/**
 * A task that has been started and holds no slot, or is about to let go of it. While it starts, its
 * worker answers for it; once parked, it answers for itself.
 */
final class Waiting implements Call, Reply, Comparable<Waiting> {
  private enum Phase {
    STARTING,
    PARKED,
    DONE
  }

  private final Slots slots;
  private final Execution execution;
  private final int position;
  private final long startNanos;
  private final long deadlineNanos;
  private final long sequence;

  /** How long it has kept its slot. */
  private int slotMicros;

  private Phase phase = Phase.STARTING;
  private boolean threaded;
  private boolean unwanted;
  private @Nullable Outcome early;
  private @Nullable Runnable onCancel;
  private @Nullable Thread thread;

  Waiting(
      Slots slots,
      Execution execution,
      int position,
      long startNanos,
      long deadlineNanos,
      long sequence) {
    this.slots = slots;
    this.execution = execution;
    this.position = position;
    this.startNanos = startNanos;
    this.deadlineNanos = deadlineNanos;
    this.sequence = sequence;
  }

  long deadlineNanos() {
    return deadlineNanos;
  }

  /** Lets go of the slot. The outcome if there is one already, else null: it comes later. */
  @Nullable Outcome park() {
    synchronized (this) {
      if (phase != Phase.STARTING) {
        slots.release();
        return early;
      }
      phase = Phase.PARKED;
      slotMicros = Execution.micros(slots.clock().nowNanos() - startNanos);
      execution.opened();
      slots.park(this);
    }
    slots.clock().wakeBy(deadlineNanos);
    return null;
  }

  /** The same, for a handler that goes on on a virtual thread, with its place until that ends. */
  @Nullable Outcome parkOnThread(Runnable body) {
    threaded = true;
    Outcome ended = park();
    if (ended == null) {
      try {
        VirtualThreads.start(() -> perform(body));
      } catch (Throwable notStarted) { // no memory for it
        slots.release();
        fail(notStarted);
      }
    }
    return ended;
  }

  private void perform(Runnable body) {
    try {
      synchronized (this) {
        if (phase == Phase.DONE) {
          return;
        }
        thread = Thread.currentThread();
      }
      body.run();
    } finally {
      synchronized (this) {
        thread = null;
      }
      slots.release();
    }
  }

  /** Tells the handler, which is still starting it, that nobody wants it any more. */
  synchronized void unwanted() {
    unwanted = true;
  }

  /** Lets its worker answer for it; false if it is parked and does so itself. */
  synchronized boolean revoke() {
    unwanted = true;
    if (phase == Phase.STARTING) {
      phase = Phase.DONE; // its place is free when the handler returns
    }
    return phase == Phase.DONE;
  }

  /** Ends it from outside. */
  void end(FailureKind reason) {
    @Nullable Runnable action;
    @Nullable Thread performing;
    synchronized (this) {
      if (phase == Phase.DONE) {
        return;
      }
      unwanted = true;
      action = onCancel;
      performing = thread;
    }
    finish(
        Outcomes.ended(execution.run, reason)); // before its handler says that it was interrupted
    if (performing != null) {
      performing.interrupt(); // it has this task only
    }
    if (action != null) {
      slots.whenCancelled(() -> runQuietly(action));
    }
  }

  @Override
  public void complete(byte[] result) {
    finish(slots.returned(result));
  }

  @Override
  public void fail(Throwable cause) {
    finish(Outcomes.threw(cause));
  }

  private void finish(Outcome outcome) {
    synchronized (this) {
      if (phase == Phase.DONE) {
        return;
      }
      boolean parked = phase == Phase.PARKED;
      phase = Phase.DONE;
      if (!parked) {
        early = outcome;
        return;
      }
      slots.unpark(this);
    }
    if (!threaded) {
      slots.release();
    }
    int micros = threaded ? Execution.micros(slots.clock().nowNanos() - startNanos) : slotMicros;
    slots.tell(Ran.unparked(execution.run, position, outcome, micros));
    slots.closed(execution);
  }

  @Override
  public void onCancel(Runnable action) {
    synchronized (this) {
      if (!unwanted) {
        onCancel = action;
        return;
      }
    }
    runQuietly(action);
  }

  /** Runs an action of a handler's, which may throw what it likes. */
  private static void runQuietly(Runnable action) {
    try {
      action.run();
    } catch (Throwable ignored) { // as promised; the outcome is told already
    }
  }

  @Override
  public TaskRef task() {
    return execution.run.task(position);
  }

  @Override
  public int attempt() {
    return execution.run.attempt();
  }

  @Override
  public int epoch() {
    return execution.run.epoch();
  }

  @Override
  public boolean exclusive() {
    return execution.run.exclusive();
  }

  @Override
  public boolean memoized() {
    return execution.run.isMemoizable(position);
  }

  @Override
  public synchronized boolean cancelled() {
    return unwanted;
  }

  @Override
  public int compareTo(Waiting other) {
    int byDeadline = Long.compare(deadlineNanos, other.deadlineNanos);
    return byDeadline != 0 ? byDeadline : Long.compare(sequence, other.sequence);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(sequence);
  }
}
