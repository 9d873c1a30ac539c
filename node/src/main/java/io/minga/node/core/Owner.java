package io.minga.node.core;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Cid;
import io.minga.node.schedule.Estimates;
import io.minga.node.story.TaskEvent.What;
import io.minga.node.task.Batch;
import io.minga.node.task.BatchName;
import io.minga.node.task.FunctionName;
import io.minga.node.task.LoadReport;
import io.minga.node.task.Outcome;
import io.minga.node.task.WorkFrame;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The core's side that runs tasks, its own callers' and others': routes between the table of
 * batches, the worker, the results and what is said of them.
 */
final class Owner {
  /** What waits for an input is never this peer's own. */
  private static final Worker.Ends NOT_OURS = (held, ended) -> {};

  private final PeerId self;
  private final NodeOptions options;
  private final Turn turn;
  private final Estimates estimates;
  private final Announcer announcer;
  private final BatchTable table;
  private final Worker worker;
  private final Results results;
  private final Reports reports;
  private final Stories stories;
  private final HeldInputs inputs;
  private final Leases leases;

  private final GivenAway given;
  private final Absentees absentees;

  Owner(Ground ground, Estimates estimates, Voice voice, Fetching fetching, Joins joins) {
    this.self = ground.self();
    this.options = ground.options();
    this.turn = ground.turn();
    this.estimates = estimates;
    this.announcer = voice.announcer();
    this.reports = voice.reports();
    this.stories = turn.stories();
    this.table = new BatchTable(self, options.limits(), turn.stories());
    this.inputs = new HeldInputs(self, fetching, turn);
    this.leases = new Leases(options, table, turn);
    this.worker =
        new Worker(self, options, ground.random(), table, estimates, inputs, leases, joins);
    leases.lead(worker::leased, this::unleased);
    inputs.lead(
        worker::arrived,
        (held, ended) -> worker.failed(held, ended, (it, each) -> ended(it, each, NOT_OURS)));
    this.results = new Results(options.tasks(), table, announcer, inputs, turn);
    this.given = new GivenAway(table);
    this.absentees = new Absentees(table, turn, this::drop);
  }

  void offer(List<FunctionName> functions) {
    worker.offered().offer(functions);
  }

  /** Takes what it can of a batch. */
  Worker.Took take(long nowNanos, Batch batch, IndexSet indexes, int epoch) {
    IndexSet claimed = announcer.claimed(batch.cid(), indexes, index -> epoch);
    IndexSet busy =
        batch.header().policy().exclusive() ? busy(batch, indexes, epoch) : IndexSet.EMPTY;
    IndexSet free = indexes.andNot(busy);
    Worker.Took took = worker.take(nowNanos, turn.nowMillis(), batch, free, claimed, epoch);
    if (!busy.isEmpty()) {
      took = new Worker.Took(took.indexes(), WorkFrame.Refusal.FULL, took.joined());
    }
    Held held = table.get(batch.cid());
    if (held != null) {
      announcer.held(nowNanos, turn.nowMillis(), held);
    }
    return took;
  }

  /**
   * Those of these exclusive tasks that still keep a slot from an earlier time. What has not begun,
   * or has an outcome, of that time is dropped: it is over, or they would not come anew.
   */
  private IndexSet busy(Batch batch, IndexSet indexes, int epoch) {
    Held held = table.get(batch.cid());
    if (held != null) {
      IndexBits before = held.before(indexes, epoch);
      if (!before.isEmpty()) {
        unleased(held, before, "it has come anew");
      }
    }
    return worker.unended(batch, indexes);
  }

  /** Exclusive tasks may not run here any more, and nothing is said of them. */
  private void unleased(Held held, IndexBits tasks, String why) {
    IndexSet over = tasks.toSet();
    dropped(held, over, why);
    worker.drop(held, over, turn.out());
    results.forget(held, over);
  }

  /** Takes what another peer gave, and this one has claimed; returns what it can't take. */
  Worker.Took takeMoved(long nowNanos, Batch batch, IndexSet indexes, int epoch, PeerId giver) {
    forgetFailed(batch, indexes, epoch);
    Worker.Took took = take(nowNanos, batch, indexes, epoch);
    Held held = table.get(batch.cid());
    if (held != null) {
      IndexBits fresh = IndexBits.of(took.indexes());
      fresh.removeAll(held.moved);
      stories.note(held.story, What.RECEIVED, fresh, giver, epoch, "which had more to do");
      held.moved.addAll(took.indexes());
      held.giver = giver;
    }
    return took;
  }

