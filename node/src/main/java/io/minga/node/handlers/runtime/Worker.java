package io.minga.node.handlers.runtime;

import io.minga.node.handlers.Call;
import io.minga.node.handlers.FailureKind;
import io.minga.node.handlers.Handler;
import io.minga.node.handlers.Outcome;
import io.minga.node.handlers.Run;
import io.minga.node.task.TaskRef;
import org.jspecify.annotations.Nullable;

/**
 * The thread of one slot.
 *
 * <p>One lock, this worker's, is taken once a task, to end it and begin the next. Whoever
 * interrupts a task holds the lock as well, so an interruption hits the task that it is meant for
 * and none after it.
 */
final class Worker implements Runnable {
  private static final int NONE = -1;

  private final Slots slots;
  private final Thread thread;
  private final Now call = new Now();

  /** What it is at; null while it has nothing, and when it was given up. */
  private @Nullable Execution execution;

  /** The position of the task that runs. */
  private int position = NONE;

  private long startNanos;
  private long deadlineNanos;

  /** Why the task was interrupted, if it was; stays when the worker is given up. */
  private volatile @Nullable FailureKind interrupted;

  private long graceNanos;
  private boolean abandoned;

  /** When the first outcome that is untold came. */
  private long untoldNanos;

  Worker(Slots slots, int number) {
    this.slots = slots;
    this.thread = new Thread(this, "minga-slot-" + number);
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  @Override
  public void run() {
    for (Execution next = slots.take(this); next != null; next = slots.take(this)) {
      if (!work(next)) {
        slots.returned();
        return;
      }
    }
  }

  /** Runs what is left of {@code work}; false if this worker was given up meanwhile. */
  private boolean work(Execution work) {
    Run run = work.run;
    Handler handler = slots.functions().find(run.function());
    thread.setContextClassLoader(
        handler == null ? null : handler.getClass().getClassLoader()); // a handler jar's own
    call.run = run;
    work.worker = this;
    int at = begin(work, slots.clock().nowNanos());
    while (at >= 0) {
      call.position = at;
      Outcome outcome = perform(work, handler, at);
      long now = slots.clock().nowNanos();
      FailureKind reason;
      synchronized (this) {
        if (abandoned) {
          return false;
        }
        reason = end(work, outcome, now);
        at = next(work, now);
      }
      if (reason != null && outcome == null) {
        endParked(work, call.position, reason);
      }
    }
    call.run = null;
    slots.closed(work);
    return true;
  }

  private synchronized int begin(Execution work, long now) {
    execution = work;
    if (slots.isClosed()) { // it was taken from the queue just before
      work.cancelAll();
    }
    return next(work, now);
  }

  /** Under the lock: the task that ran has ended. Why it was interrupted, if it was. */
  private @Nullable FailureKind end(Execution work, @Nullable Outcome outcome, long now) {
    boolean unused = Thread.interrupted(); // a handler may have interrupted itself, too
    FailureKind reason = interrupted;
    interrupted = null;
    boolean parked = outcome == null;
    work.put(
        reason == null || parked ? outcome : Outcomes.ended(work.run, reason), now - startNanos);
    position = NONE;
    return reason;
  }

  /** It was interrupted while it started and parked itself nevertheless. */
  private static void endParked(Execution work, int at, FailureKind reason) {
    Waiting parked = work.waiting(at);
    if (parked != null) {
      parked.end(reason);
    }
  }

  /** Under the lock: begins the next task that is wanted, or tells that there is none. */
  private int next(Execution work, long now) {
    while (!work.isDone() && work.isCancelled(work.next())) {
      work.put(Outcomes.ended(work.run, FailureKind.CANCELLED), 0);
    }
    if (work.isDone()) {
      execution = null;
      work.worker = null;
      slots.tell(work.tell(true));
      return NONE;
    }
    if (work.hasUntold()) {
      if (work.hasOneUntold() || untoldNanos < 0) {
        untoldNanos = now;
        slots.clock().wakeBy(Clock.after(now, slots.flushNanos()));
      }
      tellIfDue(work, now);
    }
    position = work.next();
    startNanos = now;
    deadlineNanos = Clock.after(now, work.run.timeoutNanos());
    slots.clock().wakeBy(deadlineNanos);
    return position;
  }

  private void tellIfDue(Execution work, long now) {
    if (now - untoldNanos >= slots.flushNanos()) {
      slots.tell(work.tell(false));
      untoldNanos = -1;
    }
  }

  private @Nullable Outcome perform(Execution work, @Nullable Handler handler, int at) {
    try {
      if (handler instanceof Handler.Computing computing) {
        return returned(computing.handle(call, work.run.input(at)));
      }
      if (handler instanceof Handler.Asynchronous asynchronous) {
        return perform(work, asynchronous, at);
      }
      if (handler instanceof Handler.Blocking blocking) {
        return VirtualThreads.present()
            ? perform(work, blocking, at)
            : returned(blocking.handle(call, work.run.input(at)));
      }
      return Outcomes.unknown(work.run);
    } catch (Throwable thrown) { // anything: the slot lives, the task has its outcome
      return Outcomes.threw(thrown);
    }
  }

  private Outcome returned(byte @Nullable [] result) {
    return slots.returned(result);
  }

  private @Nullable Outcome perform(Execution work, Handler.Asynchronous handler, int at) {
    Waiting waiting = slots.await(work, at, startNanos, deadlineNanos);
    if (waiting == null) {
      return Outcomes.overloaded(slots.options().parkedMax());
    }
    if (interrupted != null) { // just before it was known as waiting
      waiting.unwanted();
    }
    try {
      handler.handle(waiting, work.run.input(at), waiting);
    } catch (Throwable thrown) {
      waiting.fail(thrown);
    }
    return waiting.park();
  }

  private @Nullable Outcome perform(Execution work, Handler.Blocking handler, int at) {
    Waiting waiting = slots.await(work, at, startNanos, deadlineNanos);
    if (waiting == null) {
      return Outcomes.overloaded(slots.options().parkedMax());
    }
    ClassLoader loader = handler.getClass().getClassLoader();
    return waiting.parkOnThread(
        () -> {
          Thread.currentThread().setContextClassLoader(loader);
          try {
            waiting.complete(handler.handle(waiting, work.run.input(at)));
          } catch (Throwable thrown) {
            waiting.fail(thrown);
          }
        });
  }

  /** Interrupts the task at {@code at} of {@code work} if it is what runs. */
  synchronized void interrupt(Execution work, int at, FailureKind reason) {
    if (execution == work && position == at) {
      interrupt(reason);
    }
  }

  /** Ends all that it has. */
  synchronized void cancelAll() {
    if (execution != null) {
      execution.cancelAll();
      if (position != NONE) {
        interrupt(FailureKind.CANCELLED);
      }
    }
  }

  private void interrupt(FailureKind reason) {
    if (interrupted == null) {
      interrupted = reason;
      graceNanos = Clock.after(slots.clock().nowNanos(), slots.graceNanos());
      thread.interrupt();
      Waiting starting = execution == null ? null : execution.waiting(position);
      if (starting != null) {
        starting.unwanted();
      }
      slots.clock().wakeBy(graceNanos);
    }
  }

  synchronized boolean isBusy() {
    return execution != null;
  }

  /** What the clock found. */
  record Look(long nextNanos, @Nullable Execution left, @Nullable FailureKind reason) {}

  /** Tells what is old enough, interrupts what is late, gives up what doesn't listen. */
  synchronized Look look(long now) {
    Execution work = execution;
    if (work == null) {
      return new Look(Clock.NEVER, null, null);
    }
    if (work.hasUntold()) {
      tellIfDue(work, now);
    }
    long next = work.hasUntold() ? Clock.after(untoldNanos, slots.flushNanos()) : Clock.NEVER;
    if (position == NONE) {
      return new Look(next, null, null);
    }
    if (interrupted == null && now >= deadlineNanos) {
      interrupt(FailureKind.TIMED_OUT);
    }
    FailureKind reason = interrupted;
    if (reason != null && now >= graceNanos) {
      return new Look(Clock.NEVER, abandon(work, reason, now), reason);
    }
    return new Look(Math.min(next, reason == null ? deadlineNanos : graceNanos), null, null);
  }

  /** Under the lock: leaves the thread to its handler, and answers for the task. */
  private Execution abandon(Execution work, FailureKind reason, long now) {
    abandoned = true;
    execution = null;
    Waiting starting = work.waiting(position);
    boolean answersForItself = starting != null && !starting.revoke();
    Outcome outcome = answersForItself ? null : Outcomes.abandoned(work.run, reason);
    work.put(outcome, now - startNanos);
    work.worker = null;
    return work;
  }

  /** The task that runs, as its handler sees it. One for all, for it lasts as long as the task. */
  private final class Now implements Call {
    private @Nullable Run run;
    private int position;

    @Override
    public TaskRef task() {
      return running().task(position);
    }

    @Override
    public int attempt() {
      return running().attempt();
    }

    @Override
    public int epoch() {
      return running().epoch();
    }

    @Override
    public boolean exclusive() {
      return running().exclusive();
    }

    @Override
    public boolean memoized() {
      return running().isMemoizable(position);
    }

    @Override
    public boolean cancelled() {
      return interrupted != null;
    }

    private Run running() {
      if (run == null) {
        throw new IllegalStateException("no task runs here");
      }
      return run;
    }
  }
}
