package io.minga.node.core;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Cid;
import io.minga.libp2p.wire.Bytes;
import io.minga.node.schedule.Estimates;
import io.minga.node.story.TaskEvent.What;
import io.minga.node.task.BatchName;
import io.minga.node.task.CopyFrame;
import io.minga.node.task.Outcome;
import io.minga.node.task.ResultGroup;
import io.minga.node.task.TaskRef;
import io.minga.node.task.Tries;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The core's side that owes callers outcomes: routes between the cutting of batches, what is owed,
 * who gets what, and what is said of it.
 */
final class Submitter {
  private final PeerId self;
  private final NodeOptions options;
  private final Turn turn;
  private final Estimates estimates;
  private final Announcer announcer;
  private final Intake intake;
  private final Cutting cutting;
  private final Submissions submissions;
  private final Recorder recorder;
  private final Handing handing;
  private final ResultFetches results;
  private final Holders holders;
  private final Copies copies;

  /** Announced batches with new outcomes. */
  private final Set<OwnBatch> settling = new LinkedHashSet<>();

  private boolean leaving;

  Submitter(
      Ground ground, Others others, Voice voice, Owner owner, Fetching fetching, Copies copies) {
    this.copies = copies;
    this.self = ground.self();
    this.options = ground.options();
    this.turn = ground.turn();
    this.estimates = others.estimates();
    this.announcer = voice.announcer();
    this.intake = new Intake(options);
    this.cutting = new Cutting(self, options, ground.random());
    this.recorder = new Recorder(turn, options.tasks());
    this.submissions = new Submissions(options, ground.random(), turn.stories(), recorder);
    this.results =
        new ResultFetches(
            fetching,
            turn,
            others.membership(),
            (nowNanos, batch, index, outcome, from, epoch) -> {
              if (!isFenced(batch, index, handing().lane(from), epoch)
                  && ended(nowNanos, batch, index, outcome, from, handing().lane(from))) {
                IndexBits result = IndexBits.single(index);
                turn.stories().result(batch.story, What.RESULT, result, from, 0);
              }
            });
    Dispatch dispatch = new Dispatch(self, options, ground.random());
    this.handing = new Handing(ground, others, voice, owner, submissions, dispatch, this::complete);
    this.holders = new Holders(self, turn, announcer, submissions, dispatch, handing);
  }

  /** Who has taken tasks over. */
  Holders holders() {
    return holders;
  }

  /** What is owed to callers. */
  Submissions submissions() {
    return submissions;
  }

  /** Whom the tasks are with. */
  Handing handing() {
    return handing;
  }

  // Callers.

  void submit(Submission submission) {
    if (!refuses(submission, 0)) {
      intake.add(submission);
    }
  }

  /**
   * Ends calls that can't be made.
   *
   * @param joined how many calls wait for the outcomes of others that are open here
   * @return false if they can be made
   */
  boolean refuses(Submission submission, long joined) {
    Outcome refusal = intake.refusal(submission, submissions.openTasks() + joined, leaving);
    if (refusal == null && submission.policy().durable()) {
      refusal =
          cutting.isJournaled()
              ? recorder.refusal(submission)
              : Intake.failure(
                  Outcome.Kind.LIMIT, "this peer has no journal, so its calls can't be durable");
    }
    if (refusal == null) {
      return false;
    }
    for (int call = 0; call < submission.size(); call++) {
      turn.emit(new Effect.Complete(submission, call, refusal, null, 0));
    }
    return true;
  }

  /** Cuts what came in this turn into batches. */
  void cut(long nowNanos) {
    intake.takeAlike((alike, tasks) -> cut(nowNanos, alike, tasks));
  }

  private void cut(long nowNanos, List<Submission> alike, long tasks) {
    Demand demand = handing.demand(nowNanos, alike.get(0));
    int tasksMax =
        Cutting.batchTasks(options, tasks, demand.candidates.size(), demand.candidates.meanNanos());
    List<OwnBatch> batches =
        demand.isHomed() && alike.get(0).keys() != null
            ? cutting.cutByHome(turn.nowMillis(), demand, alike, tasksMax)
            : cutting.cut(turn.nowMillis(), demand, alike, tasksMax);
    for (OwnBatch batch : batches) {
      Stewardship stewardship = batch.stewardship();
      if (stewardship != null) {
        stewardship.begin(batch);
      }
      submissions.open(batch);
      if (batch.policy().durable()) {
        record(nowNanos, batch);
      } else {
        handing.ready(nowNanos, batch);
      }
    }
  }

  // Durable calls.

  /** Has a batch written down before anybody gets it. */
  private void record(long nowNanos, OwnBatch batch) {
    recorder.open(
        batch,
        () -> {
          copies.begin(
              batch,
              count ->
                  turn.emit(
                      new Effect.Acknowledge(batch.submission(0), batch.batch.size(), count)));
          handing.ready(nowNanos, batch);
        },
        why -> {
          batch.isRefused = true;
          turn.emit(new Effect.Decline(batch.submission(0), why));
          Outcome refused = Intake.failure(Outcome.Kind.LIMIT, why);
          end(batch, refused);
        });
  }

