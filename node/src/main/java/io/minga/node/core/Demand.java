package io.minga.node.core;

import io.minga.libp2p.identity.PeerId;
import io.minga.node.schedule.Kind;
import io.minga.node.schedule.Need;
import io.minga.node.schedule.Rendezvous;
import io.minga.node.task.FunctionName;
import io.minga.node.task.Placement;
import io.minga.node.task.Requirements;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Own batches that the same peers can run and that are placed by the same rule.
 *
 * <p>Memoizable tasks have a home, the peer that ranks first for them, where equal ones of all
 * submitters meet. For each home there is a demand of its own, so that one that is busy keeps
 * nobody else's tasks waiting; these share what is known of the peers.
 */
final class Demand {
  /** How much work a slot may have waiting at most; for long tasks. */
  private static final long HORIZON_MOST_NANOS = 1_000_000_000;

  /** That, for short tasks and a peer that answers at once. */
  private static final long HORIZON_LEAST_NANOS = 30_000_000;

  private static final int HORIZON_TASKS = 10;

  /** One of twenty run times or so is longer than the mean by more. */
  private static final double LONG_DEVIATIONS = 2;

  /** Where others have work, too, one slot in so many that become free is for ours. */
  private static final double TURN_OF = 2;

  /** With so many candidates, those that are full are not looked at for each share. */
  private static final int MANY = 64;

  /** Turns are drawn from so many. */
  static final int TURNS = 1 << 16;

  final Key key;
  final Kind kind;

  /** The demand of tasks without a home, which knows the peers; it may be this one. */
  final Demand all;

  /** If it is: the demands of those with one. */
  final Map<PeerId, Demand> homes = new LinkedHashMap<>();

  /** Who is kept off, since it fails what others don't. */
  final Breakers breakers;

  /** Those with tasks to hand out. */
  final PriorityQueue<OwnBatch> ready = new PriorityQueue<>();

  /** Who can run them, as known at {@link #knownNanos}. */
  private List<Candidate> candidates = new ArrayList<>();

  /** The place of each among them; empty until somebody asks. */
  private final Map<PeerId, Integer> places = new LinkedHashMap<>();

  /**
   * The places of some that are full, and stay so until their lanes are freed: a submitter of
   * thousands need not look at all of them for each share.
   */
  private final BitSet full = new BitSet();

  /** How often lanes had been freed when {@link #full} was looked through. */
  private long freedSeen;

  /** The mean over them of the deviation, as a part of the mean. */
  private double deviationPart;

  /** How many slots they have together. */
  private long slots;

  /** Of how long one runs, over them. */
  private long sumOfMeansNanos;

  /** How long one runs with the fastest of them, or less. */
  private long leastMeanNanos = Long.MAX_VALUE;

  /** Whether any of them, as far as is known, has ever run the function. */
  boolean measured;

  long knownNanos;

  /** How many tasks are with peers. */
  long handed;

  /**
   * Until when work is to be over, as {@link Share} has reckoned: from when on, and of how many.
   */
  double untilNanos;

  long reckonedNanos;
  int reckonedReady = -1;

  /** Since when nobody has been connected that can run them. */
  long unservedNanos;

  boolean unserved;

  /** The state of the lanes' table then, or -1 if nobody has looked. */
  long knownVersion = -1;

  /** How many reports had come in when they were looked at. */
  long knownHeard;

  /** Where the next look at the candidates begins, so that equal ones take turns. */
  int turn;

  /** What makes demands alike. */
  record Key(
      FunctionName function,
      Requirements requires,
      Placement.Rule rule,
      boolean remoteOnly,
      @Nullable PeerId home) {}

