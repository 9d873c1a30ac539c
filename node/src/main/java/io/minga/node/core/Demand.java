package io.minga.node.core;

import io.minga.libp2p.identity.PeerId;
import io.minga.node.schedule.Kind;
import io.minga.node.schedule.Need;
import io.minga.node.schedule.Rendezvous;
import io.minga.node.task.FunctionName;
import io.minga.node.task.Placement;
import io.minga.node.task.Requirements;
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

  /** Who can run them, with a home or without. */
  final Candidates candidates;

  /** How many tasks are with peers. */
  long handed;

  /** Since when nobody has been connected that can run them. */
  long unservedNanos;

  boolean unserved;

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
    this.candidates = new Candidates();
    this.breakers = new Breakers();
  }

  private Demand(Demand all, PeerId home) {
    Key of = all.key;
    this.key = new Key(of.function, of.requires, of.rule, of.remoteOnly, home);
    this.kind = all.kind;
    this.all = all;
    this.candidates = all.candidates;
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
    for (Candidate each : candidates.list()) {
      long rank = Rendezvous.rank(taskKey, each.lane().hash);
      if (each.lane().connected && (first == null || rank > firstRank)) {
        first = each;
        firstRank = rank;
      }
    }
    return first == null
        ? this
        : homes.computeIfAbsent(first.lane().peer, peer -> new Demand(this, peer));
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
    List<Candidate> all = candidates.list();
    int count = all.size();
    int start = count == 0 ? 0 : turn++ % count;
    if (key.rule() == Placement.Rule.RANDOM && count > 0) {
      start = random.nextInt(count);
    }
    Candidate avoided = null;
    for (int i = 0; i < count; i++) {
      Candidate candidate = all.get((start + i) % count);
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

  static Need need(Requirements requires) {
    return new Need(Math.max(1, requires.cores()), requires.memoryMib(), requires.tags());
  }
}
