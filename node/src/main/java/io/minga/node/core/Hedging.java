package io.minga.node.core;

import io.minga.node.schedule.Estimates;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which of the last tasks are given to a second peer: when fewer are left than slots are free, and
 * one has been running for longer than its function should, an idle peer gets a copy. One that has
 * failed before gets none, since it has attempts of its own. The first result counts (Dean and
 * Barroso, The Tail at Scale, 2013).
 */
final class Hedging {
  /** How long a task may run before it is late: the mean, and so many deviations. */
  private static final double LATE_DEVIATIONS = 3;

  /** As long as little is known, run times are taken to deviate by half of their mean. */
  private static final double LEAST_DEVIATION = 0.5;

  private Hedging() {}

  /** A task that is to run with another peer, too. */
  record Copy(OwnBatch batch, int index, Candidate to) {}

  /** An idle peer, and how many slots it has free. */
  private static final class Idle {
    final Candidate candidate;
    final double lateNanos;
    int free;

    Idle(Candidate candidate, int free) {
      this.candidate = candidate;
      this.free = free;
      double mean = (double) candidate.meanNanos();
      double deviation = Math.max(LEAST_DEVIATION * mean, (double) candidate.deviationNanos());
      this.lateNanos = mean + LATE_DEVIATIONS * deviation;
    }
  }

  /** The copies that should be made now. */
  static List<Copy> plan(long nowNanos, Demand demand) {
    List<Idle> idle = new ArrayList<>();
    long free = 0;
    for (Candidate each : demand.candidates.list()) {
      int its = each.lane().canTake(nowNanos) ? each.freeSlots() : 0;
      if (its > 0) {
        idle.add(new Idle(each, its));
        free += its;
      }
    }
    List<Copy> copies = new ArrayList<>();
    if (demand.candidates.measured && demand.handed <= free) {
      for (Candidate each : demand.candidates.list()) {
        for (Handout handout : each.lane().handouts()) {
          if (handout.of.demand == demand && mayCopy(handout)) {
            plan(nowNanos, handout, idle, copies);
          }
        }
      }
    }
    return copies;
  }

  /**
   * Whether some that have no copy have run for so long that they would be late with the fastest
   * peer.
   */
  static boolean mayBeLate(long nowNanos, Demand demand, Iterable<Lane> laden) {
    double late = (1 + LATE_DEVIATIONS * LEAST_DEVIATION) * demand.candidates.leastMeanNanos();
    for (Lane lane : laden) {
      for (Handout handout : lane.handouts()) {
        if (handout.of.demand == demand
            && ranNanos(nowNanos, handout) > late
            && mayCopy(handout)
            && hasToCopy(handout)) {
          return true;
        }
      }
    }
    return false;
  }

  /** For how long the first of its tasks has been running, if it began when it was to. */
  private static long ranNanos(long nowNanos, Handout handout) {
    return nowNanos - handout.sentNanos - handout.lane.roundTripNanos - handout.waitNanos;
  }

  private static boolean mayCopy(Handout handout) {
    OwnBatch batch = handout.of;
    return !batch.policy().exclusive()
        && batch.policy().replicas() == 1
        && !batch.batch.hasMemoizable(); // equal calls wait for it where it is
  }

  private static boolean hasToCopy(Handout handout) {
    for (int index = 0; index < handout.of.batch.size(); index++) {
      if (handout.tasks.contains(index) && mayCopy(handout, index)) {
        return true;
      }
    }
    return false;
  }

  private static boolean mayCopy(Handout handout, int index) {
    return !handout.parked.contains(index)
        && handout.of.holders(index) == 1
        && handout.of.attempts().failures(index) == 0;
  }

  private static void plan(long nowNanos, Handout handout, List<Idle> idle, List<Copy> copies) {
    long ranNanos = ranNanos(nowNanos, handout);
    long leftNanos = Estimates.remainingNanos(handout.taskNanos, Math.max(0, ranNanos));
    handout
        .tasks
        .copy()
        .forEach(
            index -> {
              Idle to = mayCopy(handout, index) ? first(idle, handout) : null;
              if (to != null && ranNanos > to.lateNanos && leftNanos > to.candidate.meanNanos()) {
                to.free--;
                copies.add(new Copy(handout.of, index, to.candidate));
              }
            });
  }

  /** Of the others that are idle, the fastest. */
  private static @Nullable Idle first(List<Idle> idle, Handout handout) {
    Idle first = null;
    for (Idle each : idle) {
      if (each.free > 0
          && each.candidate.lane() != handout.lane
          && (first == null || each.candidate.meanNanos() < first.candidate.meanNanos())) {
        first = each;
      }
    }
    return first;
  }
}
