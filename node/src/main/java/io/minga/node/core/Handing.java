package io.minga.node.core;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.identity.PeerId;
import io.minga.node.schedule.Estimates;
import io.minga.node.schedule.Loads;
import io.minga.node.story.TaskEvent.What;
import io.minga.node.task.LoadReport;
import io.minga.node.task.Outcome;
import io.minga.node.task.WorkFrame;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whom this peer's own tasks are with: hands them out, follows what owners say of them, and has
 * them come back where that is needed; {@link Returning} does that.
 */
final class Handing {
  private static final long OWN_LOOK_NANOS = 50_000_000;

  /** How often is looked whether what waits can go somewhere. */
  private static final long LOOK_NANOS = 50_000_000;

  /** For how long something must have waited for it to be news that nothing does. */
  private static final long LONG_NANOS = 1_000_000_000;

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
  private final Submissions submissions;
  private final Dispatch dispatch;
  private final Grants grants;
  private final FormerTasks former;
  private final Unserved unserved;
  private final Returning returning;
  private final Stories stories;

  /** Pushes without an answer, in the order in which they left. */
  private final Deque<Handout> unanswered = new ArrayDeque<>();

  private long ownLookNanos;
  private boolean ownLooked;
  private long hedgeNanos;
  private boolean hedges;
  private long copied;
  private boolean waiting;

  /** Since when this peer listens again after it stood still. */
  private long awakeNanos;

  private boolean hasStoodStill;
  private long waitingSinceNanos;
  private boolean leaving;

  /** Ends calls that can't be made anywhere. */
  @FunctionalInterface
  interface Ends {
    void end(OwnBatch batch, int index, Outcome outcome, @Nullable PeerId peer);
  }

  Handing(
      Ground ground,
      Others others,
      Voice voice,
      Owner owner,
      Submissions submissions,
      Dispatch dispatch,
      Ends ends) {
    this.self = ground.self();
    this.options = ground.options();
    this.turn = ground.turn();
    this.estimates = others.estimates();
    this.loads = others.loads();
    this.reports = voice.reports();
    this.announcer = voice.announcer();
    this.membership = others.membership();
    this.owner = owner;
    this.submissions = submissions;
    this.dispatch = dispatch;
    this.returning = new Returning(ground, announcer, owner, submissions, dispatch, ends);
    this.stories = turn.stories();
    this.grants = new Grants(options, turn);
    this.former = new FormerTasks(turn, dispatch, grants, CopyOptions.DEFAULT);
    this.unserved = new Unserved(options, membership, ends);
  }

  /** What comes back, or need not. */
  Returning returning() {
    return returning;
  }

  // Handing out.

  /** Who can make calls like this one, as far as is known. */
  Demand demand(long nowNanos, Submission submission) {
    Demand demand = dispatch.demand(submission);
    lookAtSelf(nowNanos);
    dispatch.look(nowNanos, demand, loads, estimates);
    return demand;
  }

  /** A durable batch is from before this peer was started. */
  void restored(long nowNanos, OwnBatch batch) {
    former.restored(nowNanos, batch);
    if (batch.policy().exclusive()) {
      reserve(nowNanos, batch);
    }
    dispatch.ready(nowNanos, batch);
  }

  /** All who keep a batch of before have spoken of it; of these tasks they have outcomes. */
  void goOn(long nowNanos, OwnBatch batch, IndexSet ended) {
    former.goOn(batch, ended);
    dispatch.ready(nowNanos, batch);
  }

  private void reserve(long nowNanos, OwnBatch batch) {
    submissions.reserve(batch, () -> dispatch.ready(nowNanos, batch));
  }

  /** Some of the batch's tasks are ready. */
  void ready(long nowNanos, OwnBatch batch) {
    dispatch.ready(nowNanos, batch);
  }

  private void lookAtSelf(long nowNanos) {
    if (options.slots() == 0 || (ownLooked && ownLookNanos - nowNanos > 0)) {
      return;
    }
    ownLooked = true;
    ownLookNanos = nowNanos + OWN_LOOK_NANOS;
    long own = dispatch.lanes().of(self).workNanos;
    loads.report(nowNanos, reports.own(nowNanos, owner.worker(), estimates, own, leaving));
  }

