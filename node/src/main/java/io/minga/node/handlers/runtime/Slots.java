package io.minga.node.handlers.runtime;

import io.minga.node.handlers.FailureKind;
import io.minga.node.handlers.LargeResults;
import io.minga.node.handlers.Outcome;
import io.minga.node.handlers.Run;
import io.minga.node.handlers.SlotEvent;
import io.minga.node.handlers.SlotEvent.Abandoned;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The threads that run handlers: a fixed number of slots, a short queue of runs before them, and
 * the tasks that have started and hold no slot. Safe for any thread.
 *
 * <p>Every task of a run that was taken gets exactly one outcome, whatever its handler does. A task
 * that is cancelled or late is interrupted; if its handler does not return within the grace, its
 * thread is left to it, which is told as {@link Abandoned}, and the slot goes on with another.
 */
public final class Slots implements AutoCloseable {
  // A worker's lock is taken before a waiting task's and before the queue's, never after them.

  private final SlotOptions options;
  private final int largeBytes;
  private final LargeResults large;
  private final Functions functions;
  private final Consumer<SlotEvent> events;
  private final long flushNanos;
  private final long graceNanos;
  private final Clock clock = new Clock(this::tick);

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition work = lock.newCondition();
  private final Condition empty = lock.newCondition();
  private final ArrayDeque<Execution> queue = new ArrayDeque<>();

  private volatile boolean closed;
  private int stuck;
  private long abandoned;
  private int numbers;

  /** Replaced under the lock, never changed. */
  private volatile List<Worker> workers = List.of();

  /** Every run that owes an outcome. */
  private final ConcurrentHashMap<Run, Execution> live = new ConcurrentHashMap<>();

  /** By deadline. */
  private final ConcurrentSkipListSet<Waiting> parked = new ConcurrentSkipListSet<>();

  private final AtomicInteger parkedCount = new AtomicInteger();
  private final AtomicLong sequence = new AtomicLong();

  /** Runs what asynchronous handlers want done on cancelling, away from the clock. */
  private final ThreadPoolExecutor cancelling;

  private Slots(
      SlotOptions options,
      Functions functions,
      Consumer<SlotEvent> events,
      int largeBytes,
      LargeResults large) {
    this.options = options;
    this.largeBytes = largeBytes;
    this.large = large;
    this.functions = functions;
    this.events = events;
    this.flushNanos = options.flush().toNanos();
    this.graceNanos = options.grace().toNanos();
    this.cancelling =
        new ThreadPoolExecutor(
            1,
            1,
            1,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Slots::cancelThread,
            new ThreadPoolExecutor.DiscardPolicy());
    cancelling.allowCoreThreadTimeOut(true);
  }

