package io.minga.node.core;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.identity.PeerId;
import io.minga.node.schedule.Estimates;
import io.minga.node.schedule.Kind;
import io.minga.node.task.Batch;
import io.minga.node.task.FunctionName;
import io.minga.node.task.Outcome;
import io.minga.node.task.Policy;
import io.minga.node.task.WorkFrame.Refusal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What this peer runs: the batches it holds, what of them waits, and which slot runs what.
 *
 * <p>Tasks that are expected to be short go to a slot in runs of up to a millisecond of work. A
 * task with a timeout runs alone, so that it is known when it began.
 */
final class Worker {
  private final PeerId self;
  private final NodeOptions options;
  private final TreeSet<FunctionName> functions = new TreeSet<>();
  private final BatchTable table;
  private final Map<Long, Run> runs = new LinkedHashMap<>();
  private final PriorityQueue<Run> timeouts = new PriorityQueue<>();
  private final Backlog backlog = new Backlog();
  private int busy;
  private long lastRun;
  private long queuedNanos;
  private boolean leaving;

  /** Of a push: what was taken, and why the rest was not. */
  record Took(IndexSet indexes, @Nullable Refusal refusal) {}

  /** What one slot has to do. */
  private static final class Run implements Comparable<Run> {
    final long number;
    final Held held;
    final long startedNanos;
    final long expectedNanos;
    final long timeoutNanos;

    /** Those that keep the slot busy. */
    final IndexBits busy;

    /** Those that have not ended. */
    final IndexBits left;

    boolean free;

    Run(long number, Held held, IndexBits tasks, long nowNanos, long expectedNanos, long timeout) {
      this.number = number;
      this.held = held;
      this.startedNanos = nowNanos;
      this.expectedNanos = expectedNanos;
      this.timeoutNanos = nowNanos + timeout;
      this.busy = tasks;
      this.left = tasks.copy();
    }

    @Override
    public int compareTo(Run other) {
      long before = timeoutNanos - other.timeoutNanos;
      return before != 0 ? Long.signum(before) : Long.compare(number, other.number);
    }
  }

  /** Takes the outcome of a task that ran here. */
  @FunctionalInterface
  interface Ends {
    void ended(Held held, Input.Ended ended);
  }

  Worker(PeerId self, NodeOptions options, BatchTable table) {
    this.self = self;
    this.options = options;
    this.table = table;
  }

  void offer(List<FunctionName> offered) {
    functions.clear();
    functions.addAll(offered);
  }

  /** The functions that this peer runs; none if it has no slots. */
  List<FunctionName> functions() {
    return options.slots() == 0 ? List.of() : List.copyOf(functions);
  }

  /** From now on nothing more is taken. */
  void leave() {
    leaving = true;
  }

  /** Takes what it can of a push. What it has already it takes again, so a push may come twice. */
  Took take(long nowMillis, Batch batch, IndexSet indexes, int epoch, Estimates estimates) {
    Held known = table.get(batch.cid());
    IndexSet has = known == null ? IndexSet.EMPTY : has(known).toSet().and(indexes);
    IndexSet rest = indexes.andNot(has);
    if (rest.isEmpty()) {
      return new Took(has, null);
    }
    Refusal refusal = refusal(nowMillis, batch);
    PeerId submitter = batch.header().submitter();
    int batchBytes = known == null ? batch.bytes().length() : 0;
    if (refusal == null && table.room(submitter, batchBytes) < rest.size()) {
      refusal = Refusal.FULL;
    }
    if (refusal != null) {
      return new Took(has, refusal);
    }
    Held held = table.hold(batch);
    rest.forEach(
        index -> {
          held.epoch(index, epoch);
          held.queued.add(index);
          queuedNanos += mean(estimates, held.kind(index));
        });
    table.count(held, rest.size());
    backlog.add(held, rest.size());
    return new Took(indexes, null);
  }

  /** Those that are here in whatever state. */
  static IndexBits has(Held held) {
    IndexBits has = held.queued.copy();
    has.addAll(held.running);
    has.addAll(held.owed);
    return has;
  }

  private @Nullable Refusal refusal(long nowMillis, Batch batch) {
    if (leaving || options.slots() == 0) {
      return leaving ? Refusal.LEAVING : Refusal.UNKNOWN_FUNCTION;
    }
    if (batch.header().expiresAtMillis() <= nowMillis) {
      return Refusal.EXPIRED;
    }
    for (FunctionName function : batch.functions()) {
      if (!functions.contains(function)) {
        return Refusal.UNKNOWN_FUNCTION;
      }
    }
    Policy policy = batch.header().policy();
    return policy.requires().areMetBy(options.tags(), options.cores(), options.memoryMib())
        ? null
        : Refusal.REQUIREMENTS;
  }

  private long mean(Estimates estimates, Kind kind) {
    return estimates.estimate(self, kind, 0).meanNanos();
  }

  /** Gives every free slot something to do, while there is something. */
  void start(long nowNanos, Estimates estimates, List<Effect> out) {
    while (busy < options.slots()) {
      Held next = backlog.next();
      if (next == null) {
        queuedNanos = 0;
        return;
      }
      start(nowNanos, next, estimates, out);
    }
  }