  /** A submitter pushes a batch. */
  void pushed(long nowNanos, PeerId from, WorkFrame.Push push) {
    BatchName name = new BatchName.Ref(push.ref());
    Held known = table.get(from, name);
    Batch batch = push.batch() == null && known != null ? known.batch : push.batch();
    if (batch == null) {
      turn.send(from, refused(from, name, push, WorkFrame.Refusal.UNKNOWN_BATCH));
      return;
    }
    if (!batch.header().submitter().equals(from)
        || !batch.header().network().equals(options.network())
        || push.indexes().last() >= batch.size()) {
      String why =
          "a push of %s in %s with %s, where its own batch of this network and its tasks are right"
              .formatted(batch, batch.header().network(), push.indexes());
      turn.emit(new Effect.Misbehaved(from, why));
      return;
    }
    IndexBits fresh = IndexBits.of(push.indexes());
    forgetFailed(batch, push.indexes(), push.epoch());
    Held before = table.get(batch.cid());
    if (before != null) {
      fresh.removeAll(before.has());
    }
    boolean isNew = fresh.size() == push.indexes().size();
    if (isNew && isLonger(from, push.patienceMicros())) {
      // Before the refusal, so that it is known when the tasks are given elsewhere.
      turn.send(
          from, new WorkFrame.Hello(options.network(), reports.again(nowNanos, worker, estimates)));
      turn.send(from, refused(from, name, push, WorkFrame.Refusal.BUSIER));
      return;
    }
    Worker.Took took = take(nowNanos, batch, push.indexes(), push.epoch());
    Held held = table.get(batch.cid());
    if (held != null) {
      fresh.retainAll(IndexBits.of(took.indexes()));
      stories.note(held.story, What.RECEIVED, fresh, from, push.epoch(), null);
      table.named(held, push.ref());
      results.again(held, push.indexes());
    }
    WorkFrame.Taken answer = taken(from, name, push.indexes(), took, push.epoch());
    if (held != null && worker.isSoonThrough(held, took)) {
      turn.answerSoon(nowNanos, from, answer);
    } else {
      turn.send(from, answer);
    }
    if (held != null && !took.joined().isEmpty()) {
      turn.parked(from, held.name(), IndexBits.of(took.joined()));
    }
  }

  /** Whether the line is longer than a submitter has patience for, and others have a part in it. */
  private boolean isLonger(PeerId submitter, long patienceMicros) {
    return patienceMicros > 0
        && table.hasOfOthers(submitter)
        && worker.lineNanos() / 1000 > patienceMicros;
  }

  /** Attempts that have failed are over when others come, whoever gives them. */
  private void forgetFailed(Batch batch, IndexSet indexes, int epoch) {
    Held held = table.get(batch.cid());
    if (held != null) {
      results.forget(held, held.failedBefore(indexes, epoch));
    }
  }

  /** Says of tasks that were here that they aren't any more. */
  private void giveBack(PeerId to, BatchName name, IndexSet pushed, Worker.Took kept) {
    turn.send(to, taken(to, name, pushed, kept, 0));
  }

  private WorkFrame.Taken refused(
      PeerId to, BatchName name, WorkFrame.Push push, WorkFrame.Refusal why) {
    Worker.Took nothing = new Worker.Took(IndexSet.EMPTY, why);
    return taken(to, name, push.indexes(), nothing, push.epoch());
  }

  private WorkFrame.Taken taken(
      PeerId to, BatchName name, IndexSet pushed, Worker.Took took, int epoch) {
    IndexSet refused = pushed.andNot(took.indexes());
    WorkFrame.Refusal reason = refused.isEmpty() ? null : took.refusal();
    long credit = Math.max(0, table.room(to, 0));
    return new WorkFrame.Taken(name, took.indexes(), refused, reason, credit, epoch);
  }

  /** A submitter has the outcomes of these, or wants none. */
  void acked(long nowNanos, PeerId from, WorkFrame.Part part) {
    Held held = table.get(from, part.batch());
    if (held != null) {
      // What was never sent, or is to be sent again, is not what the submitter speaks of.
      IndexSet said = part.indexes();
      results.acked(
          nowNanos, held, held.unsent.isEmpty() ? said : said.andNot(held.unsent.toSet()));
    }
  }

  /** A submitter doesn't want these any more. */
  void cancelled(long nowNanos, PeerId from, WorkFrame.Part part) {
    Held held = table.get(from, part.batch());
    IndexSet meant = held == null ? IndexSet.EMPTY : held.meant(part);
    if (held != null && !meant.isEmpty()) {
      dropped(held, meant, "its submitter wants it no more, or elsewhere");
      worker.drop(held, meant, turn.out());
      results.acked(nowNanos, held, meant);
    }
  }

