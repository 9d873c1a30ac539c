package io.minga.node.core;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.identity.PeerId;
import io.minga.node.schedule.Estimates;
import io.minga.node.schedule.Kind;
import io.minga.node.schedule.Lateness;
import io.minga.node.schedule.Need;
import io.minga.node.task.Batch;
import io.minga.node.task.FunctionName;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** What the slots are busy with, what is left of cores and memory, and how late it is. */
@SuppressWarnings("ReferenceEquality") // a batch is here once
final class Running {
  /** How often is looked how late what runs here is. */
  private static final long LATE_LOOK_NANOS = 200_000_000;

  private final NodeOptions options;
  private final Estimates estimates;
  private final Map<Long, SlotRun> runs = new LinkedHashMap<>();
  private final PriorityQueue<SlotRun> timeouts = new PriorityQueue<>();
  private int freeCores;
  private int freeMemoryMib;
  private int busy;
  private long lastRun;
  private boolean looked;
  private long lookNanos;

  Running(NodeOptions options, Estimates estimates) {
    this.options = options;
    this.estimates = estimates;
    this.freeCores = Math.max(options.cores(), options.slots());
    this.freeMemoryMib = options.memoryMib();
  }

  int freeCores() {
    return freeCores;
  }

  int freeMemoryMib() {
    return freeMemoryMib;
  }

  int busySlots() {
    return busy;
  }

  boolean hasFreeSlot() {
    return busy < options.slots();
  }

  Collection<SlotRun> all() {
    return runs.values();
  }

  /** Gives a free slot these tasks. */
  void begin(
      long nowNanos,
      Held held,
      IndexBits tasks,
      Kind kind,
      long expectedNanos,
      long timeoutMillis,
      List<Effect> out) {
    long timeoutNanos = Math.min(timeoutMillis, Long.MAX_VALUE / 4_000_000) * 1_000_000;
    Need need = kind.need();
    SlotRun run =
        new SlotRun(
            ++lastRun, held, kind.function(), need, tasks, nowNanos, expectedNanos, timeoutNanos);
    runs.put(run.number, run);
    if (timeoutMillis > 0) {
      timeouts.add(run);
    }
    busy++;
    freeCores -= need.cores();
    freeMemoryMib -= need.memoryMib();
    out.add(new Effect.Run(run.number, held.batch, tasks.toSet(), held.epoch(tasks.first())));
  }

  /** How many runs there have been. */
  long begun() {
    return lastRun;
  }

  @Nullable SlotRun run(long number) {
    return runs.get(number);
  }

  /** Tasks of a run have ended or parked: its slot is free once none keeps it. */
  void freed(SlotRun run) {
    if (run.busy.isEmpty() && !run.free) {
      run.free = true;
      busy--;
      freeCores += run.need.cores();
      freeMemoryMib += run.need.memoryMib();
    }
    if (run.left.isEmpty()) {
      runs.remove(run.number);
    }
  }

  /** Tasks of a batch are not needed any more. */
  void interrupt(Held batch, IndexBits tasks, List<Effect> out) {
    for (SlotRun run : runs.values()) {
      if (run.held == batch) {
        IndexBits its = tasks.copy();
        its.retainAll(run.left);
        its.removeAll(run.unwanted);
        if (!its.isEmpty()) {
          run.unwanted.addAll(its);
          out.add(new Effect.Interrupt(run.number, its.toSet()));
        }
      }
    }
  }

  /** The tasks of a batch that were interrupted and have not ended. */
  IndexSet unwanted(Batch batch) {
    IndexBits unwanted = new IndexBits();
    for (SlotRun run : runs.values()) {
      if (run.held.batch.cid().equals(batch.cid())) {
        IndexBits its = run.left.copy();
        its.retainAll(run.unwanted);
        unwanted.addAll(its);
      }
    }
    return unwanted.toSet();
  }

  /** The next run with tasks that have run for too long; null if there is none. */
  @Nullable SlotRun late(long nowNanos) {
    for (SlotRun run = timeouts.peek();
        run != null && (run.left.isEmpty() || run.timeoutNanos - nowNanos <= 0);
        run = timeouts.peek()) {
      timeouts.remove();
      if (!run.left.isEmpty()) {
        return run;
      }
    }
    return null;
  }

  /** The expected time that running tasks still need, one after the other. */
  long workNanos(long nowNanos) {
    long work = 0;
    for (SlotRun run : runs.values()) {
      if (!run.free) {
        work += run.remainingNanos(nowNanos);
      }
    }
    return work;
  }

  /** Whether a slot will be free in so long, as far as is known. */
  boolean isSlotFree(long nowNanos, long withinNanos) {
    if (hasFreeSlot()) {
      return true;
    }
    for (SlotRun run : runs.values()) {
      if (!run.free && run.remainingNanos(nowNanos) < withinNanos) {
        return true;
      }
    }
    return false;
  }

  /**
   * Compares, now and then, how long tasks have been running with how long they should, and lets
   * the estimates know.
   *
   * @return whether some function has become, or proved, much slower than was said
   */
  boolean look(long nowNanos, PeerId self) {
    if (looked && nowNanos - lookNanos < LATE_LOOK_NANOS) {
      return false;
    }
    looked = true;
    lookNanos = nowNanos;
    Map<FunctionName, Lateness> byFunction = new LinkedHashMap<>();
    for (SlotRun run : runs.values()) {
      if (!run.free) {
        byFunction
            .computeIfAbsent(run.function, it -> new Lateness())
            .add(run.tasks, nowNanos - run.startedNanos);
      }
    }
    return estimates.late(self, byFunction);
  }

  /** The whole peer stood still: nothing here has become slower by that. */
  void stoodStill(long nanos) {
    runs.values().forEach(run -> run.startedNanos += nanos);
  }

  long nextDeadlineNanos(long never) {
    SlotRun first = timeouts.peek();
    return first == null || never - first.timeoutNanos <= 0 ? never : first.timeoutNanos;
  }
}