  /**
   * Calls tasks back from peers that would be through last, if another has a free slot; returns
   * them.
   */
  List<Recall.Recalled> recall(long nowNanos) {
    lookAtSelf(nowNanos);
    List<Recall.Recalled> recalls = dispatch.recalls(nowNanos, loads, estimates);
    recalls.forEach(each -> returning.recall(nowNanos, each.from(), each.tasks()));
    return recalls;
  }

  /** Hands out what can go somewhere, and first what was called back for a certain peer. */
  void handOut(long nowNanos, List<Recall.Recalled> recalls) {
    lookAtSelf(nowNanos);
    for (Recall.Recalled recalled : recalls) {
      if (recalled.to() != null) {
        give(nowNanos, Recall.handOver(nowNanos, recalled, recalled.to()));
      }
    }
    if (!dispatch.hasReady()) {
      return;
    }
    dispatch.lanes().of(self).parkedTasks = owner.worker().parkedOwn();
    give(nowNanos, dispatch.handOut(nowNanos, loads, estimates));
  }

  private void give(long nowNanos, List<Handout> handouts) {
    for (Handout handout : handouts) {
      stories.handedOut(handout);
      give(nowNanos, handout);
    }
  }

  private void give(long nowNanos, Handout handout) {
    if (handout.of.attempts().runsShort(handout.epoch)) {
      reserve(nowNanos, handout.of);
    }
    announcer.handedOut(nowNanos, handout.of);
    if (handout.lane.self) {
      IndexSet tasks = handout.tasks.toSet();
      Worker.Took took = owner.take(nowNanos, handout.of.batch, tasks, handout.epoch);
      returning.taken(nowNanos, handout, tasks.andNot(took.indexes()), took.refusal());
      Dispatch.parked(handout, took.joined());
    } else {
      unanswered.add(handout);
      turn.push(handout.lane.peer, handout.push());
    }
  }

  /** Has tasks that are late run with idle peers, too. */
  private void hedge(long nowNanos) {
    if (hedges && hedgeNanos - nowNanos > 0) {
      return;
    }
    hedges = true;
    hedgeNanos = nowNanos + LOOK_NANOS;
    for (Hedging.Copy copy : dispatch.copies(nowNanos, loads, estimates)) {
      returning.raise(copy.batch(), copy.index());
      IndexBits task = IndexBits.single(copy.index());
      Handout handout = Dispatch.handOut(nowNanos, copy.batch(), task, copy.to(), 1);
      String why = "it runs for long, and a slot is idle there";
      PeerId peer = handout.lane.peer;
      stories.note(copy.batch().story, What.COPIED, handout.tasks, peer, handout.epoch, why);
      copied++;
      give(nowNanos, handout);
    }
  }

  /** An owner says what it takes. */
  void taken(long nowNanos, PeerId from, WorkFrame.Taken taken) {
    OwnBatch batch = submissions.batch(taken.batch());
    Lane lane = dispatch.lanes().known(from);
    if (batch == null || lane == null) {
      return;
    }
    for (Handout handout : List.copyOf(batch.handouts)) {
      if (handout.lane == lane && handout.isAnswered(taken)) {
        lane.answered(nowNanos - handout.sentNanos);
        returning.taken(nowNanos, handout, taken.refused(), taken.reason());
      }
    }
  }

  /** An owner says which tasks keep no slot. */
  void parked(PeerId from, WorkFrame.Part part) {
    OwnBatch batch = submissions.batch(part.batch());
    Lane lane = dispatch.lanes().known(from);
    if (batch != null && lane != null) {
      parked(batch, lane, part.indexes());
    }
  }

  /** Tasks of this peer's own keep no slot here. */
  void parkedHere(Held held, IndexSet indexes) {
    OwnBatch batch = submissions.batch(held.batch.cid());
    if (batch != null) {
      parked(batch, dispatch.lanes().of(self), indexes);
    }
  }