  /** Notes that tasks are not to be run here, as far as they have not ended. */
  private void dropped(Held held, IndexSet indexes, String why) {
    IndexBits open = held.queued.copy();
    open.addAll(held.running);
    open.retainAll(IndexBits.of(indexes));
    stories.note(held.story, What.DROPPED, open, null, 0, why);
  }

  /** This peer's own caller doesn't want a task any more. */
  void drop(Cid batch, IndexSet indexes) {
    Held held = table.get(batch);
    if (held != null) {
      worker.drop(held, indexes, turn.out());
    }
  }

  /** A slot answers; outcomes of this peer's own tasks go to {@code own}. */
  void ran(Input.Ran ran, Worker.Ends own) {
    long[] sum = {0, 0};
    Held[] of = {null};
    worker.ran(
        ran.run(),
        ran.ended(),
        (held, ended) -> {
          of[0] = held;
          sum[0] += ended.runMicros();
          sum[1]++;
          ended(held, ended, own);
        });
    Held held = of[0];
    if (held != null) {
      FunctionName function = held.batch.functions().get(0);
      estimates.observe(self, function, 0, sum[0] * 1000 / sum[1]);
    }
  }

  private void ended(Held held, Input.Ended ended, Worker.Ends own) {
    if (held.submitter.equals(self)) {
      own.ended(held, ended);
      inputs.release(ended.outcome()); // its callers hold it by now
    } else {
      results.owe(held, ended);
      if (ended.outcome() instanceof Outcome.Failure failure) {
        stories.failedHere(held.story, ended.index(), self, failure);
      } else {
        IndexBits result = IndexBits.single(ended.index());
        stories.result(held.story, What.RAN, result, self, ended.runMicros() * 1000);
      }
    }
  }

  /** Tasks keep no slot any more; what is this peer's own goes to {@code own}. */
  void parked(Input.Parked parked, Releases own) {
    Held held = worker.parked(parked.run(), parked.indexes());
    if (held == null) {
      return;
    }
    if (held.submitter.equals(self)) {
      own.released(held, parked.indexes());
    } else {
      IndexBits its = IndexBits.of(parked.indexes());
      turn.parked(held.submitter, held.name(), its);
      stories.note(held.story, What.PARKED, its, self, 0, null);
    }
  }

  /** Ends tasks that were known when they came; what is this peer's own goes to {@code own}. */
  void answer(Worker.Ends own) {
    worker.answer((held, ended) -> ended(held, ended, own));
  }

  /** Ends tasks that have run for too long. */
  void timeOut(long nowNanos, Worker.Ends own) {
    worker.timeOut(nowNanos, (held, ended) -> ended(held, ended, own), turn.out());
  }

  /** There is a connection to a submitter, which knows nothing of what was said over another. */
  void connected(long nowNanos, PeerId submitter) {
    absentees.back(submitter);
    table.unnamed(submitter);
    leases.connected(nowNanos, submitter);
    for (Held held : table.of(submitter)) {
      results.again(held, held.owed.toSet());
    }
  }

  /**
   * A submitter is gone: nobody waits for what it gave, unless it is durable. That is run, and its
   * outcomes are kept for the submitter until their time is over.
   *
   * @param isBack whether it is back as somebody else: that one is told what is dropped, since some
   *     of it may be its own, which others had from it and this peer took over
   */
  void orphaned(long nowNanos, PeerId submitter, boolean isBack) {
    leases.forget(submitter);
    Map<Held, IndexSet> here = new LinkedHashMap<>();
    if (isBack) {
      table.of(submitter).forEach(held -> here.put(held, held.has().toSet()));
    }
    absentees.gone(nowNanos, submitter);
    Worker.Took none = new Worker.Took(IndexSet.EMPTY, WorkFrame.Refusal.CLAIMED);
    here.forEach(
        (held, tasks) -> {
          if (held.isOver() && !tasks.isEmpty()) {
            giveBack(submitter, held.name(), tasks, none);
          }
        });
  }

  /** Drops what is kept for submitters that are gone, when its time is over. */
  void expire(long nowNanos) {
    absentees.expire(nowNanos);
  }

  private void drop(long nowNanos, Held held, IndexSet tasks, String why) {
    dropped(held, tasks, why);
    worker.drop(held, tasks, turn.out());
    results.acked(nowNanos, held, tasks);
  }

