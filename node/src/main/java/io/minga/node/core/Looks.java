package io.minga.node.core;

import io.minga.node.schedule.Estimates;
import io.minga.node.schedule.Loads;
import io.minga.node.schedule.PeerReport;
import io.minga.node.schedule.Standing;
import io.minga.node.task.Placement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who can run what, looked up when it is wanted: all peers every now and then and whenever some
 * come or go; in between, where there are many, those only that have said how they stand. So a
 * report costs a submitter the same, however many peers there are.
 */
final class Looks {
  /** With so many candidates, a report of one of them has nobody look at the others anew. */
  private static final int MANY = 64;

  /** How many reports are kept apart that may not have been looked at. */
  private static final int HEARD_MAX = 1024;

  /** How long candidates are believed. */
  private static final long KNOWN_NANOS = 100_000_000;

  /** How often candidates are looked up at most, when tasks take other times than expected. */
  private static final long NEWS_NANOS = 2_000_000;

  /** The same for each of them, where there are so many that a look takes longer. */
  private static final long NEWS_EACH_NANOS = 100_000;

  private final Lanes lanes;
  private long version;

  /** Who has said how it stands lately, and how many had before the first of these. */
  private final List<Lane> heard = new ArrayList<>();

  private long heardBefore;

  Looks(Lanes lanes) {
    this.lanes = lanes;
  }

  /** Who can run what has changed. */
  void changed() {
    version++;
  }

  /** A peer has said how it stands; null if it is none of those that were looked up. */
  void reported(@Nullable Lane lane) {
    if (lane == null) {
      version++;
      return;
    }
    if (heard.size() >= HEARD_MAX) {
      heardBefore += heard.size();
      heard.clear();
    }
    heard.add(lane);
  }

  /** How much has changed, or was heard. */
  long state() {
    return version + heardBefore + heard.size();
  }

  /** Looks up who can run the demand's tasks, unless it did so a moment ago. */
  void look(long nowNanos, Demand of, Loads loads, Estimates estimates) {
    Demand demand = of.all;
    if (demand.candidates.knownVersion == version
        && nowNanos - demand.candidates.knownNanos < KNOWN_NANOS
        && renew(nowNanos, demand, loads, estimates)) {
      return;
    }
    demand.candidates.knownHeard = heardBefore + heard.size();
    demand.candidates.knownVersion = version;
    demand.candidates.knownNanos = nowNanos;
    List<Candidate> candidates = new ArrayList<>();
    boolean measured = false;
    for (Standing standing : loads.standings(nowNanos, estimates, demand.kind, 0)) {
      Lane lane = lanes.of(standing.peer());
      if (lane.self ? !demand.key.remoteOnly() : demand.key.rule() != Placement.Rule.LOCAL) {
        candidates.add(candidate(demand, lane, standing, loads));
        measured |= estimates.knows(standing.peer(), demand.key.function());
      }
    }
    demand.candidates.know(admitted(nowNanos, demand, candidates));
    demand.candidates.measured = measured;
  }

  /** All but those that fail what others don't, unless nobody else is there. */
  private static List<Candidate> admitted(long nowNanos, Demand demand, List<Candidate> all) {
    if (demand.breakers.isEmpty()) {
      return all;
    }
    List<Candidate> admitted = new ArrayList<>(all.size());
    boolean anybody = false;
    for (Candidate each : all) {
      if (!demand.breakers.keepsOff(nowNanos, each.lane())) {
        admitted.add(each);
        anybody |= each.lane().connected;
      }
    }
    return anybody ? admitted : all;
  }

  /** Looks at those that were heard of since; false if all are to be looked at. */
  private boolean renew(long nowNanos, Demand demand, Loads loads, Estimates estimates) {
    long heardNow = heardBefore + heard.size();
    if (demand.candidates.knownHeard == heardNow) {
      return true;
    }
    if (demand.candidates.size() < MANY || demand.candidates.knownHeard < heardBefore) {
      return false;
    }
    for (long number = demand.candidates.knownHeard; number < heardNow; number++) {
      Lane lane = heard.get((int) (number - heardBefore));
      Standing now = loads.standing(nowNanos, estimates, demand.kind, 0, lane.peer);
      int place = demand.candidates.place(lane.peer);
      if (place >= 0 && now != null) {
        demand.candidates.know(place, candidate(demand, lane, now, loads));
        demand.candidates.measured |= estimates.knows(lane.peer, demand.key.function());
      } else if (place >= 0 || now != null) {
        return false;
      }
    }
    demand.candidates.knownHeard = heardNow;
    return true;
  }

  private static Candidate candidate(Demand demand, Lane lane, Standing standing, Loads loads) {
    PeerReport said = loads.latest(lane.peer);
    lane.hasSlots(standing.slots());
    revalue(lane, demand, standing.meanNanos());
    return new Candidate(
        lane,
        standing.slots(),
        othersNanos(lane, standing, said),
        standing.meanNanos(),
        standing.deviationNanos(),
        said != null && said.queued() > 0);
  }

  /**
   * Until a peer is through with what others gave it: of what it has left, the share that was not
   * ours when it said how much it has. It runs all of that in turns, not ours first.
   */
  private static long othersNanos(Lane lane, Standing standing, @Nullable PeerReport said) {
    if (lane.self) {
      return standing.finishNanos();
    }
    double work = said == null ? 0 : said.workNanos();
    double share = work <= 0 ? 0 : Math.max(0, 1 - lane.reportedNanos / work);
    return Math.round(standing.finishNanos() * share);
  }

  /** What a peer has of ours is worth what such tasks are now expected to take there. */
  private static void revalue(Lane lane, Demand demand, long meanNanos) {
    for (Handout handout : lane.handouts()) {
      if (handout.of.demand.all == demand && handout.taskNanos != meanNanos) {
        lane.revalued(handout, meanNanos);
      }
    }
  }

  /** Tasks took so long in the mean: candidates are looked up anew if that is news. */
  static void observed(long nowNanos, Demand demand, long nanos) {
    long expected = demand.candidates.meanNanos();
    boolean news = expected > 2 * Math.max(nanos, 1_000) || 2 * expected < nanos;
    long leastNanos = Math.max(NEWS_NANOS, demand.candidates.size() * NEWS_EACH_NANOS);
    if (news && nowNanos - demand.candidates.knownNanos >= leastNanos) {
      demand.candidates.knownVersion = -1;
    }
  }
}
