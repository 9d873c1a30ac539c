package io.minga.node.core;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.identity.PeerId;
import io.minga.node.schedule.Estimates;
import io.minga.node.schedule.Loads;
import io.minga.node.task.Placement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Which peer gets which of this peer's own batches, and when.
 *
 * <p>A batch goes to the peer that would be through with it first: by its last load report without
 * what it has of ours, and what it has of ours now. It gets no more than a short horizon of work
 * ahead, whole batches, and a bounded number that it hasn't answered; the rest waits here, where it
 * can still go anywhere.
 */
final class Dispatch {
  /** What it takes at least to give a task to another peer that has refused it. */
  private static final long ELSEWHERE_LEAST_NANOS = 100_000_000;

  /** After so many refusals of the kind a batch's tasks stand in whatever line there is. */
  private static final int SURPRISES_MAX = 3;

  private final NodeOptions options;
  private final RandomGenerator random;
  private final Lanes lanes;
  private final Map<Demand.Key, Demand> demands = new LinkedHashMap<>();
  private @Nullable Demand last;
  private final Looks looks;

  /** How much had changed, and was heard, when {@link #recalls} looked last. */
  private long recallState;

  /** Whether a peer may have run short of tasks since {@link #recalls} looked. */
  private boolean idle;

  Dispatch(PeerId self, NodeOptions options, RandomGenerator random) {
    this.options = options;
    this.random = random;
    this.lanes = new Lanes(self);
    this.looks = new Looks(lanes);
  }

  /** What this peer has with all others. */
  Lanes lanes() {
    return lanes;
  }

  /** Who can run what has changed. */
  void changed() {
    looks.changed();
    idle = true;
  }

  void connected(PeerId peer) {
    Lane lane = lanes.of(peer);
    lane.connected = true;
    lane.carried = false;
    lane.connection++;
    changed();
  }

  /** Whatever was on its way to the peer may be lost; what is there comes back if it is dead. */
  void disconnected(PeerId peer) {
    lanes.of(peer).connected = false;
    changed();
  }

  /** The peer is gone: returns what it had. */
  List<Handout> dead(PeerId peer) {
    Lane lane = lanes.known(peer);
    if (lane == null) {
      return List.of();
    }
    changed();
    return List.copyOf(lane.handouts());
  }

  /** Forgets a peer that is gone and has nothing. */
  void forget(PeerId peer) {
    Lane lane = lanes.known(peer);
    if (lane != null && !lane.connected && lane.handouts().isEmpty()) {
      lanes.forget(lane);
      demands.values().forEach(demand -> demand.breakers.forget(lane));
    }
  }

  /** Who is kept off what, and until when. */
  List<KeptOff> keptOff(long nowNanos) {
    List<KeptOff> all = new ArrayList<>();
    for (Demand demand : demands.values()) {
      demand
          .breakers
          .keptOff(nowNanos)
          .forEach(
              (lane, until) ->
                  all.add(
                      new KeptOff(
                          lane.peer, demand.key.function(), Math.max(0, until - nowNanos))));
    }
    return all;
  }

  /** The peer has said how it stands, with what it has of ours in it. */
  void reported(PeerId peer) {
    Lane lane = lanes.known(peer);
    if (lane != null) {
      lane.reportedNanos = lane.workNanos;
    }
    looks.reported(lane);
    idle = true;
  }

  Demand demand(Submission submission) {
    Demand before = last;
    if (before != null
        && before.key.remoteOnly() == submission.remoteOnly()
        && before.key.function().equals(submission.function())
        && before.key.requires().equals(submission.policy().requires())
        && before.key.rule() == submission.policy().placement().rule()) {
      return before;
    }
    Demand demand =
        demands.computeIfAbsent(
            new Demand.Key(
                submission.function(),
                submission.policy().requires(),
                submission.policy().placement().rule(),
                submission.remoteOnly(),
                null),
            key -> new Demand(key, random.nextInt(Demand.TURNS)));
    last = demand;
    return demand;
  }

  /** Some of the batch's tasks are ready. */
  void ready(long nowNanos, OwnBatch batch) {
    if (!batch.queued && !batch.ready.isEmpty()) {
      batch.queued = true;
      batch.readySinceNanos = nowNanos;
      Demand other = demands.putIfAbsent(batch.demand.key, batch.demand);
      batch.demand = other == null ? batch.demand : other;
      batch.demand.ready.add(batch);
    }
  }

