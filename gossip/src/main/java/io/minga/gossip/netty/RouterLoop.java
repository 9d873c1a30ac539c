package io.minga.gossip.netty;

import io.minga.gossip.router.GossipRouter;
import io.minga.gossip.router.Gossipsub.Effect;
import io.minga.gossip.router.Gossipsub.Input;
import io.minga.gossip.rpc.Rpc;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one owner of a router: runs it on one thread, in duty cycles that read the clock once.
 *
 * <p>A cycle takes what was submitted, then some RPCs of each peer in turn, so that one who floods
 * waits for itself, then what is to be published. What the effects lead to is gathered and leaves
 * at the end of the cycle.
 */
final class RouterLoop {
  private static final Logger LOG = LoggerFactory.getLogger(RouterLoop.class);

  /** What one cycle takes before others on the same thread have their turn. */
  private static final int TASKS_PER_CYCLE = 1024;

  private static final int RPCS_PER_CYCLE = 256;
  private static final int RPCS_PER_TURN = 16;

  /** What is done with the router's effects. */
  interface Owner {
    void perform(Effect effect);

    /** Gives verdicts on what a peer just brought, where they are there at once. */
    void settle();

    /** Publishes what waits for that and can go, and says whether there is more. */
    boolean publish();

    /** Sends on what the effects of this cycle came to. */
    void flush();

    /** There is a defect: no cycle will follow. */
    void failed(Throwable cause);
  }

  private final EventExecutor executor;
  private final GossipRouter router;
  private final ReceiveBudget budget;
  private final int pendingValidationsMax;
  private final Owner owner;
  private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<InboundStream> ready = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private final Runnable cycle = this::cycle;
  private final LinkedHashSet<InboundStream> parked = new LinkedHashSet<>();
  private volatile boolean stopped;
  private long nowNanos;
  private @Nullable ScheduledFuture<?> timer;
  private long timerNanos;

  RouterLoop(
      EventExecutor executor,
      GossipRouter router,
      ReceiveBudget budget,
      int pendingValidationsMax,
      Owner owner) {
    this.executor = executor;
    this.router = router;
    this.budget = budget;
    this.pendingValidationsMax = pendingValidationsMax;
    this.owner = owner;
  }

  // For any thread.

  /**
   * Has {@code task} run on the loop, in the order of one thread's calls, unless it has stopped.
   */
  void submit(Runnable task) {
    if (!stopped) {
      tasks.add(task);
      wake();
    }
  }

  /** Has the RPCs of {@code stream} taken. */
  void ready(InboundStream stream) {
    if (!stopped) {
      ready.add(stream);
      wake();
    }
  }

  /** Sees to it that a cycle follows. */
  void wake() {
    if (!scheduled.get() && scheduled.compareAndSet(false, true)) {
      try {
        executor.execute(cycle);
      } catch (RejectedExecutionException e) {
        stopped = true;
      }
    }
  }

  boolean isStopped() {
    return stopped;
  }

  boolean inLoop() {
    return executor.inEventLoop();
  }

  // On the loop.

  GossipRouter router() {
    return router;
  }

  /** When this cycle began. */
  long nowNanos() {
    return nowNanos;
  }

  /** Gives the router {@code input}, and performs what it tells to. Not to be called by that. */
  void handle(Input input) {
    List<Effect> effects = router.handle(nowNanos, input);
    for (int i = 0; i < effects.size(); i++) {
      owner.perform(effects.get(i));
    }
  }

  /** No cycle follows this one. */
  void stop() {
    stopped = true;
    if (timer != null) {
      timer.cancel(false);
    }
  }

  private void cycle() {
    scheduled.set(false); // what comes from here on has a cycle of its own
    if (stopped) {
      return;
    }
    try {
      nowNanos = System.nanoTime();
      if (router.nextDeadlineNanos() - nowNanos <= 0) {
        handle(new Input.Tick());
      }
      boolean more = runTasks();
      if (!stopped) {
        more |= takeRpcs();
        more |= owner.publish();
        owner.flush();
        unpark();
        armTimer();
      }
      if (more) {
        wake();
      }
    } catch (RuntimeException | Error e) {
      LOG.error("gossip stops because of a defect", e);
      stop();
      owner.failed(e);
      throw e;
    }
  }

  private boolean runTasks() {
    for (int i = 0; i < TASKS_PER_CYCLE && !stopped; i++) {
      Runnable task = tasks.poll();
      if (task == null) {
        return false;
      }
      task.run();
    }
    return true;
  }

  /** Takes RPCs, unless too many messages await their verdict: then a verdict begins a cycle. */
  private boolean takeRpcs() {
    int left = RPCS_PER_CYCLE;
    while (left > 0 && hasRoomForMessages()) {
      InboundStream stream = ready.poll();
      if (stream == null) {
        return false;
      }
      left -= takeTurn(stream);
    }
    return left <= 0;
  }

  private int takeTurn(InboundStream stream) {
    stream.unlist();
    int taken = 0;
    while (taken < RPCS_PER_TURN && hasRoomForMessages()) {
      Rpc rpc = stream.poll();
      if (rpc == null) {
        break;
      }
      taken++;
      handle(new Input.Received(stream.peer(), rpc));
      owner.settle();
    }
    if (stream.relist()) {
      ready.add(stream);
    }
    if (stream.wantsReading()) {
      parked.add(stream);
    }
    return Math.max(1, taken);
  }

  private boolean hasRoomForMessages() {
    return router.pendingValidations() < pendingValidationsMax;
  }

  private void unpark() {
    if (!parked.isEmpty() && budget.hasRoom()) {
      parked.forEach(InboundStream::resumeReading);
      parked.clear();
    }
  }

  private void armTimer() {
    long deadlineNanos = router.nextDeadlineNanos();
    ScheduledFuture<?> armed = timer;
    if (armed != null && !armed.isDone() && timerNanos == deadlineNanos) {
      return;
    }
    if (armed != null) {
      armed.cancel(false);
    }
    timerNanos = deadlineNanos;
    long delayNanos = Math.max(0, deadlineNanos - System.nanoTime());
    timer = executor.schedule(this::wake, delayNanos, TimeUnit.NANOSECONDS);
  }
}