  void journaled(Input.Journaled journal) {
    cutting.journaled(journal.lineage(), journal.nextSequence());
  }

  /** Goes on with what this peer had before it was started. */
  void restored(long nowNanos, Input.Restored restored) {
    Demand demand = handing.demand(nowNanos, restored.submission());
    OwnBatch batch = cutting.restored(restored.batch(), demand, restored.submission());
    IndexBits open = IndexBits.of(restored.open());
    batch.open.retainAll(open);
    batch.ready.retainAll(open);
    batch.attempts().restore(restored.open(), restored.tries());
    submissions.open(batch);
    copies.restored(batch);
    handing.restored(nowNanos, batch);
  }

  /** A peer that keeps a durable batch has outcomes of it from when this one was away. */
  void endedWith(long nowNanos, PeerId from, CopyFrame.Ended ended) {
    OwnBatch batch = submissions.batch(ended.batch());
    if (batch == null || ended.indexes().last() >= batch.batch.size()) {
      return;
    }
    for (ResultGroup group : ended.results().groups()) {
      for (ResultGroup.Cursor at = group.cursor(); at.next(); ) {
        complete(batch, at.index(), recorder.kept(batch, at.outcome()), from);
      }
    }
  }

  /** Nobody who keeps a batch of before has more to say of it, but how these tasks ended. */
  void goOn(long nowNanos, Cid cid, IndexSet ended) {
    OwnBatch batch = submissions.batch(cid);
    if (batch != null) {
      handing.goOn(nowNanos, batch, ended);
    }
  }

  /** A peer that keeps a durable batch says how often tasks of it were tried. */
  void tried(CopyFrame.Tried tried) {
    OwnBatch batch = submissions.batch(tried.batch());
    if (batch != null) {
      IndexSet open = batch.open.toSet();
      batch
          .attempts()
          .learn(open, tried.tries())
          .forEach(index -> submissions.noted(batch, index, () -> {}));
    }
  }

  /** How often tasks of a batch were tried that have failed, and have no outcome. */
  Tries tries(Cid cid) {
    OwnBatch batch = submissions.batch(cid);
    return batch == null ? Tries.NONE : batch.attempts().tries(batch.failed());
  }

  /** What waits for the journal. */
  Recorder recorder() {
    return recorder;
  }

  void cancel(long nowNanos, Submission submission, int call) {
    Outcome cancelled = Intake.failure(Outcome.Kind.CANCELLED, "it was cancelled");
    cut(nowNanos); // so that its calls have their places
    for (OwnBatch batch : submission.places()) {
      batch
          .open
          .copy()
          .forEach(
              index -> {
                if (batch.submission(index) == submission
                    && (call < 0 || batch.call(index) == call)) {
                  complete(batch, index, cancelled, null);
                }
              });
    }
  }

  /** Somebody wants no outcome of a task any more, whoever waits for it. */
  void cancel(TaskRef task) {
    OwnBatch batch = submissions.batch(task.batch());
    if (batch != null) {
      String message = "it was cancelled by its CID";
      complete(batch, task.index(), Intake.failure(Outcome.Kind.CANCELLED, message), null);
    }
  }

  /** Nobody wants any outcome any more. */
  void cancelAll(long nowNanos) {
    cut(nowNanos);
    endAll(Intake.failure(Outcome.Kind.CANCELLED, "all tasks of its peer were cancelled"));
  }

  private void endAll(Outcome outcome) {
    submissions.all().forEach(batch -> end(batch, outcome));
  }

  private void end(OwnBatch batch, Outcome outcome) {
    batch.open.copy().forEach(index -> complete(batch, index, outcome, null));
  }

  /** Ends a call, wherever its task still is. */
  private void complete(OwnBatch batch, int index, Outcome outcome, @Nullable PeerId peer) {
    if (submissions.complete(batch, index, outcome, peer, turn.out())) {
      over(batch, index);
    }
  }

  /** A task has its outcome: it is dropped wherever else it is, and settled. */
  private void over(OwnBatch batch, int index) {
    if (batch.isJournaled()) {
      recorder.after(() -> settles(batch, index));
    } else {
      settles(batch, index);
    }
    handing.returning().giveUp(batch, index);
  }

  private void settles(OwnBatch batch, int index) {
    if (batch.announced) {
      batch.settled.add(index);
      settling.add(batch);
    } else if (batch.open.isEmpty()) {
      announcer.over(batch);
    }
  }

  // Outcomes.