  /**
   * A peer that can run them.
   *
   * @param slots how many at once
   * @param othersNanos until it is through with what others gave it
   * @param meanNanos how long one runs there
   * @param deviationNanos by how much one may run longer
   * @param hadLine whether tasks stood in line there when it spoke last, so that each slot has its
   *     next
   */
  record Candidate(
      Lane lane,
      int slots,
      long othersNanos,
      long meanNanos,
      long deviationNanos,
      boolean hadLine) {
    /** When it would be through with {@code tasks} more, from now. */
    double finishNanos(int tasks) {
      double work = (double) workNanos() + (double) tasks * meanNanos;
      return othersNanos + lane.reservedNanos + work / slots;
    }

    /** When one more task would be over there, from now: as soon as a slot is free it begins. */
    double nextNanos() {
      if (!hadLine && freeSlots() > 0) {
        return (double) lane.reservedNanos + meanNanos;
      }
      double ahead = Math.max(0, (double) workNanos() - (slots - 1.0) * meanNanos);
      return othersNanos + lane.reservedNanos + ahead / slots + meanNanos;
    }

    /**
     * The same if what others gave is not all before it, since submitters take turns there. Nothing
     * is called back from anywhere for that, or it would go to and fro.
     */
    double nextInTurnNanos() {
      double inTurn = TURN_OF * ((double) workNanos() + meanNanos) / slots;
      return Math.min(nextNanos(), inTurn + lane.reservedNanos + meanNanos);
    }

    /** Whether it has so much of ours that it should get no more. */
    boolean isFull() {
      return roomTasks() < Math.max(1, slots / 4);
    }

    /** How much a slot of it has of ours. */
    double workPerSlotNanos() {
      return (double) workNanos() / slots;
    }

    /** Whether it has fewer tasks of ours than slots. */
    boolean hasFreeSlot() {
      return workNanos() < (long) slots * meanNanos;
    }

    /** How many slots it has that nothing is known to be busy with. */
    int freeSlots() {
      double tasks = ((double) workNanos() + (double) othersNanos * slots) / meanNanos;
      return (int) Math.max(0, slots - Math.ceil(tasks));
    }

    /**
     * How long one may run there if it is among the long ones.
     *
     * @param part by how much a task may run longer, as a part of the mean
     */
    double longNanos(double part) {
      return meanNanos * (1 + LONG_DEVIATIONS * part);
    }

    /** How many more tasks it should have of ours, so that no slot waits for the next. */
    double roomTasks() {
      double most = slots * (1 + (double) horizonNanos() / meanNanos);
      return most - (double) workNanos() / meanNanos;
    }

    /**
     * How much work for each slot it may have of ours, beyond what its slots are busy with; and for
     * as long as nothing may come through, unless that is many tasks.
     */
    long horizonNanos() {
      long some = HORIZON_TASKS * meanNanos;
      long ahead = HORIZON_LEAST_NANOS + 2 * lane.roundTripNanos + some;
      return Math.min(HORIZON_MOST_NANOS, ahead) + Math.min(some, lane.outageNanos());
    }

    /** Of what it has of ours, that which needs a slot. */
    long workNanos() {
      return Math.max(0, lane.workNanos - lane.parkedTasks * meanNanos);
    }
  }

  /**
   * No batches.
   *
   * @param turn whose turn it is first, drawn below {@link #TURNS}: submitters should not all begin
   *     with the same peer
   */
  Demand(Key key, int turn) {
    this.key = key;
    this.turn = turn;
    this.kind = new Kind(key.function, Kind.ANY_SIZE, need(key.requires));
    this.all = this;
    this.breakers = new Breakers();
  }

  private Demand(Demand all, PeerId home) {
    Key of = all.key;
    this.key = new Key(of.function, of.requires, of.rule, of.remoteOnly, home);
    this.kind = all.kind;
    this.all = all;
    this.breakers = all.breakers;
  }

  /** Whether memoizable tasks have homes, and don't go by another rule. */
  boolean isHomed() {
    return key.rule == Placement.Rule.BALANCED;
  }

  /** The demand of tasks that have this one's home; this one if there is nobody to be it. */
  Demand homeOf(long taskKey) {
    Candidate first = null;
    long firstRank = 0;
    for (Candidate each : candidates) {
      long rank = Rendezvous.rank(taskKey, each.lane.hash);
      if (each.lane.connected && (first == null || rank > firstRank)) {
        first = each;
        firstRank = rank;
      }
    }
    return first == null
        ? this
        : homes.computeIfAbsent(first.lane.peer, peer -> new Demand(this, peer));
  }

  /** Whether tasks wait for a home, this peer. */
  boolean hasWaiting(PeerId home) {
    Demand its = all.homes.get(home);
    return its != null && !its.ready.isEmpty();
  }

  /** Whether nothing like these, with a home or without, is anywhere. */
  boolean isIdle() {
    return all.hasNothing() && all.homes.values().stream().allMatch(Demand::hasNothing);
  }