  /** Looks up who can run the demand's tasks, unless it did so a moment ago. */
  void look(long nowNanos, Demand demand, Loads loads, Estimates estimates) {
    looks.look(nowNanos, demand, loads, estimates);
  }

  /** Hands out what can be handed out now; returns it. */
  List<Handout> handOut(long nowNanos, Loads loads, Estimates estimates) {
    List<Demand> scarceFirst = new ArrayList<>(1);
    for (Demand demand : demands.values()) {
      if (!demand.ready.isEmpty()) {
        looks.look(nowNanos, demand, loads, estimates);
        scarceFirst.add(demand);
      }
    }
    if (scarceFirst.size() > 1) {
      scarceFirst.sort(Comparator.comparingInt(demand -> demand.candidates.size()));
    }
    List<Handout> handouts = new ArrayList<>();
    for (Demand demand : scarceFirst) {
      handOut(nowNanos, demand, handouts);
      if (scarceFirst.size() > 1 && demand.key.home() == null) {
        reserve(demand);
      }
    }
    for (Demand demand : scarceFirst.size() > 1 ? scarceFirst : List.<Demand>of()) {
      demand.candidates.list().forEach(candidate -> candidate.lane().reservedNanos = 0);
    }
    return handouts;
  }

  /**
   * What waits keeps those busy that can run it: others, whom more can run, should go elsewhere.
   */
  private static void reserve(Demand demand) {
    double rate = 0;
    for (Candidate candidate : demand.candidates.list()) {
      rate += candidate.lane().connected ? (double) candidate.slots() / candidate.meanNanos() : 0;
    }
    OwnBatch first = demand.ready.peek();
    if (first != null && rate > 0) {
      double tasks = (double) demand.ready.size() * first.ready.size();
      long nanos = Math.round(tasks / rate);
      demand.candidates.list().forEach(candidate -> candidate.lane().reservedNanos += nanos);
    }
  }

  private void handOut(long nowNanos, Demand demand, List<Handout> handouts) {
    for (OwnBatch batch = demand.ready.peek(); batch != null; batch = demand.ready.peek()) {
      if (batch.ready.isEmpty() || batch.isSpent()) { // what is spent comes again
        demand.ready.poll().queued = false;
        continue;
      }
      boolean waits =
          demand.key.home() == null
              ? !handOutShare(nowNanos, demand, batch, handouts)
              : !handOutHome(nowNanos, demand, batch, handouts);
      if (waits) {
        return;
      }
      if (batch.ready.isEmpty()) {
        demand.ready.poll().queued = false;
      }
    }
  }

  private boolean handOutShare(
      long nowNanos, Demand demand, OwnBatch batch, List<Handout> handouts) {
    Share share = share(nowNanos, demand, batch);
    boolean tries = share != null && demand.breakers.tries(share.candidate().lane());
    int most = share == null ? 0 : tries ? 1 : share.tasks();
    for (int left = most; share != null && left > 0; ) {
      long patienceMicros = share.isOnly() ? 0 : patienceMicros(batch, share.candidate());
      Handout handout = handOut(nowNanos, batch, batch.ready, share.candidate(), left);
      handout.patienceMicros = patienceMicros;
      demand.breakers.tried(nowNanos, share.candidate().lane());
      handouts.add(handout);
      left -= handout.tasks.size();
    }
    return share != null && !leavesNobody(nowNanos, demand, batch, share);
  }

  /**
   * How long tasks may stand in line with a peer: as long as is expected, and for what it takes to
   * give them to another instead. After some refusals, or where their caller has said who runs
   * them, it is for however long, which is 0.
   */
  static long patienceMicros(OwnBatch batch, Candidate to) {
    if (to.lane().self
        || batch.surprises >= SURPRISES_MAX
        || batch.policy().exclusive()
        || batch.demand.key.rule() != Placement.Rule.BALANCED) {
      return 0;
    }
    long lineNanos = Math.round(to.nextNanos() - to.meanNanos());
    return (lineNanos + Math.max(ELSEWHERE_LEAST_NANOS, to.lane().roundTripNanos)) / 1000;
  }

