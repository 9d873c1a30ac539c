package io.minga.node.core;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Cid;
import io.minga.node.schedule.Estimates;
import io.minga.node.schedule.Kind;
import io.minga.node.task.Batch;
import io.minga.node.task.FunctionName;
import io.minga.node.task.Outcome;
import io.minga.node.task.Policy;
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
  private final Map<Cid, Held> held = new LinkedHashMap<>();
  private final Map<PeerId, Account> accounts = new LinkedHashMap<>();
  private final Map<Long, Run> runs = new LinkedHashMap<>();
  private final PriorityQueue<Run> timeouts = new PriorityQueue<>();
  private final Backlog backlog = new Backlog();
  private int busy;
  private long heldBytes;
  private long lastRun;
  private long queuedNanos;
  private boolean leaving;

  /** Why tasks were not taken. */
  public enum Refusal {
    NONE,
    FULL,
    UNKNOWN_FUNCTION,
    REQUIREMENTS,
    LEAVING,
    EXPIRED
  }

  /** Of a push: what was taken, and why the rest was not. */
  record Took(IndexSet indexes, Refusal refusal) {}

  /** What one submitter has here. */
  private static final class Account {
    int batches;
    long tasks;
  }

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
    void ended(Held held, int index, int epoch, Outcome outcome, long runMicros);
  }

  Worker(PeerId self, NodeOptions options) {
    this.self = self;
    this.options = options;
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
    Refusal refusal = refusal(nowMillis, batch);
    PeerId submitter = batch.header().submitter();
    boolean own = submitter.equals(self);
    Held known = held.get(batch.cid());
    if (refusal != Refusal.NONE) {
      return new Took(known == null ? IndexSet.EMPTY : has(known, indexes), refusal);
    }
    Account account = accounts.computeIfAbsent(submitter, it -> new Account());
    int count = indexes.size();
    NodeOptions.Limits limits = options.limits();
    boolean full =
        !own
            && (account.tasks + count > limits.heldTasksMax()
                || account.batches >= limits.heldBatchesMax()
                || heldBytes + batch.bytes().length() > limits.heldBytesMax());
    if (full) {
      return new Took(known == null ? IndexSet.EMPTY : has(known, indexes), Refusal.FULL);
    }
    Held here = known == null ? hold(batch, submitter, account) : known;
    int[] added = {0};
    indexes.forEach(
        index -> {
          here.epoch(index, epoch);
          if (!here.running.contains(index) && here.queued.add(index)) {
            added[0]++;
            queuedNanos += mean(estimates, here.kind(index));
          }
        });
    account.tasks += added[0];
    backlog.add(here, added[0]);
    return new Took(indexes, Refusal.NONE);
  }

  private static IndexSet has(Held held, IndexSet indexes) {
    IndexBits has = held.queued.copy();
    has.addAll(held.running);
    return has.toSet().and(indexes);
  }

  private Held hold(Batch batch, PeerId submitter, Account account) {
    Policy policy = batch.header().policy();
    Kind[] kinds = new Kind[batch.functions().size()];
    for (int i = 0; i < kinds.length; i++) {
      kinds[i] = new Kind(batch.functions().get(i), Kind.ANY_SIZE, Demand.need(policy.requires()));
    }
    Held fresh = new Held(batch, submitter, kinds);
    held.put(batch.cid(), fresh);
    account.batches++;
    heldBytes += batch.bytes().length();
    return fresh;
  }

  private Refusal refusal(long nowMillis, Batch batch) {
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
        ? Refusal.NONE
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
        over(run.held, 1);
        ends.ended(run.held, index, run.held.epoch(index), each.outcome(), each.runMicros());
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
    Account account = accounts.get(batch.submitter);
    if (account != null) {
      account.tasks -= tasks;
    }
    if (batch.isOver() && held.remove(batch.batch.cid()) != null) {
      heldBytes -= batch.batch.bytes().length();
      if (account != null && --account.batches == 0) {
        accounts.remove(batch.submitter);
      }
    }
  }

  /** Drops tasks, and interrupts those that run. Nothing is owed for them. */
  void drop(Cid batch, IndexSet indexes, List<Effect> out) {
    Held known = held.get(batch);
    if (known == null) {
      return;
    }
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

  /** Drops all that a submitter has here. */
  void dropAll(PeerId submitter, List<Effect> out) {
    for (Held each : List.copyOf(held.values())) {
      if (each.submitter.equals(submitter)) {
        drop(each.batch.cid(), IndexSet.range(0, each.batch.size()), out);
      }
    }
  }

  /** Takes out all that has not begun, for others to run; by batch. */
  Map<Held, IndexSet> release() {
    Map<Held, IndexSet> released = new LinkedHashMap<>();
    for (Held each : List.copyOf(held.values())) {
      if (!each.queued.isEmpty()) {
        IndexSet queued = each.queued.toSet();
        released.put(each, queued);
        each.queued.clear();
        backlog.removed(queued.size());
        over(each, queued.size());
      }
    }
    return released;
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
              over(late.held, 1);
              ends.ended(late.held, index, late.held.epoch(index), outcome, micros);
            }
          });
    }
  }

  private static long timeoutMillis(Run run) {
    return run.held.batch.header().policy().timeoutMillis();
  }

  @Nullable Held held(Cid batch) {
    return held.get(batch);
  }

  Iterable<Held> batches() {
    return held.values();
  }

  long queuedTasks() {
    return backlog.tasks();
  }

  int busySlots() {
    return busy;
  }

  boolean isIdle() {
    return held.isEmpty();
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