  private void start(long nowNanos, Held next, Estimates estimates, List<Effect> out) {
    long timeoutMillis = next.batch.header().policy().timeoutMillis();
    long mean = mean(estimates, next.kind(next.queued.first()));
    int count = timeoutMillis > 0 || next.kinds.length > 1 ? 1 : runTasks(mean);
    IndexBits tasks = next.queued.takeFirst(count);
    int size = tasks.size();
    next.running.addAll(tasks);
    backlog.removed(size);
    queuedNanos = Math.max(0, queuedNanos - mean * size);
    long timeoutNanos = Math.min(timeoutMillis, Long.MAX_VALUE / 4_000_000) * 1_000_000;
    Run run = new Run(++lastRun, next, tasks, nowNanos, mean * size, timeoutNanos);
    runs.put(run.number, run);
    if (timeoutMillis > 0) {
      timeouts.add(run);
    }
    busy++;
    out.add(new Effect.Run(run.number, next.batch, tasks.toSet()));
  }

  /** How many tasks make a run: those that take a millisecond, no more than a slot's share. */
  private int runTasks(long meanNanos) {
    long cheap = options.times().runWork().toNanos() / Math.max(1, meanNanos);
    long share = (backlog.tasks() + options.slots() - 1) / options.slots();
    return (int) Math.max(1, Math.min(Math.min(cheap, share), options.limits().runTasksMax()));
  }

  /** Tasks of a run have ended. */
  void ran(long number, List<Input.Ended> ended, Ends ends) {
    Run run = runs.get(number);
    if (run == null) {
      throw new IllegalArgumentException("there is no run " + number);
    }
    for (int i = 0; i < ended.size(); i++) {
      Input.Ended each = ended.get(i);
      int index = each.index();
      if (!run.left.remove(index)) {
        throw new IllegalArgumentException("task " + index + " is not in run " + number);
      }
      run.busy.remove(index);
      if (run.held.running.remove(index)) {
        ends.ended(run.held, each);
        over(run.held, 1);
      }
    }
    freed(run);
  }

  /** Tasks of a run need no slot any more, and have not ended. */
  void parked(long number, IndexSet indexes) {
    Run run = runs.get(number);
    if (run != null) {
      indexes.forEach(run.busy::remove);
      freed(run);
    }
  }

  private void freed(Run run) {
    if (run.busy.isEmpty() && !run.free) {
      run.free = true;
      busy--;
    }
    if (run.left.isEmpty()) {
      runs.remove(run.number);
    }
  }

  private void over(Held batch, int tasks) {
    table.count(batch, -tasks);
    table.over(batch);
  }

  /** Drops tasks, and interrupts those that run. Nothing is owed for them. */
  void drop(Held known, IndexSet indexes, List<Effect> out) {
    IndexBits queued = IndexBits.of(indexes);
    queued.retainAll(known.queued);
    known.queued.removeAll(queued);
    int dropped = queued.size();
    backlog.removed(dropped);
    IndexBits running = IndexBits.of(indexes);
    running.retainAll(known.running);
    known.running.removeAll(running);
    if (!running.isEmpty()) {
      interrupt(known, running, out);
    }
    if (dropped + running.size() > 0) {
      over(known, dropped + running.size());
    }
  }

  private void interrupt(Held batch, IndexBits tasks, List<Effect> out) {
    for (Run run : runs.values()) {
      if (run.held == batch) {
        IndexBits its = tasks.copy();
        its.retainAll(run.left);
        if (!its.isEmpty()) {
          out.add(new Effect.Interrupt(run.number, its.toSet()));
        }
      }
    }
  }

  /** Takes out all of a batch that has not begun, for others to run. */
  IndexSet release(Held held) {
    IndexSet queued = held.queued.toSet();
    held.queued.clear();
    backlog.removed(queued.size());
    over(held, queued.size());
    return queued;
  }

  /** Ends the tasks that have run for too long; their slots are free once they say so. */
  void timeOut(long nowNanos, Ends ends, List<Effect> out) {
    for (Run run = timeouts.peek();
        run != null && (run.left.isEmpty() || run.timeoutNanos - nowNanos <= 0);
        run = timeouts.peek()) {
      Run late = timeouts.poll();
      if (late == null || late.left.isEmpty()) {
        continue;
      }
      out.add(new Effect.Interrupt(late.number, late.left.toSet()));
      long micros = (nowNanos - late.startedNanos) / 1000;
      String message = "it ran for more than %d ms".formatted(timeoutMillis(late));
      Outcome outcome = new Outcome.Failure(Outcome.Kind.TIMEOUT, "", message, "");
      late.left.forEach(
          index -> {
            if (late.held.running.remove(index)) {
              ends.ended(late.held, new Input.Ended(index, outcome, micros));
              over(late.held, 1);
            }
          });
    }
  }

  private static long timeoutMillis(Run run) {
    return run.held.batch.header().policy().timeoutMillis();
  }

  long queuedTasks() {
    return backlog.tasks();
  }

  int busySlots() {
    return busy;
  }

  /** The expected run time of all that is here, one after the other. */
  long workNanos(long nowNanos) {
    long work = queuedNanos;
    for (Run run : runs.values()) {
      if (!run.busy.isEmpty()) {
        work += Estimates.remainingNanos(run.expectedNanos, nowNanos - run.startedNanos);
      }
    }
    return work;
  }

  long nextDeadlineNanos(long never) {
    Run first = timeouts.peek();
    return first == null || never - first.timeoutNanos <= 0 ? never : first.timeoutNanos;
  }
}