  /** Whether the only one that could take some has its share: no others need be looked at. */
  private boolean leavesNobody(long nowNanos, Demand demand, OwnBatch batch, Share share) {
    Candidate only = share.candidate();
    boolean nobody =
        share.isOnly()
            && !batch.ready.isEmpty()
            && !batch.isSpent()
            && !(hasRoom(only, batch) && only.lane().canTake(nowNanos, batch));
    demand.turn += nobody ? 1 : 0; // the next look begins where it would have
    return nobody;
  }

  private boolean handOutHome(
      long nowNanos, Demand demand, OwnBatch batch, List<Handout> handouts) {
    List<Choice> choices = Homes.choose(nowNanos, demand, batch, this::hasRoom);
    for (Choice choice : choices) {
      while (!choice.tasks.isEmpty()) {
        handouts.add(handOut(nowNanos, batch, choice.tasks, choice.candidate, choice.tasks.size()));
      }
    }
    return !choices.isEmpty();
  }

  /** Who gets which of a batch's ready tasks. */
  record Choice(Candidate candidate, IndexBits tasks) {}

  private @Nullable Share share(long nowNanos, Demand demand, OwnBatch batch) {
    switch (demand.key.rule()) {
      case SPREAD, RANDOM -> {
        Candidate next = demand.next(nowNanos, batch, random);
        return next == null || !hasRoom(next, batch)
            ? null
            : new Share(next, batch.ready.size(), false);
      }
      default -> {
        demand.candidates.freed(lanes);
        return Share.of(nowNanos, demand, batch, candidate -> hasRoom(candidate, batch));
      }
    }
  }

  /** Whether a peer may be pushed more of a batch, as far as what it hasn't answered goes. */
  private boolean isOpen(Candidate candidate, OwnBatch batch) {
    Lane lane = candidate.lane();
    return lane.hasWindow(options.limits(), batch.batch.bytes().length())
        && !(lane.carried && batch.policy().exclusive())
        && !batch.demand.breakers.isTrying(lane);
  }

  private boolean hasRoom(Candidate candidate, OwnBatch batch) {
    return isOpen(candidate, batch) && !candidate.isFull();
  }

  /** Hands out some of these ready tasks that are in the same epoch as the first of them. */
  static Handout handOut(
      long nowNanos, OwnBatch batch, IndexBits of, Candidate candidate, int most) {
    int epoch = batch.attempts().before(of.first());
    IndexBits tasks = new IndexBits();
    of.forEach(
        index -> {
          if (tasks.size() < most && batch.attempts().before(index) == epoch) {
            tasks.add(index);
            batch.attempts().isHanded(index);
          }
        });
    of.removeAll(tasks);
    batch.ready.removeAll(tasks);
    batch.calledBack.removeAll(tasks);
    Lane lane = candidate.lane();
    Handout handout =
        new Handout(
            batch,
            lane,
            epoch + 1,
            tasks,
            nowNanos,
            candidate.meanNanos(),
            (long) candidate.finishNanos(tasks.size()));
    batch.handouts.add(handout);
    batch.isHandedTo(lane.peer);
    lane.add(handout);
    batch.demand.handed += tasks.size();
    lane.unanswered++;
    lane.unansweredBytes += handout.bytes();
    return handout;
  }

  /**
   * Another peer has taken tasks over and claimed them: they are handed to it without having been
   * pushed.
   *
   * @param taskNanos how long one is expected to run, if nothing better is known
   */
  Handout moved(
      long nowNanos, OwnBatch batch, Lane lane, int epoch, IndexBits tasks, long taskNanos) {
    long nanos = taskNanos;
    for (Candidate candidate : batch.demand.candidates.list()) {
      nanos = candidate.lane() == lane ? candidate.meanNanos() : nanos;
    }
    Handout handout = new Handout(batch, lane, epoch, tasks, nowNanos, nanos, 0);
    handout.answered = true;
    handout.connection = Handout.NEVER_PUSHED;
    batch.handouts.add(handout);
    lane.add(handout);
    batch.demand.handed += tasks.size();
    return handout;
  }

  /** The peer has said what it takes of a handout, or never will. */
  void answered(Handout handout) {
    if (!handout.answered) {
      handout.answered = true;
      handout.lane.unanswered--;
      handout.lane.unansweredBytes -= handout.bytes();
    }
  }

