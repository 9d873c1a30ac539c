package io.minga.node.core;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which tasks come back from the peer that would be through last, once another has a free slot and
 * nothing waits here: as many as make both finish together. They are the last that it was given, so
 * that it has hardly begun them, and never those that its slots are busy with.
 */
final class Recall {
  /** How much sooner all must be through for tasks to be called back, round trips left aside. */
  private static final long RECALL_LEAST_NANOS = 20_000_000;

  /**
   * For how long what a peer was given stays there however late it is: it was given by what is
   * known, and what is heard at every turn would have it go to and fro between two that are late.
   */
  private static final long GIVEN_LEAST_NANOS = 100_000_000;

  /** So many times later than all others is late. */
  private static final double LATE_TIMES = 1.1;

  private Recall() {}

  /**
   * Tasks of a handout that come back.
   *
   * @param to who gets them, since it was reckoned with that; null if whoever is best then
   */
  record Recalled(Handout from, IndexBits tasks, @Nullable Candidate to) {}

  /** Whether a peer may be pushed more of a batch now. */
  @FunctionalInterface
  interface Open {
    boolean isOpen(Candidate candidate, OwnBatch batch);
  }

  /**
   * Adds what the demand's peers should give back. It goes to the peer for which it is called back:
   * who gets new work is chosen by another measure, that submitters take turns, and by that one it
   * could go where it is to be called back from at once, to and fro between two busy peers.
   */
  static void plan(long nowNanos, Demand demand, Open open, List<Recalled> recalls) {
    Candidate dry = null;
    Candidate last = null;
    if (!demand.homes.isEmpty() && !demand.candidates.measured) {
      return; // who comes home should stay there, as long as nobody knows better
    }
    for (Candidate each : demand.candidates.list()) {
      Lane lane = each.lane();
      if (each.hasFreeSlot() && lane.canTake(nowNanos)) {
        dry = dry == null || each.nextNanos() < dry.nextNanos() ? each : dry;
      } else if (!lane.handouts().isEmpty()) {
        last = last == null || each.finishNanos(0) > last.finishNanos(0) ? each : last;
      }
    }
    if (dry == null || last == null) {
      return;
    }
    double gainNanos = last.finishNanos(0) - dry.nextNanos();
    double each = (double) dry.meanNanos() / dry.slots() + (double) last.meanNanos() / last.slots();
    double count = Math.min(gainNanos / each, Math.min(room(dry), dry.roomTasks()));
    long roundTrips = 2 * (dry.lane().roundTripNanos + last.lane().roundTripNanos);
    double least = RECALL_LEAST_NANOS + roundTrips;
    if (!demand.homes.isEmpty()) {
      if (!demand.candidates.measured) {
        return; // as long as times are guesses, equal calls had better meet
      }
      least += Homes.latestNanos(dry.finishNanos(1)) - dry.finishNanos(1);
    }
    if (gainNanos > least && count >= 1) {
      boolean tries = demand.breakers.tries(dry.lane());
      take(last, dry, open, demand, tries ? 1 : (int) count, nowNanos, recalls);
    }
  }

  /** Hands out what was called back for a peer. */
  static List<Handout> handOver(long nowNanos, Recalled recalled, Candidate to) {
    OwnBatch batch = recalled.from().of;
    IndexBits tasks = recalled.tasks().copy();
    tasks.retainAll(batch.ready);
    long patienceMicros = Dispatch.patienceMicros(batch, to);
    List<Handout> handouts = new ArrayList<>(1);
    while (!tasks.isEmpty()) {
      Handout handout = Dispatch.handOut(nowNanos, batch, tasks, to, tasks.size());
      handout.patienceMicros = patienceMicros;
      handouts.add(handout);
      batch.demand.breakers.tried(nowNanos, to.lane());
    }
    return handouts;
  }

  /** How many a peer gets at once: where they are long, no more than begin, for others are free. */
  private static double room(Candidate dry) {
    double busy = (double) dry.workNanos() / dry.meanNanos();
    return dry.meanNanos() < Share.LONG_NANOS
        ? Double.MAX_VALUE
        : Math.max(1, Math.floor(dry.slots() - busy));
  }

  /**
   * The same while more waits here: what stands in line with peers that would be through with it
   * long after all others, for they have become slow.
   */
  static void planLate(long nowNanos, Demand demand, List<Recalled> recalls) {
    OwnBatch first = demand.ready.peek();
    if (!demand.homes.isEmpty() || demand.candidates.size() < 2) {
      return;
    }
    double untilNanos = first == null ? 0 : Share.untilNanos(nowNanos, demand, first, null);
    for (Candidate each : first == null ? List.<Candidate>of() : demand.candidates.list()) {
      double beyond = each.finishNanos(0) - LATE_TIMES * untilNanos;
      if (beyond > RECALL_LEAST_NANOS + demand.candidates.longNanos(each)
          && !each.lane().handouts().isEmpty()) {
        double tasks = beyond * each.slots() / each.meanNanos();
        int count = (int) Math.min(Integer.MAX_VALUE, Math.ceil(tasks));
        long givenNanos = nowNanos - GIVEN_LEAST_NANOS;
        take(each, null, (to, batch) -> true, demand, count, givenNanos, recalls);
      }
    }
  }

  /** Takes the last tasks that a peer was given until then, beside those that its slots run. */
  private static void take(
      Candidate from,
      @Nullable Candidate to,
      Open open,
      Demand demand,
      int count,
      long givenNanos,
      List<Recalled> recalls) {
    int missing = count;
    int kept = from.slots();
    List<Handout> oldestFirst = List.copyOf(from.lane().handouts());
    int total = 0;
    for (Handout handout : oldestFirst) {
      total += handout.tasks.size() - handout.parked.size();
    }
    for (int i = oldestFirst.size() - 1; i >= 0 && missing > 0 && total > kept; i--) {
      Handout handout = oldestFirst.get(i);
      if (handout.sentNanos - givenNanos > 0) {
        total -= handout.tasks.size() - handout.parked.size(); // the slots run what is older
        continue;
      }
      if (handout.of.demand.all != demand || handout.of.policy().exclusive()) {
        continue;
      }
      boolean isHomed = handout.of.demand.key.home() != null; // then it goes by its home
      if (to != null && !isHomed && !open.isOpen(to, handout.of)) {
        continue;
      }
      IndexBits rest = handout.tasks.copy();
      rest.removeAll(handout.parked);
      int most = Math.min(missing, Math.min(rest.size(), total - kept));
      rest.takeFirst(rest.size() - most);
      if (most > 0) {
        recalls.add(new Recalled(handout, rest, isHomed ? null : to));
      }
      missing -= most;
      total -= most;
    }
  }
}