  private void parked(OwnBatch batch, Lane lane, IndexSet indexes) {
    for (Handout handout : batch.handouts) {
      if (handout.lane == lane) {
        Dispatch.parked(handout, indexes);
        IndexBits its = IndexBits.of(indexes);
        its.retainAll(handout.tasks);
        stories.note(batch.story, What.PARKED, its, lane.peer, handout.epoch, null);
      }
    }
  }

  /** What there is with a peer; null if there never was anything. */
  @Nullable Lane lane(PeerId peer) {
    return dispatch.lanes().known(peer);
  }

  /** A task has ended with a peer: the handout that it leaves by that; null if none. */
  @Nullable Handout ended(OwnBatch batch, int index, @Nullable Lane lane) {
    Handout handout = lane == null ? null : batch.handout(lane, index);
    if (handout != null) {
      dispatch.over(handout, index);
    }
    return handout;
  }

  /** A task has ended with a peer, one way or another. */
  void judge(long nowNanos, OwnBatch batch, int index, Lane lane, Outcome outcome) {
    if (batch.demand.breakers.ended(nowNanos, lane, outcome)) {
      dispatch.changed();
      String why = "it fails what others do not; it gets none of this function for a while";
      IndexBits task = IndexBits.single(index);
      stories.note(batch.story, What.ATTEMPT_FAILED, task, lane.peer, 0, why);
    }
  }

  /** Who gets no tasks of what from here. */
  List<KeptOff> keptOff(long nowNanos) {
    return dispatch.keptOff(nowNanos);
  }

  // Peers.

  /** Who can run what has changed here. */
  void offered() {
    ownLooked = false;
    dispatch.changed();
  }

  void connected(PeerId peer) {
    dispatch.connected(peer);
    for (Handout handout : dispatch.lanes().of(peer).handouts()) {
      if (!handout.leased) { // else it has it, or has given it up and must not begin it again
        handout.repeated |= !handout.answered;
        handout.patienceMicros = 0;
        turn.push(peer, handout.push()); // what it has it takes again
      }
    }
  }

  /** The peer is reached through another. */
  void carried(PeerId peer) {
    dispatch.lanes().of(peer).carried = true;
  }

  void disconnected(PeerId peer) {
    dispatch.disconnected(peer);
  }

  /** A peer has said how it stands. */
  void reported(PeerId peer) {
    dispatch.reported(peer);
  }

  /** Nothing is kept of a peer that has nothing. */
  void forget(PeerId peer) {
    dispatch.forget(peer);
  }

  /** A peer has lost what it held of ours; the first of it was running, as far as anybody knows. */
  void lost(long nowNanos, PeerId peer) {
    int[] suspects = suspects(peer);
    for (Handout handout : dispatch.dead(peer)) {
      if (!grants.keeps(nowNanos, handout)) {
        returning.back(nowNanos, handout, suspects, "it is gone, or has started anew");
      }
    }
    dispatch.forget(peer);
  }

  private int[] suspects(PeerId peer) {
    LoadReport report = membership.report(peer);
    if (report != null && report.draining()) {
      return new int[] {0}; // it has left in order, and what ran there is not what ended it
    }
    // One without a connection may just be cut off.
    int most = report != null && membership.isConnected(peer) ? report.slots() : 1;
    return new int[] {Math.max(1, most)};
  }

  // Leases.

  /** An owner asks for leases. */
  void renew(long nowNanos, PeerId from, WorkFrame.Renew renew) {
    grants.renew(
        nowNanos, from, dispatch.lanes().known(from), renew, submissions::batch, former::adopt);
  }

  /** A peer says how tasks ended: it has had leases for them. */
  void adopt(long nowNanos, OwnBatch batch, PeerId from, int epoch, IndexSet indexes) {
    former.adopt(nowNanos, batch, dispatch.lanes().known(from), epoch, indexes);
  }

  /** Takes back what was leased, once that has surely ended. */
  void leasesDue(long nowNanos) {
    List<Handout> ended = grants.due(nowNanos);
    if (!ended.isEmpty()) {
      leasesEnded(nowNanos, ended);
    }
    for (OwnBatch batch : former.due(nowNanos)) {
      dispatch.ready(nowNanos, batch);
    }
  }

