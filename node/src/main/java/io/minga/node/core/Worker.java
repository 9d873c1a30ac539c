package io.minga.node.core;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.identity.PeerId;
import io.minga.node.schedule.Estimates;
import io.minga.node.schedule.Kind;
import io.minga.node.schedule.Queued;
import io.minga.node.task.Batch;
import io.minga.node.task.Outcome;
import io.minga.node.task.Payload;
import io.minga.node.task.WorkFrame.Refusal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What this peer runs: the batches it holds, what of them waits, and which slot runs what.
 *
 * <p>Tasks that are expected to be short go to a slot in runs of up to a millisecond of work. A
 * task with a timeout runs alone, so that it is known when it began.
 */
@SuppressWarnings("ReferenceEquality") // a short cut, for most are the same
final class Worker {
  /** What takes so long at most is through before much else could be said of it. */
  private static final long SOON_NANOS = 200_000;

  private final PeerId self;
  private final NodeOptions options;
  private final Offered offered;
  private final BatchTable table;
  private final Running running;
  private final Estimates estimates;
  private final HeldInputs inputs;
  private final Leases leases;
  private final Backlog backlog;
  private final TaskLine line;
  private final Joins joins;
  private int parkedOwn;

  /**
   * Of a push: what was taken, and why the rest was not.
   *
   * @param joined those that keep no slot, for an equal one is here
   */
  record Took(IndexSet indexes, @Nullable Refusal refusal, IndexSet joined) {
    Took(IndexSet indexes, @Nullable Refusal refusal) {
      this(indexes, refusal, IndexSet.EMPTY);
    }
  }

  /** Takes the outcome of a task that ran here. */
  @FunctionalInterface
  interface Ends {
    void ended(Held held, Input.Ended ended);
  }

  Worker(
      PeerId self,
      NodeOptions options,
      RandomGenerator random,
      BatchTable table,
      Estimates estimates,
      HeldInputs inputs,
      Leases leases,
      Joins joins) {
    this.self = self;
    this.options = options;
    this.table = table;
    this.estimates = estimates;
    this.inputs = inputs;
    this.leases = leases;
    this.offered = new Offered(options);
    this.joins = joins;
    this.running = new Running(options, estimates);
    this.backlog =
        new Backlog(
            options,
            random,
            estimates,
            this::meanNanos,
            running.freeCores(),
            running.freeMemoryMib());
    this.line = new TaskLine(options, backlog, joins);
  }

  /** What has not begun. */
  Backlog backlog() {
    return backlog;
  }

  /** What it runs. */
  Offered offered() {
    return offered;
  }

  /**
   * Takes what it can of a push. What it has already it takes again, so a push may come twice.
   *
   * @param claimed those that others have claimed in that epoch or a later one
   */
  Took take(
      long nowNanos, long nowMillis, Batch batch, IndexSet indexes, IndexSet claimed, int epoch) {
    Held known = table.get(batch.cid());
    IndexSet has = known == null ? IndexSet.EMPTY : known.keep(indexes, epoch);
    IndexSet rest = indexes.andNot(has).andNot(claimed);
    if (known != null) {
      table.over(known); // what others took over is no more expected to come to anything here
    }
    if (rest.isEmpty()) {
      return new Took(has, has.size() < indexes.size() ? Refusal.CLAIMED : null);
    }
    Refusal refusal = offered.refusal(nowMillis, batch);
    PeerId submitter = batch.header().submitter();
    int batchBytes = table.get(batch.cid()) == null ? batch.bytes().length() : 0;
    if (refusal == null && table.room(submitter, batchBytes) < rest.size()) {
      refusal = Refusal.FULL;
    }
    if (refusal != null) {
      return new Took(has, refusal);
    }
    Held held = table.hold(batch);
    if (known == null) {
      held.sinceNanos = nowNanos;
    }
    boolean shares = batch.hasMemoizable() && !held.policy().exclusive();
    Joins.Met met = shares ? joins.meet(batch, rest) : null;
    IndexSet first = met == null ? rest : met.toQueue().toSet();
    IndexSet absent = inputs.await(nowNanos, held, first);
    IndexSet unleased = leases.await(nowNanos, held, first);
    IndexBits queued = line.add(nowNanos, held, first.andNot(absent).andNot(unleased), epoch);
    queued.addAll(absent);
    queued.addAll(unleased);
    IndexBits joined = met == null ? new IndexBits() : joins.queued(held, met, queued);
    held.queued.addAll(queued);
    queued.addAll(joined);
    queued.forEach(index -> held.epoch(index, epoch));
    table.count(held, queued.size());
    inputs.touched(held);
    table.over(held);
    IndexSet taken = has.or(queued.toSet());
    boolean full = queued.size() < rest.size();
    Refusal why = full ? Refusal.FULL : Refusal.CLAIMED;
    return new Took(taken, taken.size() == indexes.size() ? null : why, joined.toSet());
  }