  /** An owner sends outcomes. */
  void ended(long nowNanos, PeerId from, ResultGroup group) {
    IndexBits acked = IndexBits.of(group.indexes());
    OwnBatch batch = submissions.batch(group.batch());
    if (batch == null || group.indexes().last() >= batch.batch.size()) {
      turn.ack(nowNanos, from, group.batch(), acked);
      return;
    }
    if (!batch.wasHandedTo(from)) {
      String why = "outcomes of %s, which it was never given".formatted(batch.batch);
      turn.emit(new Effect.Misbehaved(from, why));
      return;
    }
    handing.adopt(nowNanos, batch, from, group.epoch(), group.indexes());
    Lane lane = handing.lane(from);
    long micros = 0;
    int count = 0;
    IndexBits ran = new IndexBits();
    for (ResultGroup.Cursor at = group.cursor(); at.next(); count++) {
      micros += Math.min(at.runMicros(), Long.MAX_VALUE / 1_000_000);
      if (isFenced(batch, at.index(), lane, group.epoch())) {
        continue;
      }
      Outcome outcome = recorder.kept(batch, at.outcome());
      if (outcome instanceof Outcome.Failure
          && Handing.isPast(batch, at.index(), lane, group.epoch())) {
        if (submissions.isLast(batch, at.index(), outcome, from, group.epoch())) {
          complete(batch, at.index(), outcome, from);
        }
        continue; // another attempt is under way, or it was said before
      }
      if (results.await(nowNanos, batch, at.index(), outcome, from, group.epoch())) {
        acked.remove(at.index());
      } else if (ended(nowNanos, batch, at.index(), outcome, from, lane)) {
        ran.add(at.index());
      }
    }
    if (!acked.isEmpty() && batch.isJournaled()) {
      BatchName name = new BatchName.ByCid(batch.batch.cid()); // it may go over another connection
      recorder.after(() -> turn.ack(nowNanos, from, name, acked));
    } else if (!acked.isEmpty()) {
      turn.ack(nowNanos, from, group.batch(), acked);
    }
    if (!ran.isEmpty()) {
      long nanos = micros / count * 1000;
      turn.stories().result(batch.story, What.RESULT, ran, from, nanos * ran.size());
    }
    estimates.observe(from, batch.demand.key.function(), 0, micros / count * 1000);
    Looks.observed(nowNanos, batch.demand, micros / count * 1000);
  }

  /** Whether an outcome doesn't count, as the task is not in that epoch with that peer any more. */
  private static boolean isFenced(OwnBatch batch, int index, @Nullable Lane lane, int epoch) {
    return batch.policy().exclusive() && !Handing.isCurrent(batch, index, lane, epoch);
  }

  /** A task of this peer's own has ended here. */
  void endedHere(long nowNanos, Held held, Input.Ended ended) {
    OwnBatch batch = submissions.batch(held.batch.cid());
    if (batch != null) {
      Outcome outcome = recorder.kept(batch, ended.outcome());
      if (ended(nowNanos, batch, ended.index(), outcome, self, handing.lane(self))) {
        IndexBits result = IndexBits.single(ended.index());
        turn.stories().result(batch.story, What.RAN, result, self, ended.runMicros() * 1000);
      }
      Looks.observed(nowNanos, batch.demand, ended.runMicros() * 1000);
    }
  }

  /** A task has ended; whether that is its result. */
  private boolean ended(
      long nowNanos, OwnBatch batch, int index, Outcome outcome, PeerId from, @Nullable Lane lane) {
    Handout handout = handing.ended(batch, index, lane);
    boolean open = batch.open.contains(index);
    if (open && lane != null && handout != null) {
      handing.judge(nowNanos, batch, index, lane, outcome);
    }
    submissions.ended(nowNanos, batch, index, outcome, from, handout, turn.out());
    if (open && !batch.open.contains(index)) {
      over(batch, index);
      return outcome instanceof Outcome.Value;
    }
    return false;
  }

  // Time.

  void due(long nowNanos) {
    for (OwnBatch batch : submissions.due(nowNanos)) {
      handing.ready(nowNanos, batch);
    }
    Outcome expired = Intake.failure(Outcome.Kind.EXPIRED, "its time is over");
    for (OwnBatch batch : submissions.expired(nowNanos, turn.nowMillis())) {
      end(batch, expired);
    }
    handing.due(nowNanos);
  }

  /** Says what was settled this turn. */
  void settle(long nowNanos) {
    for (OwnBatch batch : settling) {
      announcer.settle(nowNanos, turn.nowMillis(), batch);
    }
    settling.clear();
  }

  /** Takes no more calls. */
  void leave() {
    leaving = true;
  }

  /** Ends all calls that are still open, but for durable ones. */
  void left() {
    Outcome left = Intake.failure(Outcome.Kind.CANCELLED, "this peer has left before it was done");
    for (OwnBatch batch : submissions.all()) {
      if (!batch.policy().durable()) {
        end(batch, left);
      }
    }
  }

  boolean isIdle() {
    return openTasks() == 0;
  }

  /** Whether all that is open goes on when this peer is started again. */
  boolean mayLeave() {
    return openTasks() == submissions.durableTasks();
  }

  long openTasks() {
    return submissions.openTasks() + intake.calls();
  }

  /** The bytes of an own batch with open calls. */
  @Nullable Bytes block(Cid cid) {
    OwnBatch batch = submissions.batch(cid);
    return batch == null ? null : batch.batch.bytes();
  }

  /** How many batches this peer's own calls have made. */
  long batchCount() {
    return cutting.count();
  }

  long nextDeadlineNanos(long never) {
    return submissions.nextDeadlineNanos(never);
  }
}