  private static Thread cancelThread(Runnable body) {
    Thread thread = new Thread(body, "minga-slots-cancel");
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Slots that run these functions.
   *
   * @param events told what comes of runs, from the slots' threads and from those that reply, with
   *     locks held: it must be safe for any thread, only pass on what it is told, and not throw
   */
  public static Slots start(SlotOptions options, Functions functions, Consumer<SlotEvent> events) {
    return start(
        options,
        functions,
        events,
        Integer.MAX_VALUE,
        result -> Outcomes.returned(result, options.resultBytesMax()));
  }

  /**
   * The same, with results of more than {@code inlineBytesMax} bytes kept by {@code large}, on the
   * threads that make them.
   */
  public static Slots start(
      SlotOptions options,
      Functions functions,
      Consumer<SlotEvent> events,
      int inlineBytesMax,
      LargeResults large) {
    Slots slots = new Slots(options, functions, events, inlineBytesMax, large);
    slots.clock.start();
    slots.lock.lock();
    try {
      for (int i = 0; i < options.slots(); i++) {
        slots.addWorker();
      }
    } finally {
      slots.lock.unlock();
    }
    return slots;
  }

  /**
   * Takes a run, to begin as soon as a slot is free.
   *
   * @return false, with nothing done, if too many wait already or the slots are closed
   */
  public boolean submit(Run run) {
    Execution execution = new Execution(run);
    lock.lock();
    try {
      if (closed || queue.size() >= options.queuedRunsMax()) {
        return false;
      }
      if (live.putIfAbsent(run, execution) != null) {
        throw new IllegalStateException("this run is here already: " + run);
      }
      queue.addLast(execution);
      work.signal();
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Ends a task of a run, if it has no outcome yet: its outcome will be that it was cancelled. */
  public void cancel(Run run, int position) {
    Execution execution = live.get(run);
    if (execution == null || position < 0 || position >= run.size()) {
      return;
    }
    execution.cancel(position); // first, so that whoever takes the run from now on sees it
    Worker worker = execution.worker;
    if (worker != null) {
      worker.interrupt(execution, position, FailureKind.CANCELLED);
    }
    Waiting waiting = execution.waiting(position);
    if (waiting != null) {
      waiting.end(FailureKind.CANCELLED);
    }
  }

  /** What the slots are doing. */
  public SlotCounts counts() {
    List<Worker> all = workers;
    int busy = (int) all.stream().filter(Worker::isBusy).count();
    lock.lock();
    try {
      return new SlotCounts(all.size(), busy, queue.size(), parkedCount.get(), stuck, abandoned);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Cancels everything, and returns when each task has its outcome and each slot's thread ends or
   * was given up. Not to be called from a handler.
   */
  @Override
  public void close() {
    List<Execution> waitingRuns;
    lock.lock();
    try {
      closed = true;
      waitingRuns = new ArrayList<>(queue);
      queue.clear();
      work.signalAll();
    } finally {
      lock.unlock();
    }
    waitingRuns.forEach(this::cancelRest);
    workers.forEach(Worker::cancelAll);
    parked.forEach(it -> it.end(FailureKind.CANCELLED));
    awaitWorkers();
    parked.forEach(it -> it.end(FailureKind.CANCELLED)); // those that were starting
    cancelling.shutdown();
    clock.stop();
  }

  private void awaitWorkers() {
    lock.lock();
    try {
      while (!workers.isEmpty()) {
        empty.awaitUninterruptibly();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Answers for all tasks that nobody will begin. */
  private void cancelRest(Execution execution) {
    while (!execution.isDone()) {
      execution.put(Outcomes.ended(execution.run, FailureKind.CANCELLED), 0);
    }
    tell(execution.tell(true));
    closed(execution);
  }

  // What workers need.

  boolean isClosed() {
    return closed;
  }

  /** The outcome of a handler that returned this. */
  Outcome returned(byte @Nullable [] result) {
    return result != null && result.length > largeBytes && result.length <= options.resultBytesMax()
        ? large.keep(result)
        : Outcomes.returned(result, options.resultBytesMax());
  }

  SlotOptions options() {
    return options;
  }

  Functions functions() {
    return functions;
  }

  Clock clock() {
    return clock;
  }

  long flushNanos() {
    return flushNanos;
  }

  long graceNanos() {
    return graceNanos;
  }

  void tell(SlotEvent event) {
    events.accept(event);
  }

  /** Waits for a run; null when this worker should end, which it has then been taken off for. */
  @Nullable Execution take(Worker worker) {
    lock.lock();
    try {
      while (queue.isEmpty()) {
        if (closed) {
          remove(worker);
          return null;
        }
        work.awaitUninterruptibly();
      }
      return queue.removeFirst();
    } finally {
      lock.unlock();
    }
  }

  /** Somebody who owed outcomes of a run has told them. */
  void closed(Execution execution) {
    if (execution.closed()) {
      live.remove(execution.run);
    }
  }

  /** Makes room for one more task without a slot; null if there is none. */
  @Nullable Waiting await(Execution execution, int position, long startNanos, long deadlineNanos) {
    if (parkedCount.incrementAndGet() > options.parkedMax()) {
      release();
      return null;
    }
    Waiting waiting =
        new Waiting(
            this, execution, position, startNanos, deadlineNanos, sequence.getAndIncrement());
    execution.await(position, waiting);
    return waiting;
  }

  void release() {
    parkedCount.decrementAndGet();
  }

  void park(Waiting waiting) {
    parked.add(waiting);
  }

  void unpark(Waiting waiting) {
    parked.remove(waiting);
  }

  /** Runs what a handler wants done on cancelling. */
  void whenCancelled(Runnable action) {
    cancelling.execute(action);
  }

  /** A thread that was given up has come back from its handler. */
  void returned() {
    lock.lock();
    try {
      stuck--;
      if (!closed && workers.size() < options.slots()) {
        addWorker();
      }
    } finally {
      lock.unlock();
    }
  }

  // The clock.

  private long tick(long now) {
    long next = Clock.NEVER;
    for (Worker worker : workers) {
      Worker.Look look = worker.look(now);
      if (look.left() != null) {
        replace(worker, look.left(), look.reason());
      }
      next = Math.min(next, look.nextNanos());
    }
    return Math.min(next, endParked(now));
  }

  private long endParked(long now) {
    for (Waiting waiting : parked) {
      if (waiting.deadlineNanos() > now) {
        return waiting.deadlineNanos();
      }
      waiting.end(FailureKind.TIMED_OUT);
    }
    return Clock.NEVER;
  }

  /** Gives the slot of a worker whose thread is stuck another one, and what it left to the next. */
  private void replace(Worker worker, Execution left, @Nullable FailureKind reason) {
    int last = left.next() - 1;
    boolean over = left.isDone();
    boolean goesOn;
    int threads;
    lock.lock();
    try {
      threads = ++stuck;
      abandoned++;
      goesOn = !closed && !over;
      if (goesOn) {
        tell(left.tell(false));
        queue.addFirst(left);
      }
      if (!closed && stuck <= options.abandonedMax()) {
        addWorker();
        work.signal();
      }
    } finally {
      lock.unlock();
    }
    if (!goesOn) {
      cancelRest(left);
    }
    tell(
        new Abandoned(
            left.run.task(last), reason == null ? FailureKind.TIMED_OUT : reason, threads));
    lock.lock();
    try {
      remove(worker); // last, for whoever closes waits for it
    } finally {
      lock.unlock();
    }
  }

  // Under the lock.

  private void addWorker() {
    Worker worker = new Worker(this, ++numbers);
    List<Worker> more = new ArrayList<>(workers);
    more.add(worker);
    workers = List.copyOf(more);
    worker.start();
  }

  private void remove(Worker worker) {
    List<Worker> fewer = new ArrayList<>(workers);
    fewer.remove(worker);
    workers = List.copyOf(fewer);
    if (fewer.isEmpty()) {
      empty.signalAll();
    }
  }
}