  /** Tasks keep no slot there any more, so that others can have it. */
  static void parked(Handout handout, IndexSet indexes) {
    IndexBits parked = IndexBits.of(indexes);
    parked.retainAll(handout.tasks);
    parked.removeAll(handout.parked);
    handout.parked.addAll(parked);
    handout.lane.rested(handout, parked.size());
  }

  /** A task is over there, or comes back; false if it was not there. */
  boolean over(Handout handout, int index) {
    if (!handout.tasks.remove(index)) {
      return false;
    }
    if (!handout.parked.remove(index)) {
      handout.lane.rested(handout, 1);
    }
    handout.of.demand.handed--;
    if (handout.tasks.isEmpty()) {
      answered(handout);
      handout.lane.remove(handout);
      handout.of.handouts.remove(handout);
    }
    idle = true;
    return true;
  }

  /** The demands with tasks to hand out, and nobody connected that can run them. */
  List<Demand> unserved(long nowNanos) {
    List<Demand> unserved = new ArrayList<>();
    for (Demand demand : demands.values()) {
      boolean before = demand.unserved;
      demand.unserved = !demand.ready.isEmpty() && !demand.candidates.isAnyConnected();
      if (demand.unserved) {
        demand.unservedNanos = before ? demand.unservedNanos : nowNanos;
        unserved.add(demand);
      }
    }
    return unserved;
  }

  /**
   * When nothing waits here and a peer has run dry: which tasks another peer, the one that would be
   * through last, should give back for it, so that both finish together. They are the last that it
   * was given, and not those that its slots are busy with.
   */
  List<Recall.Recalled> recalls(long nowNanos, Loads loads, Estimates estimates) {
    List<Recall.Recalled> recalls = new ArrayList<>();
    if (!idle) {
      return recalls;
    }
    idle = false;
    long state = looks.state();
    boolean news = state != recallState;
    recallState = state;
    if (!lanes.isAnySurplus()) {
      return recalls; // what slots are busy with stays
    }
    for (Demand demand : demands.values()) {
      if (demand.all == demand && demand.isAllHanded()) {
        looks.look(nowNanos, demand, loads, estimates);
        Recall.plan(nowNanos, demand, this::isOpen, recalls);
      } else if (news && demand.all == demand && demand.handed > 0) {
        looks.look(nowNanos, demand, loads, estimates);
        Recall.planLate(nowNanos, demand, recalls);
      }
    }
    return recalls;
  }

  /** Which tasks should run with a second peer, since they are late and nothing else is left. */
  List<Hedging.Copy> copies(long nowNanos, Loads loads, Estimates estimates) {
    List<Hedging.Copy> copies = new ArrayList<>();
    for (Demand demand : demands.values()) {
      if (demand.all == demand
          && demand.handed > 0
          && demand.isAllHanded()
          && Hedging.mayBeLate(nowNanos, demand, lanes.laden())) {
        looks.look(nowNanos, demand, loads, estimates);
        copies.addAll(Hedging.plan(nowNanos, demand));
      }
    }
    return copies;
  }

  /** Those that could run what waits, and aren't connected; each look begins with others. */
  List<PeerId> unreached() {
    Set<PeerId> unreached = new LinkedHashSet<>();
    for (Demand demand : demands.values()) {
      List<Candidate> candidates = demand.ready.isEmpty() ? List.of() : demand.candidates.list();
      int start = candidates.isEmpty() ? 0 : random.nextInt(candidates.size());
      for (int i = 0; i < candidates.size(); i++) {
        Lane lane = candidates.get((start + i) % candidates.size()).lane();
        if (!lane.connected) {
          unreached.add(lane.peer);
        }
      }
    }
    return List.copyOf(unreached);
  }

  /** Whether something waits to be handed out. */
  boolean hasReady() {
    for (Demand demand : demands.values()) {
      if (!demand.ready.isEmpty()) {
        return true;
      }
    }
    return false;
  }

  /** Forgets demands without batches to hand out, once there are many. */
  void forgetIdle() {
    demands.values().removeIf(Demand::isIdle);
    last = null;
  }

  int demandCount() {
    return demands.size();
  }
}