  /**
   * Whether what was just taken of a batch is expected to have run in a moment: a slot is free for
   * it, and so would all be that stands in line, were it as long.
   */
  boolean isSoonThrough(Held held, Took took) {
    if (took.refusal() != null
        || !took.joined().isEmpty()
        || !held.absent.isEmpty()
        || held.tenure != null
        || !running.hasFreeSlot()) {
      return false;
    }
    long longest = 1;
    for (Kind kind : held.kinds) {
      longest = Math.max(longest, meanNanos(kind, 0));
    }
    return backlog.size() <= SOON_NANOS / longest;
  }

  /** The input of a task is here. */
  void arrived(long nowNanos, Held held, int index) {
    if (held.tenure != null && !held.tenure.holds(nowNanos, index, held.epoch(index))) {
      return; // it stands in line once it has its lease
    }
    if (line.add(nowNanos, held, IndexSet.of(index), held.epoch(index)).isEmpty()) {
      inputs.fail(held, index, Outcome.Kind.LIMIT, "there is no room in line any more");
    }
  }

  /** These may run now. */
  void leased(long nowNanos, Held held, IndexSet tasks) {
    IndexSet ready = held.queued.toSet().and(tasks).andNot(held.absent.toSet());
    ready.forEach(index -> arrived(nowNanos, held, index));
  }

  /** Which of these still keep a slot, though nobody wants what comes of them. */
  IndexSet unended(Batch batch, IndexSet tasks) {
    return running.unwanted(batch).and(tasks);
  }

  /** A task that hasn't begun comes to nothing. */
  void failed(Held held, Input.Ended ended, Ends ends) {
    if (held.queued.remove(ended.index())) {
      ends.ended(held, ended);
      over(held, 1);
      endEquals(held, ended, ends);
    }
  }

  private long meanNanos(Kind kind, long hintNanos) {
    return estimates.estimate(self, kind, hintNanos).meanNanos();
  }

  /** Gives every free slot something to do, while there is something that fits. */
  void start(long nowNanos, List<Effect> out) {
    while (running.hasFreeSlot() && backlog.size() > 0) {
      Queued next = backlog.pop(nowNanos, running.freeCores(), running.freeMemoryMib());
      if (next == null) {
        return;
      }
      Held held = table.get(next.batch());
      if (held == null) {
        throw new IllegalStateException("what is in line is in the table");
      }
      start(nowNanos, held, next, out);
    }
  }

  private void start(long nowNanos, Held held, Queued next, List<Effect> out) {
    long timeoutMillis = held.batch.header().policy().timeoutMillis();
    IndexBits tasks = IndexBits.of(next.indexes());
    if ((timeoutMillis > 0 || held.policy().exclusive()) && tasks.size() > 1) {
      IndexBits first = tasks.takeFirst(1);
      backlog.putBack(next.batch(), tasks.toSet(), next.ticket());
      tasks = first;
    }
    held.queued.removeAll(tasks);
    held.running.addAll(tasks);
    Kind kind = next.ticket().kind();
    long expectedNanos = meanNanos(kind, 0) * tasks.size();
    running.begin(nowNanos, held, tasks, kind, expectedNanos, timeoutMillis, out);
  }

