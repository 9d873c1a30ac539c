package io.minga.node.runtime;

import io.minga.libp2p.netty.Headroom;
import io.minga.node.core.Effect;
import io.minga.node.core.Input;
import io.minga.node.core.NodeCore;
import io.minga.node.task.LoadReport;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that a node core belongs to. What came in since the last turn is handed to the
 * core, with one look at the clock, and then what the core says is done. It never blocks, but for
 * memory when the JVM has none left.
 */
final class NodeLoop {
  private static final Logger LOG = LoggerFactory.getLogger(NodeLoop.class);
  private static final int EVENTS_PER_TURN = 1024;

  /** What is done with what the core says. */
  interface Owner {
    /** An input is about to be taken. */
    void before(Input input);

    void perform(Effect effect);

    /** Sends on what the effects of this turn came to. */
    void flush();

    /** An input came when the loop had stopped. */
    void missed(Input input);

    /** There is a defect: no turn will follow. */
    void failed(Throwable cause);
  }

  /** Something that concerns those who perform, not the core. */
  @FunctionalInterface
  interface Event {
    void happen(long nowNanos);
  }

  /** Something that somebody wants to know of the core. */
  @FunctionalInterface
  interface Question<T> {
    T ask(NodeCore core, long nowNanos);
  }

  /** A question, its answer, and what the core takes because of that, if anything. */
  private final class Asked<T> implements Event {
    private final Question<T> question;
    private final Function<T, @Nullable Input> then;
    private final CompletableFuture<T> answer = new CompletableFuture<>();

    Asked(Question<T> question, Function<T, @Nullable Input> then) {
      this.question = question;
      this.then = then;
    }

    @Override
    public void happen(long nowNanos) {
      T known;
      try {
        known = question.ask(core, nowNanos);
      } catch (RuntimeException e) { // asking changes nothing, so that nobody else is concerned
        answer.completeExceptionally(e);
        return;
      }
      Input input = then.apply(known);
      if (input != null) {
        core.handle(nowNanos, input);
      }
      answer.complete(known);
    }

    void missed() {
      answer.completeExceptionally(new IllegalStateException("this peer is closed"));
    }
  }

  private final EventExecutor executor;
  private final NodeCore core;
  private final Owner owner;
  private final Headroom headroom = new Headroom();

  /** Inputs and events, in the order of each thread's calls. */
  private final ConcurrentLinkedQueue<Object> queue = new ConcurrentLinkedQueue<>();

  private final AtomicBoolean scheduled = new AtomicBoolean();
  private final Runnable turn = this::turn;
  private volatile boolean stopped;
  private @Nullable ScheduledFuture<?> timer;
  private long timerNanos;

  NodeLoop(EventExecutor executor, NodeCore core, Owner owner) {
    this.executor = executor;
    this.core = core;
    this.owner = owner;
  }

  // For any thread.

  /** Has the core take {@code input}. */
  void submit(Input input) {
    queue.add(input);
    wake();
  }

  /** Has {@code event} happen on the loop. */
  void submit(Event event) {
    queue.add(event);
    wake();
  }

  /**
   * Asks the core.
   *
   * @param then what the core is to take in the same moment, by the answer
   * @return completes on the loop, which must not be kept
   */
  <T> CompletableFuture<T> ask(Question<T> question, Function<T, @Nullable Input> then) {
    Asked<T> asked = new Asked<>(question, then);
    queue.add(asked);
    wake();
    return asked.answer;
  }

  /** Sees to it that a turn follows. */
  private void wake() {
    if (!scheduled.get() && scheduled.compareAndSet(false, true)) {
      try {
        executor.execute(turn);
      } catch (RejectedExecutionException e) {
        stopped = true;
        miss();
      }
    }
  }

  boolean inLoop() {
    return executor.inEventLoop();
  }

  // On the loop.

  /** Gives the core {@code input} in this turn; for events. */
  void handle(long nowNanos, Input input) {
    core.handle(nowNanos, input);
  }

  /** How the peer stands; for events. */
  LoadReport report(long nowNanos) {
    return core.report(nowNanos);
  }

  /** No turn follows this one. */
  void stop() {
    stopped = true;
    if (timer != null) {
      timer.cancel(false);
    }
  }

  private void turn() {
    scheduled.set(false); // what comes from here on has a turn of its own
    if (stopped) {
      miss();
      return;
    }
    try {
      headroom.await(); // the core can't be broken off
      long now = System.nanoTime();
      boolean more = take(now);
      List<Effect> effects = core.endTurn(now);
      for (int i = 0; i < effects.size(); i++) {
        owner.perform(effects.get(i));
      }
      owner.flush();
      if (stopped) {
        miss();
      } else if (more) {
        wake();
      } else {
        armTimer();
      }
    } catch (RuntimeException | Error e) {
      LOG.error("the node stops because of a defect", e);
      stop();
      owner.failed(e);
      miss();
      throw e;
    }
  }

  private boolean take(long now) {
    for (int i = 0; i < EVENTS_PER_TURN; i++) {
      Object next = queue.poll();
      if (next == null) {
        return false;
      } else if (next instanceof Input input) {
        owner.before(input);
        core.handle(now, input);
      } else {
        ((Event) next).happen(now);
      }
    }
    return true;
  }

  /** Answers for what came too late. */
  private void miss() {
    for (Object next = queue.poll(); next != null; next = queue.poll()) {
      if (next instanceof Input input) {
        owner.missed(input);
      } else if (next instanceof Asked<?> asked) {
        asked.missed();
      }
    }
  }

  private void armTimer() {
    long deadlineNanos = core.nextDeadlineNanos();
    ScheduledFuture<?> armed = timer;
    if (armed != null && !armed.isDone()) {
      if (timerNanos - deadlineNanos <= 0) {
        return; // it looks again then, and sooner than is due does no harm
      }
      armed.cancel(false);
    }
    timerNanos = deadlineNanos;
    long delayNanos = Math.max(0, deadlineNanos - System.nanoTime());
    timer = executor.schedule(this::wake, delayNanos, TimeUnit.NANOSECONDS);
  }
}
