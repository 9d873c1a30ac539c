package io.minga.node.core;

import io.minga.node.core.Dispatch.Choice;
import io.minga.node.schedule.Rendezvous;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which peers get the tasks of a batch that has a home: the home, as long as it would be through
 * not much later than the first of the others; else, of each task, the next that ranks highest for
 * it and is not late. (Consistent hashing with bounded loads: Mirrokni, Thorup, Zadimoghaddam,
 * 2018.)
 */
final class Homes {
  /** How many times as late as the first a home may be. */
  private static final double LATE_TIMES = 1.25;

  /**
   * How much later it may be besides: a machine that stalls for a moment is no reason to run tasks
   * where nobody else looks for them, since each may then be run again at home.
   */
  private static final long LATE_NANOS = 1_000_000_000;

  private Homes() {}

  /** Whether a peer may have the batch now. */
  @FunctionalInterface
  interface Room {
    boolean hasRoom(Candidate candidate, OwnBatch batch);
  }

  /** Until when a home may be busy if another could be through at {@code bestNanos}. */
  static double latestNanos(double bestNanos) {
    return LATE_TIMES * bestNanos + LATE_NANOS;
  }

  /** Who gets which of the batch's ready tasks; all of them or, if they have to wait, none. */
  static List<Choice> choose(long nowNanos, Demand demand, OwnBatch batch, Room room) {
    List<Candidate> others = new ArrayList<>();
    Candidate home = null;
    Candidate avoided = null;
    double bestNanos = Double.MAX_VALUE;
    for (Candidate each : demand.candidates.list()) {
      Lane lane = each.lane();
      if (!lane.canTake(nowNanos)) {
        continue;
      }
      if (lane.peer.equals(demand.key.home())) {
        home = each;
      } else if (lane == batch.avoided) {
        avoided = each;
      } else {
        others.add(each);
        if (!demand.hasWaiting(lane.peer)) {
          bestNanos = Math.min(bestNanos, each.finishNanos(batch.ready.size()));
        }
      }
    }
    double latest = bestNanos == Double.MAX_VALUE ? bestNanos : latestNanos(bestNanos);
    if (home != null && (others.isEmpty() || mayGoHome(home, demand, batch, latest))) {
      return room.hasRoom(home, batch) ? List.of(new Choice(home, batch.ready.copy())) : List.of();
    }
    if (others.isEmpty() && avoided != null) {
      others.add(avoided); // the home is gone, and there is nobody else
    }
    others.removeIf(it -> it.finishNanos(batch.ready.size()) > latest || !room.hasRoom(it, batch));
    return others.isEmpty() ? List.of() : byRank(batch, others);
  }

  private static boolean mayGoHome(Candidate home, Demand demand, OwnBatch batch, double latest) {
    long waiting = (long) demand.ready.size() * batch.ready.size();
    return home.lane() != batch.avoided
        && home.finishNanos((int) Math.min(Integer.MAX_VALUE, waiting)) <= latest;
  }

  private static List<Choice> byRank(OwnBatch batch, List<Candidate> among) {
    Map<Candidate, IndexBits> chosen = new LinkedHashMap<>();
    batch.ready.forEach(
        index -> {
          Candidate first = among.get(0);
          for (Candidate each : among) {
            if (rank(batch, index, each) > rank(batch, index, first)) {
              first = each;
            }
          }
          chosen.computeIfAbsent(first, it -> new IndexBits()).add(index);
        });
    List<Choice> choices = new ArrayList<>();
    chosen.forEach((candidate, tasks) -> choices.add(new Choice(candidate, tasks)));
    return choices;
  }

  private static long rank(OwnBatch batch, int index, Candidate candidate) {
    return Rendezvous.rank(batch.key(index), candidate.lane().hash);
  }
}