  /** Whose turn it is; who failed the batch last is left out as long as there is another. */
  @Nullable Candidate next(long nowNanos, OwnBatch batch, RandomGenerator random) {
    List<Candidate> candidates = candidates();
    int count = candidates.size();
    int start = count == 0 ? 0 : turn++ % count;
    if (key.rule() == Placement.Rule.RANDOM && count > 0) {
      start = random.nextInt(count);
    }
    Candidate avoided = null;
    for (int i = 0; i < count; i++) {
      Candidate candidate = candidates.get((start + i) % count);
      if (candidate.lane().canTake(nowNanos, batch)) {
        if (candidate.lane() != batch.avoided) {
          return candidate;
        }
        avoided = candidate;
      }
    }
    return avoided;
  }

  /** Whether some of these, with a home or without, are with peers, and none wait. */
  boolean isAllHanded() {
    long sum = handed;
    boolean waits = !ready.isEmpty();
    for (Demand home : homes.values()) {
      sum += home.handed;
      waits |= !home.ready.isEmpty();
    }
    return sum > 0 && !waits;
  }

  private boolean hasNothing() {
    return ready.isEmpty() && handed == 0;
  }

  List<Candidate> candidates() {
    return all.candidates;
  }

  void know(List<Candidate> found) {
    candidates = found;
    places.clear();
    full.clear();
    reckonedReady = -1;
    leastMeanNanos = Long.MAX_VALUE;
    slots = 0;
    sumOfMeansNanos = 0;
    double sum = 0;
    for (Candidate each : found) {
      slots += each.slots;
      sumOfMeansNanos += each.meanNanos;
      leastMeanNanos = Math.min(leastMeanNanos, each.meanNanos);
      sum += (double) each.deviationNanos / each.meanNanos;
    }
    deviationPart = found.isEmpty() ? 0 : sum / found.size();
  }

  /** One of them was looked at anew. */
  void know(int place, Candidate found) {
    Candidate before = candidates.set(place, found);
    slots += found.slots - before.slots;
    sumOfMeansNanos += found.meanNanos - before.meanNanos;
    full.clear(place);
    leastMeanNanos = Math.min(leastMeanNanos, found.meanNanos);
  }

  /**
   * How long one may run with a peer if it is among the long ones. By how much run times differ is
   * up to the function, and taken to be the same for all: of many peers some have had a few that
   * were much alike, and everybody's next tasks would go to these alone.
   */
  double longNanos(Candidate each) {
    return each.longNanos(all.deviationPart);
  }

  /** The peer's place among the candidates; -1 if it is none. */
  int place(PeerId peer) {
    if (places.isEmpty()) {
      for (int i = 0; i < candidates.size(); i++) {
        places.put(candidates.get(i).lane.peer, i);
      }
    }
    return places.getOrDefault(peer, -1);
  }

  /** Who has been freed since may have room. */
  void freed(Lanes lanes) {
    for (; freedSeen < lanes.freedCount() && !full.isEmpty(); freedSeen++) {
      Lane lane = lanes.freed(freedSeen);
      int place = lane == null ? -1 : place(lane.peer);
      if (place >= 0) {
        full.clear(place);
      } else if (lane == null) {
        full.clear(); // too many were freed
      }
    }
    freedSeen = lanes.freedCount();
  }

  /** How many from that place on are known to be full, one after the other. */
  int fullFrom(int place) {
    return Math.min(full.nextClearBit(place), candidates.size()) - place;
  }

  /** If the one in that place is full, that stays so as long as its lane isn't freed. */
  void noteIfFull(int place) {
    Candidate each = candidates.get(place);
    if (candidates.size() >= MANY && !each.lane.self && each.isFull()) {
      full.set(place);
    }
  }

  static Need need(Requirements requires) {
    return new Need(Math.max(1, requires.cores()), requires.memoryMib(), requires.tags());
  }

  /** How long one runs with the fastest, or less. */
  long leastMeanNanos() {
    return all.leastMeanNanos;
  }

  /** The mean of how long one runs, over all who can; 0 if there is none. */
  long meanNanos() {
    return all.candidates.isEmpty() ? 0 : all.sumOfMeansNanos / all.candidates.size();
  }

  /** How many slots those have together who can run them. */
  long slots() {
    return all.slots;
  }
}