  /** Tasks of a run have ended. */
  void ran(long number, List<Input.Ended> ended, Ends ends) {
    SlotRun run = running.run(number);
    if (run == null) {
      throw new IllegalArgumentException("there is no run " + number);
    }
    for (int i = 0; i < ended.size(); i++) {
      Input.Ended each = ended.get(i);
      int index = each.index();
      if (!run.left.remove(index)) {
        throw new IllegalArgumentException("task " + index + " is not in run " + number);
      }
      if (!run.busy.remove(index) && run.held.submitter.equals(self)) {
        parkedOwn--;
      }
      if (run.unwanted.contains(index)) {
        inputs.release(each.outcome());
        continue;
      }
      if (run.held.running.remove(index)) {
        ends.ended(
            run.held,
            run.late && each.outcome() instanceof Outcome.Failure ? run.late(each) : each);
        over(run.held, 1);
      } else {
        inputs.release(each.outcome()); // its equals may want it
      }
      endEquals(run.held, each, ends);
    }
    running.freed(run);
  }

  /** A task has ended, and those that waited for it. */
  private void endEquals(Held held, Input.Ended ended, Ends ends) {
    if (!held.hasFlights()) {
      return;
    }
    if (ended.outcome() instanceof Outcome.Value value
        && value.payload() instanceof Payload.Content) {
      line.left(held, IndexBits.single(ended.index())); // each is to hold a block of its own
    } else {
      joins.ended(held, ended, ending(ends));
    }
  }

  private Ends ending(Ends ends) {
    return (held, ended) -> {
      ends.ended(held, ended);
      over(held, 1);
    };
  }

  /** Ends tasks whose values were known when they came. */
  void answer(Ends ends) {
    joins.answer(ending(ends));
  }

  /** Tasks of a run need no slot any more, and have not ended: of which batch they are. */
  @Nullable Held parked(long number, IndexSet indexes) {
    SlotRun run = running.run(number);
    if (run != null) {
      boolean own = run.held.submitter.equals(self);
      indexes.forEach(
          index -> {
            if (run.busy.remove(index) && own) {
              parkedOwn++;
            }
          });
      running.freed(run);
      return run.held;
    }
    return null;
  }

  /** Of each batch the tasks that have begun and keep no slot. */
  Map<Held, IndexBits> parked() {
    Map<Held, IndexBits> parked = new LinkedHashMap<>();
    for (SlotRun run : running.all()) {
      IndexBits its = run.left.copy();
      its.removeAll(run.busy);
      its.removeAll(run.unwanted);
      if (!its.isEmpty()) {
        parked.computeIfAbsent(run.held, it -> new IndexBits()).addAll(its);
      }
    }
    return parked;
  }

  /** How many tasks of this peer's own wait for something and need no slot. */
  int parkedOwn() {
    return parkedOwn;
  }

  private void over(Held batch, int tasks) {
    table.count(batch, -tasks);
    inputs.touched(batch);
    table.over(batch);
  }

  /** Drops tasks, and interrupts those that run. Nothing is owed for them. */
  void drop(Held known, IndexSet indexes, List<Effect> out) {
    if (known.tenure != null) {
      known.tenure.end(IndexBits.of(indexes));
    }
    IndexBits queued = IndexBits.of(indexes);
    queued.retainAll(known.queued);
    known.queued.removeAll(queued);
    int dropped = queued.size();
    if (dropped > 0) {
      line.remove(known, queued);
    }
    IndexBits begun = IndexBits.of(indexes);
    begun.retainAll(known.running);
    known.running.removeAll(begun);
    dropped += begun.size();
    if (known.hasFlights()) {
      dropped += dropJoined(known, indexes, out);
      line.left(known, queued);
      begun.forEach(
          index -> {
            if (joins.runsOn(known, index)) {
              begun.remove(index);
            }
          });
    }
    if (!begun.isEmpty()) {
      running.interrupt(known, begun, out);
    }
    boolean given = known.given.removeAny(indexes);
    if (dropped > 0 || given) {
      over(known, dropped);
    }
  }