  private void leasesEnded(long nowNanos, List<Handout> ended) {
    Map<PeerId, int[]> suspects = new LinkedHashMap<>();
    for (Handout handout : ended) {
      PeerId peer = handout.lane.peer;
      int[] its = suspects.computeIfAbsent(peer, this::suspects);
      returning.back(nowNanos, handout, handout.lost ? its : new int[] {0}, "its lease has ended");
      dispatch.forget(peer);
    }
  }

  /** Whether a peer has a task in this epoch: so its outcome counts, of an exclusive task. */
  static boolean isCurrent(OwnBatch batch, int index, @Nullable Lane lane, int epoch) {
    Handout handout = lane == null ? null : batch.handout(lane, index);
    return handout != null && handout.epoch == epoch;
  }

  /** Whether a peer has the task no more as it had it in that epoch, or has got it anew since. */
  static boolean isPast(OwnBatch batch, int index, @Nullable Lane lane, int epoch) {
    Handout handout = lane == null ? null : batch.handout(lane, index);
    return handout == null || epoch < handout.epoch;
  }

  // Time.

  void due(long nowNanos) {
    unanswered(nowNanos);
    unserved.end(nowNanos, dispatch.unserved(nowNanos));
    if (dispatch.demandCount() > DEMANDS_KEPT) {
      dispatch.forgetIdle();
    }
    hedge(nowNanos);
  }

  /** How many tasks were given to a second peer. */
  long copied() {
    return copied;
  }

  private void unanswered(long nowNanos) {
    if (hasStoodStill && awakeNanos + options.times().takeWait().toNanos() - nowNanos > 0) {
      return; // the answers may wait to be read
    }
    hasStoodStill = false;
    for (Handout first = unanswered.peek();
        first != null
            && (first.answered || first.sentNanos + takeWaitNanos(first.lane) - nowNanos <= 0);
        first = unanswered.peek()) {
      unanswered.poll();
      if (first.leased) {
        dispatch.answered(first); // whoever has a lease has taken it
      } else if (!first.answered) {
        first.lane.hasNotAnswered(nowNanos - first.sentNanos);
        first.lane.rest(nowNanos + options.times().takeWait().toNanos());
        returning.back(nowNanos, first, new int[] {0}, "it did not answer");
      }
    }
  }

  /** How long a push may be without an answer: longer where that has happened. */
  private long takeWaitNanos(Lane lane) {
    return options.times().takeWait().toNanos() + 2 * lane.outageNanos();
  }

  /** This peer stood still: what it waited for may have come. */
  void waitsAnew(long nowNanos) {
    awakeNanos = nowNanos;
    hasStoodStill = true;
    unserved.waitAnew(nowNanos, dispatch.unserved(nowNanos));
  }

  /** Whether tasks of ours are with a peer. */
  boolean hasWith(PeerId peer) {
    return dispatch.lanes().hasWith(peer);
  }

  /** Those that could run what waits here, and aren't connected. */
  List<PeerId> unreached() {
    return dispatch.unreached();
  }

  /** Whether tasks wait here for peers to have room. */
  boolean isWaiting() {
    return dispatch.hasReady();
  }

  /** Whether tasks have waited here for long, and none does any more. */
  boolean waitedLong(long nowNanos) {
    boolean before = waiting;
    waiting = dispatch.hasReady();
    if (waiting && !before) {
      waitingSinceNanos = nowNanos;
    }
    return before && !waiting && nowNanos - waitingSinceNanos > LONG_NANOS;
  }

  /** Runs none here any more. */
  void leave() {
    leaving = true;
    offered();
  }

  long nextDeadlineNanos(long turnNanos, long never) {
    long next = never;
    Handout first = unanswered.peek();
    if (first != null) {
      long since = hasStoodStill ? Math.max(awakeNanos, first.sentNanos) : first.sentNanos;
      long wait = since + takeWaitNanos(first.lane);
      next = next - wait <= 0 ? next : wait;
    }
    next = former.nextDeadlineNanos(grants.nextDeadlineNanos(next));
    long look = turnNanos + LOOK_NANOS;
    return dispatch.hasReady() && look - next < 0 ? look : next;
  }
}