  /** Whether anything of this submitter is here. */
  boolean holdsOf(PeerId submitter) {
    return table.has(submitter);
  }

  @Nullable Held held(Cid batch) {
    return table.get(batch);
  }

  /**
   * Others have claimed tasks that are here: those that haven't begun, or are over, are dropped.
   */
  void lost(long nowNanos, Cid batch, IndexSet done) {
    Held held = table.get(batch);
    if (held == null) {
      return;
    }
    IndexSet queued = held.queued.toSet();
    IndexSet open = queued.or(held.joined.toSet()).or(held.running.toSet());
    IndexSet settled = announcer.settled(batch, open);
    IndexSet lost = announcer.claimed(batch, queued, held::epoch).or(queued.and(done));
    gave(nowNanos, held, lost.andNot(settled));
    if (!settled.isEmpty()) {
      dropped(held, settled, "it is over");
      worker.drop(held, settled, turn.out());
    }
  }

  /**
   * Another peer has these now, and tells their submitter. If that one says nothing for so long,
   * this peer tells it that they aren't here.
   */
  void gave(long nowNanos, Held held, IndexSet indexes) {
    if (!indexes.isEmpty()) {
      dropped(held, indexes, "another peer has taken it over");
      worker.give(held, indexes);
      given.add(nowNanos, held, indexes);
    }
  }

  /** Tells submitters what others have taken over, if they don't know. */
  void tellGiven(long nowNanos, Releases own) {
    given.tell(
        nowNanos,
        (held, untold) -> {
          if (held.submitter.equals(self)) {
            own.released(held, untold);
          } else {
            Worker.Took none = new Worker.Took(IndexSet.EMPTY, WorkFrame.Refusal.CLAIMED);
            giveBack(held.submitter, held.name(), untold, none);
          }
        });
  }

  /**
   * Takes nothing more, and gives back what hasn't begun: to other submitters by saying so, to this
   * peer's own by {@code own}.
   */
  void leave(long nowNanos, Releases own) {
    worker.offered().leave();
    for (boolean again = true; again; ) { // what waits for a task stands in line once that has left
      again = false;
      for (Held held : table.all()) {
        again |= leave(nowNanos, held, own);
      }
    }
  }

  private boolean leave(long nowNanos, Held held, Releases own) {
    BatchName name = held.name();
    IndexSet queued = held.queued.toSet();
    if (queued.isEmpty()) {
      return false;
    }
    announcer.released(nowNanos, turn.nowMillis(), held, queued);
    dropped(held, queued, "this peer is leaving");
    worker.release(held);
    if (held.submitter.equals(self)) {
      own.released(held, queued);
    } else {
      Worker.Took kept = new Worker.Took(held.has().toSet(), WorkFrame.Refusal.LEAVING);
      giveBack(held.submitter, name, kept.indexes().or(queued), kept);
    }
    return true;
  }

  /** Takes back what doesn't run here, or keeps no slot. */
  @FunctionalInterface
  interface Releases {
    void released(Held held, IndexSet indexes);
  }

  /** Gives free slots something to do. */
  void start(long nowNanos) {
    worker.start(nowNanos, turn.out());
  }

  /** Lets go of inputs that no task here needs. */
  void releaseInputs(long nowNanos) {
    inputs.flush(nowNanos);
  }

  /** Sends what others are owed, and asks for leases. */
  void flush(long nowNanos, Membership membership) {
    results.flush(membership, turn.out());
    leases.flush(nowNanos);
  }

  /** The leases under which others' exclusive tasks run here. */
  Leases leases() {
    return leases;
  }

  /** Now and then, notes how late what runs here is; whether others should hear of that. */
  boolean isLate(long nowNanos) {
    return worker.isLate(nowNanos);
  }

  LoadReport report(long nowNanos, int peers, boolean leaving, boolean waiting) {
    return reports.report(nowNanos, worker, estimates, peers, leaving, waiting);
  }

  /** The same out of turn. */
  LoadReport report(long nowNanos, boolean leaving, boolean waiting) {
    return reports.report(nowNanos, worker, estimates, leaving, waiting);
  }

  BatchTable table() {
    return table;
  }

  Worker worker() {
    return worker;
  }

  boolean isIdle() {
    return table.isEmpty();
  }

  /** Whether all that is here is kept for submitters that are gone. */
  boolean mayLeave() {
    return absentees.haveAll();
  }

  long nextDeadlineNanos(long never) {
    long next = absentees.nextDeadlineNanos(given.nextDeadlineNanos(never));
    return worker.nextDeadlineNanos(leases.nextDeadlineNanos(next));
  }
}
