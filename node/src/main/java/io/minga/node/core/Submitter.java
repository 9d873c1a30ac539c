package io.minga.node.core;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Cid;
import io.minga.libp2p.wire.Bytes;
import io.minga.node.schedule.Estimates;
import io.minga.node.schedule.Loads;
import io.minga.node.task.LoadReport;
import io.minga.node.task.Outcome;
import io.minga.node.task.ResultGroup;
import io.minga.node.task.WorkFrame;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The core's side that owes callers outcomes: routes between the cutting of batches, what is owed,
 * who gets what, and what is said of it.
 */
final class Submitter {
  private static final long OWN_LOOK_NANOS = 50_000_000;

  /** How often is looked whether what waits can go somewhere. */
  private static final long LOOK_NANOS = 50_000_000;

  private static final int DEMANDS_KEPT = 1024;

  private final PeerId self;
  private final NodeOptions options;
  private final Turn turn;
  private final Estimates estimates;
  private final Loads loads;
  private final Reports reports;
  private final Announcer announcer;
  private final Membership membership;
  private final Owner owner;
  private final Intake intake;
  private final Cutting cutting;
  private final Submissions submissions;
  private final Dispatch dispatch;

  /** Announced batches with new outcomes. */
  private final Set<OwnBatch> settling = new LinkedHashSet<>();

  /** Pushes without an answer, in the order in which they left. */
  private final Deque<Handout> unanswered = new ArrayDeque<>();

  private long ownLookNanos;
  private boolean ownLooked;
  private boolean leaving;

  Submitter(
      PeerId self,
      NodeOptions options,
      RandomGenerator random,
      Turn turn,
      Estimates estimates,
      Loads loads,
      Reports reports,
      Announcer announcer,
      Membership membership,
      Owner owner) {
    this.self = self;
    this.options = options;
    this.turn = turn;
    this.estimates = estimates;
    this.loads = loads;
    this.reports = reports;
    this.announcer = announcer;
    this.membership = membership;
    this.owner = owner;
    this.intake = new Intake(options);
    this.cutting = new Cutting(self, options, random);
    this.submissions = new Submissions(options, random);
    this.dispatch = new Dispatch(self, options, random);
  }

  // Callers.

  void submit(Submission submission) {
    Outcome refusal = intake.refusal(submission, submissions.openTasks(), leaving);
    if (refusal == null) {
      intake.add(submission);
    } else {
      refuse(submission, refusal);
    }
  }

  private void refuse(Submission submission, Outcome outcome) {
    for (int call = 0; call < submission.size(); call++) {
      turn.emit(new Effect.Complete(submission, call, outcome, null, 0));
    }
  }

  /** Cuts what came in this turn into batches. */
  void cut(long nowNanos) {
    intake.takeAlike((alike, tasks) -> cut(nowNanos, alike, tasks));
  }