  /** Drops those that wait for an equal one; returns how many. */
  private int dropJoined(Held known, IndexSet indexes, List<Effect> out) {
    IndexBits joined = IndexBits.of(indexes);
    joined.retainAll(known.joined);
    joined.forEach(
        index -> {
          Joins.Place unwanted = joins.leftWaiting(known, index);
          if (unwanted != null) {
            running.interrupt(unwanted.held(), IndexBits.of(IndexSet.of(unwanted.index())), out);
          }
        });
    return joined.size();
  }

  /** Another peer has these now; what became of them is known once their submitter says so. */
  void give(Held held, IndexSet indexes) {
    IndexBits given = line.give(held, indexes);
    table.count(held, -given.size());
    inputs.touched(held);
    if (held.hasFlights()) {
      line.left(held, given);
    }
  }

  /** Takes out all of a batch that has not begun, for others to run. */
  IndexSet release(Held held) {
    IndexSet queued = held.queued.toSet();
    held.queued.clear();
    backlog.remove(held.batch.cid(), queued);
    if (held.hasFlights()) {
      line.left(held, IndexBits.of(queued));
    }
    over(held, queued.size());
    return queued;
  }

  /** Ends the tasks that have run for too long; their slots are free once they say so. */
  void timeOut(long nowNanos, Ends ends, List<Effect> out) {
    for (SlotRun next = running.late(nowNanos); next != null; next = running.late(nowNanos)) {
      SlotRun late = next;
      out.add(new Effect.Interrupt(late.number, late.left.toSet()));
      if (late.held.policy().exclusive()) {
        late.late = true; // it is told once it has ended, since then another may run it
        continue;
      }
      long micros = (nowNanos - late.startedNanos) / 1000;
      Outcome outcome = late.timedOut();
      IndexBits wanted = late.left.copy();
      wanted.removeAll(late.unwanted);
      wanted.forEach(
          index -> {
            Input.Ended ended = new Input.Ended(index, outcome, micros);
            if (late.held.running.remove(index)) {
              ends.ended(late.held, ended);
              over(late.held, 1);
            }
            endEquals(late.held, ended, ends);
          });
    }
  }

  long queuedTasks() {
    return (long) backlog.count() + inputs.waitingTasks();
  }

  /** How many runs there have been. */
  long runsBegun() {
    return running.begun();
  }

  int busySlots() {
    return running.busySlots();
  }

  /** The expected run time of all that is here, one after the other. */
  long workNanos(long nowNanos) {
    return backlog.workNanos() + runningNanos(nowNanos);
  }

  /** For how long what comes now would stand in line; 0 if there are no slots. */
  long lineNanos() {
    return options.slots() == 0 ? 0 : backlog.workNanos() / options.slots();
  }

  /** The expected time that running tasks still need, one after the other. */
  long runningNanos(long nowNanos) {
    return running.workNanos(nowNanos);
  }

  /** Whether a slot will have nothing to do in so long, as far as is known. */
  boolean isShort(long nowNanos, long withinNanos) {
    if (options.slots() == 0 || backlog.count() > 0) {
      return options.slots() > 0 && backlog.workNanos() / options.slots() < withinNanos / 2;
    }
    return running.isSlotFree(nowNanos, withinNanos);
  }

  /** The whole peer stood still for so long. */
  void stoodStill(long nanos) {
    running.stoodStill(nanos);
  }

  /** Notes how late what runs is; whether others should hear of that. */
  boolean isLate(long nowNanos) {
    return running.look(nowNanos, self);
  }

  long nextDeadlineNanos(long never) {
    long next = running.nextDeadlineNanos(never);
    return offered.isLeaving() ? next : backlog.nextDeadlineNanos(next);
  }
}
