package io.minga.node.core;

import io.minga.node.core.Demand.Candidate;
import java.util.List;
import java.util.Map;

/**
 * Which tasks come back from the peer that would be through last, once another has a free slot and
 * nothing waits here: as many as make both finish together. They are the last that it was given, so
 * that it has hardly begun them, and never those that its slots are busy with.
 */
final class Recall {
  /** How much sooner all must be through for tasks to be called back, round trips left aside. */
  private static final long RECALL_LEAST_NANOS = 20_000_000;

  /** So many times later than all others is late. */
  private static final double LATE_TIMES = 1.1;

  private Recall() {}

  /** Adds what the demand's peers should give back, each handout with its part. */
  static void plan(long nowNanos, Demand demand, Map<Handout, IndexBits> recalls) {
    Candidate dry = null;
    Candidate last = null;
    if (!demand.homes.isEmpty() && !demand.measured) {
      return; // who comes home should stay there, as long as nobody knows better
    }
    for (Candidate each : demand.candidates()) {
      Lane lane = each.lane();
      if (each.hasFreeSlot() && lane.canTake(nowNanos)) {
        dry = dry == null || each.nextNanos() < dry.nextNanos() ? each : dry;
      } else if (!lane.handouts.isEmpty()) {
        last = last == null || each.finishNanos(0) > last.finishNanos(0) ? each : last;
      }
    }
    if (dry == null || last == null) {
      return;
    }
    double gainNanos = last.finishNanos(0) - dry.nextNanos();
    double each = (double) dry.meanNanos() / dry.slots() + (double) last.meanNanos() / last.slots();
    int count = (int) Math.min(Integer.MAX_VALUE, gainNanos / each);
    long roundTrips = 2 * (dry.lane().roundTripNanos + last.lane().roundTripNanos);
    double least = RECALL_LEAST_NANOS + roundTrips;
    if (!demand.homes.isEmpty()) {
      if (!demand.measured) {
        return; // as long as times are guesses, equal calls had better meet
      }
      least += Homes.latestNanos(dry.finishNanos(1)) - dry.finishNanos(1);
    }
    if (gainNanos > least && count > 0) {
      take(last, demand, count, recalls);
    }
  }

  /**
   * The same while more waits here: what stands in line with peers that would be through with it
   * long after all others, for they have become slow.
   */
  static void planLate(long nowNanos, Demand demand, Map<Handout, IndexBits> recalls) {
    OwnBatch first = demand.ready.peek();
    if (!demand.homes.isEmpty() || demand.candidates().size() < 2) {
      return;
    }
    double untilNanos = first == null ? 0 : Share.untilNanos(nowNanos, demand, first, null);
    for (Candidate each : first == null ? List.<Candidate>of() : demand.candidates()) {
      double beyond = each.finishNanos(0) - LATE_TIMES * untilNanos;
      if (beyond > RECALL_LEAST_NANOS + each.longNanos() && !each.lane().handouts.isEmpty()) {
        double tasks = beyond * each.slots() / each.meanNanos();
        take(each, demand, (int) Math.min(Integer.MAX_VALUE, Math.ceil(tasks)), recalls);
      }
    }
  }

  private static void take(
      Candidate from, Demand demand, int count, Map<Handout, IndexBits> recalls) {
    int missing = count;
    int kept = from.slots();
    List<Handout> oldestFirst = List.copyOf(from.lane().handouts);
    int total = 0;
    for (Handout handout : oldestFirst) {
      total += handout.tasks.size() - handout.parked.size();
    }
    for (int i = oldestFirst.size() - 1; i >= 0 && missing > 0 && total > kept; i--) {
      Handout handout = oldestFirst.get(i);
      if (handout.of.demand.all != demand || handout.of.policy().exclusive()) {
        continue;
      }
      IndexBits rest = handout.tasks.copy();
      rest.removeAll(handout.parked);
      int most = Math.min(missing, Math.min(rest.size(), total - kept));
      rest.takeFirst(rest.size() - most);
      if (most > 0) {
        recalls.put(handout, rest);
      }
      missing -= most;
      total -= most;
    }
  }
}