  private void cut(long nowNanos, List<Submission> alike, long tasks) {
    Demand demand = dispatch.demand(alike.get(0));
    lookAtSelf(nowNanos);
    dispatch.look(nowNanos, demand, loads, estimates);
    int tasksMax = Cutting.batchTasks(options, tasks, demand.candidates.size(), demand.meanNanos());
    for (OwnBatch batch : cutting.cut(turn.nowMillis(), demand, alike, tasksMax)) {
      submissions.open(batch);
      dispatch.ready(nowNanos, batch);
    }
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

  /** Ends a call, wherever its task still is. */
  private void complete(OwnBatch batch, int index, Outcome outcome, @Nullable PeerId peer) {
    if (submissions.complete(batch, index, outcome, peer, turn.out())) {
      over(batch, index);
    }
  }

  /** A task has its outcome: it is dropped wherever else it is, and settled. */
  private void over(OwnBatch batch, int index) {
    if (batch.announced) {
      batch.settled.add(index);
      settling.add(batch);
    }
    if (batch.handouts.isEmpty()) {
      return;
    }
    for (int i = batch.handouts.size() - 1; i >= 0; i--) { // an empty one leaves the list
      Handout handout = batch.handouts.get(i);
      giveUp(handout, index);
    }
  }

  // Handing out.

  private void lookAtSelf(long nowNanos) {
    if (options.slots() == 0 || (ownLooked && ownLookNanos - nowNanos > 0)) {
      return;
    }
    ownLooked = true;
    ownLookNanos = nowNanos + OWN_LOOK_NANOS;
    long own = dispatch.lane(self).workNanos;
    loads.report(nowNanos, reports.own(nowNanos, owner.worker(), estimates, own, leaving));
  }

  /** Calls tasks back from peers that would be through last, if another has run dry. */
  void recall(long nowNanos) {
    lookAtSelf(nowNanos);
    dispatch
        .recalls(nowNanos, loads, estimates)
        .forEach((handout, tasks) -> recall(nowNanos, handout, tasks));
  }

  /** Hands out what can go somewhere. */
  void handOut(long nowNanos) {
    lookAtSelf(nowNanos);
    if (!dispatch.hasReady()) {
      return;
    }
    dispatch.lane(self).parkedTasks = owner.worker().parkedOwn();
    for (Handout handout : dispatch.handOut(nowNanos, loads, estimates)) {
      announcer.handedOut(nowNanos, handout.of);
      if (handout.lane.self) {
        IndexSet tasks = handout.tasks.toSet();
        Worker.Took took = owner.take(nowNanos, handout.of.batch, tasks, handout.epoch);
        taken(nowNanos, handout, tasks.andNot(took.indexes()), took.refusal());
      } else {
        unanswered.add(handout);
        turn.send(handout.lane.peer, handout.push());
      }
    }
  }

  /** Calls tasks back from a peer, for another that has run dry. */
  private void recall(long nowNanos, Handout handout, IndexBits tasks) {
    OwnBatch batch = handout.of;
    tasks.forEach(
        index -> {
          giveUp(handout, index);
          batch.ready.add(index);
        });
    batch.avoided = handout.lane;
    dispatch.ready(nowNanos, batch);
  }

  /** A task is not needed any more where it is. */
  private void giveUp(Handout handout, int index) {
    if (!dispatch.over(handout, index)) {
      return;
    }
    if (handout.lane.self) {
      owner.drop(handout.of.batch.cid(), IndexSet.of(index));
    } else {
      turn.cancel(handout.lane.peer, handout.name(), index);
    }
  }

  /** An owner says what it takes. */
  void taken(long nowNanos, PeerId from, WorkFrame.Taken taken) {
    OwnBatch batch = submissions.batch(taken.batch());
    Lane lane = dispatch.known(from);
    if (batch == null || lane == null) {
      return;
    }
    for (Handout handout : List.copyOf(batch.handouts)) {
      if (handout.lane == lane && handout.isAnswered(taken)) {
        lane.answered(nowNanos - handout.sentNanos);
        taken(nowNanos, handout, taken.refused(), taken.reason());
      }
    }
  }

  /** An owner says which tasks keep no slot. */
  void parked(PeerId from, WorkFrame.Part part) {
    OwnBatch batch = submissions.batch(part.batch());
    Lane lane = dispatch.known(from);
    if (batch != null && lane != null) {
      parked(batch, lane, part.indexes());
    }
  }

  /** Tasks of this peer's own keep no slot here. */
  void parkedHere(Held held, IndexSet indexes) {
    OwnBatch batch = submissions.batch(held.batch.cid());
    if (batch != null) {
      parked(batch, dispatch.lane(self), indexes);
    }
  }

  private static void parked(OwnBatch batch, Lane lane, IndexSet indexes) {
    for (Handout handout : batch.handouts) {
      if (handout.lane == lane) {
        Dispatch.parked(handout, indexes);
      }
    }
  }

  /** What is refused of a handout goes elsewhere. */
  private void taken(
      long nowNanos, Handout handout, IndexSet refused, WorkFrame.@Nullable Refusal refusal) {
    boolean claimed = handout.answered;
    dispatch.answered(handout);
    IndexBits back = IndexBits.of(refused);
    back.retainAll(handout.tasks);
    if (back.isEmpty() || refusal == null) {
      return;
    }
    OwnBatch batch = handout.of;
    if (refusal == WorkFrame.Refusal.EXPIRED) {
      Outcome expired = Intake.failure(Outcome.Kind.EXPIRED, "its time is over");
      back.forEach(index -> complete(batch, index, expired, handout.lane.peer));
      return;
    }
    handout.lane.rest(nowNanos + options.times().retryFirst().toNanos());
    back.forEach(
        index -> {
          dispatch.over(handout, index);
          batch.ready.add(index);
          if (!claimed) {
            batch.isRefused(index); // the next owner may claim it in this epoch
          }
        });
    batch.avoided = handout.lane;
    dispatch.ready(nowNanos, batch);
  }

  /** This peer itself gives tasks back that it had taken. */
  void released(long nowNanos, Held held, IndexSet indexes) {
    OwnBatch batch = submissions.batch(held.batch.cid());
    if (batch != null) {
      for (Handout handout : List.copyOf(batch.handouts)) {
        if (handout.lane.self) {
          taken(nowNanos, handout, indexes, WorkFrame.Refusal.LEAVING);
        }
      }
    }
  }

  /** All of a handout goes elsewhere, in the next epoch. */
  private void back(long nowNanos, Handout handout, int[] suspects) {
    OwnBatch batch = handout.of;
    handout
        .tasks
        .copy()
        .forEach(
            index -> {
              dispatch.over(handout, index);
              if (suspects[0]-- > 0 && batch.dies(index) >= Submissions.DEATHS_MAX) {
                String message =
                    "it was running on %d peers when they died".formatted(Submissions.DEATHS_MAX);
                complete(
                    batch,
                    index,
                    Intake.failure(Outcome.Kind.WORKER_DIED, message),
                    handout.lane.peer);
              } else if (batch.open.contains(index)) {
                batch.ready.add(index);
              }
            });
    batch.avoided = handout.lane;
    dispatch.ready(nowNanos, batch);
  }

  // Outcomes.

  /** An owner sends outcomes. */
  void ended(long nowNanos, PeerId from, ResultGroup group) {
    turn.ack(nowNanos, from, group.batch(), IndexBits.of(group.indexes()));
    OwnBatch batch = submissions.batch(group.batch());
    if (batch == null || group.indexes().last() >= batch.batch.size()) {
      return;
    }
    if (!batch.wasHandedTo(from)) {
      String why = "outcomes of %s, which it was never given".formatted(batch.batch);
      turn.emit(new Effect.Misbehaved(from, why));
      return;
    }
    Lane lane = dispatch.known(from);
    long micros = 0;
    int count = 0;
    for (ResultGroup.Cursor at = group.cursor(); at.next(); count++) {
      micros += Math.min(at.runMicros(), Long.MAX_VALUE / 1_000_000);
      ended(nowNanos, batch, at.index(), at.outcome(), from, lane);
    }
    estimates.observe(from, batch.demand.key.function(), 0, micros / count * 1000);
    Dispatch.observed(nowNanos, batch.demand, micros / count * 1000);
  }

  /** A task of this peer's own has ended here. */
  void endedHere(long nowNanos, Held held, Input.Ended ended) {
    OwnBatch batch = submissions.batch(held.batch.cid());
    if (batch != null) {
      ended(nowNanos, batch, ended.index(), ended.outcome(), self, dispatch.lane(self));
      Dispatch.observed(nowNanos, batch.demand, ended.runMicros() * 1000);
    }
  }

  private void ended(
      long nowNanos, OwnBatch batch, int index, Outcome outcome, PeerId from, @Nullable Lane lane) {
    Handout handout = lane == null ? null : batch.handout(lane, index);
    if (handout != null) {
      dispatch.over(handout, index);
    }
    boolean open = batch.open.contains(index);
    submissions.ended(nowNanos, batch, index, outcome, from, handout, turn.out());
    if (open && !batch.open.contains(index)) {
      over(batch, index);
    }
  }

  // Peers.

  /** Who can run what has changed here. */
  void offered() {
    ownLooked = false;
    dispatch.changed();
  }

  void connected(PeerId peer) {
    dispatch.connected(peer);
    for (Handout handout : dispatch.lane(peer).handouts) {
      turn.send(peer, handout.push()); // what it has it takes again
    }
  }

  void disconnected(PeerId peer) {
    dispatch.disconnected(peer);
  }

  /** A peer has said how it stands. */
  void reported(PeerId peer) {
    dispatch.reported(peer);
  }

  /** A peer has lost what it held of ours; the first of it was running, as far as anybody knows. */
  void lost(long nowNanos, PeerId peer) {
    LoadReport report = membership.report(peer);
    int[] suspects = {report == null ? 1 : Math.max(1, report.slots())};
    for (Handout handout : dispatch.dead(peer)) {
      back(nowNanos, handout, suspects);
    }
  }

  // Time.

  void due(long nowNanos) {
    for (OwnBatch batch : submissions.due(nowNanos)) {
      dispatch.ready(nowNanos, batch);
    }
    Outcome expired = Intake.failure(Outcome.Kind.EXPIRED, "its time is over");
    for (OwnBatch batch : submissions.expired(nowNanos, turn.nowMillis())) {
      batch.open.copy().forEach(index -> complete(batch, index, expired, null));
    }
    unanswered(nowNanos);
    unserved(nowNanos);
  }

  private void unanswered(long nowNanos) {
    long wait = options.times().takeWait().toNanos();
    for (Handout first = unanswered.peek();
        first != null && (first.answered || first.sentNanos + wait - nowNanos <= 0);
        first = unanswered.peek()) {
      unanswered.poll();
      if (!first.answered) {
        first.lane.rest(nowNanos + wait);
        back(nowNanos, first, new int[] {0});
      }
    }
  }

  private void unserved(long nowNanos) {
    long wait = options.times().noPeer().toNanos();
    for (Demand demand : dispatch.unserved(nowNanos)) {
      for (OwnBatch batch : List.copyOf(demand.ready)) {
        if (batch.readySinceNanos + wait - nowNanos <= 0
            && demand.unservedNanos + wait - nowNanos <= 0) {
          String message =
              "none of the %d other peers known here runs %s%s"
                  .formatted(
                      membership.size(),
                      demand.key.function(),
                      demand.candidates.isEmpty() ? "" : " and can be reached");
          Outcome nobody = Intake.failure(Outcome.Kind.UNKNOWN_FUNCTION, message);
          batch.ready.copy().forEach(index -> complete(batch, index, nobody, null));
        }
      }
    }
    if (dispatch.demandCount() > DEMANDS_KEPT) {
      dispatch.forgetIdle();
    }
  }

  /** Says what was settled this turn. */
  void settle(long nowNanos) {
    for (OwnBatch batch : settling) {
      announcer.settle(nowNanos, turn.nowMillis(), batch);
    }
    settling.clear();
  }

  /** Takes no more calls, and runs none here. */
  void leave() {
    leaving = true;
    offered();
  }

  /** Ends all calls that are still open. */
  void left() {
    Outcome gone = Intake.failure(Outcome.Kind.CANCELLED, "this peer has left before it was done");
    for (OwnBatch batch : submissions.all()) {
      batch.open.copy().forEach(index -> complete(batch, index, gone, null));
    }
  }

  boolean isIdle() {
    return submissions.openTasks() == 0 && intake.isEmpty();
  }

  /** The bytes of an own batch with open calls. */
  @Nullable Bytes block(Cid cid) {
    OwnBatch batch = submissions.batch(cid);
    return batch == null ? null : batch.batch.bytes();
  }

  /** How many batches this peer's own calls have made. */
  long batchCount() {
    return cutting.sequence();
  }

  long nextDeadlineNanos(long turnNanos, long never) {
    long next = submissions.nextDeadlineNanos(never);
    Handout first = unanswered.peek();
    if (first != null) {
      long wait = first.sentNanos + options.times().takeWait().toNanos();
      next = next - wait <= 0 ? next : wait;
    }
    long look = turnNanos + LOOK_NANOS;
    return dispatch.hasReady() && look - next < 0 ? look : next;
  }
}
