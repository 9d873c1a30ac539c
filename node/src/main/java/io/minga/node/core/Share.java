package io.minga.node.core;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What of a batch goes to a peer now.
 *
 * <p>The level is when all peers together would be through with all that waits and all that they
 * have. A peer gets no more than it would be through with by then, even if it is a long one, give
 * or take a long one of the fastest, and no more than a short horizon ahead. So a batch may be
 * shared by several peers, none stands idle because the fastest would be through with a whole batch
 * first, and in the end nobody begins what others would have done sooner. Less work than there are
 * slots is spread over all peers: where they are busy, some are sooner through than was believed.
 *
 * @param isOnly whether it is the only one that can take some now
 */
record Share(Candidate candidate, int tasks, boolean isOnly) {
  /**
   * Two moments that differ by less are equal. The mean of 32 run times that deviate by half of it
   * is easily a tenth off, and that of the luckiest of a hundred peers a fifth: all submitters
   * would give it their small jobs.
   */
  private static final double EQUAL_SHARE = 0.2;

  /** With so many candidates, the level isn't reckoned anew for each share. */
  private static final int MANY = 256;

  /** How often it is, for each candidate: that takes a hundredth of the time. */
  private static final long RECKON_EACH_NANOS = 1_000;

  /** It is worth a frame more that tasks of this length don't wait for each other. */
  static final long LONG_NANOS = 5_000_000;

  /**
   * Chooses the peer that would end one task first, of those that have room; of equal ones, one
   * that has the least of ours.
   *
   * @param hasRoom whether frames may go there, and work
   * @return null if all that waits should wait longer
   */
  static @Nullable Share of(
      long nowNanos, Demand demand, OwnBatch batch, Predicate<Candidate> hasRoom) {
    int count = demand.candidates.size();
    int start = count == 0 ? 0 : demand.turn++ % count;
    Lane avoided = null;
    double untilNanos = 0;
    List<Candidate> open = new ArrayList<>();
    Candidate ideal = null;
    boolean isAnyIdle = false;
    for (int i = 0; i < count; i++) {
      int place = start + i < count ? start + i : start + i - count;
      int full = demand.candidates.fullFrom(place);
      if (full > 0) {
        i += full - 1;
        continue;
      }
      Candidate each = demand.candidates.list().get(place);
      if (!hasRoom.test(each)) {
        demand.candidates.noteIfFull(place);
      } else if (each.lane().canTake(nowNanos, batch)) {
        if (open.isEmpty()) {
          avoided = avoids(nowNanos, demand, batch) ? batch.avoided : null;
          untilNanos = untilNanos(nowNanos, demand, batch, avoided);
        }
        open.add(each);
        if (!isAnyIdle && each.workPerSlotNanos() == 0 && !each.lane().carried) {
          isAnyIdle = true;
          ideal = isIdeal(demand, each) && may(demand, each, untilNanos, avoided) ? each : null;
        }
        if (ideal != null && open.size() > 1) {
          return new Share(ideal, tasks(demand, ideal, batch, untilNanos), false);
        }
      }
    }
    Candidate best = best(demand, open, untilNanos, avoided);
    return best == null
        ? null
        : new Share(best, tasks(demand, best, batch, untilNanos), open.size() == 1);
  }

  /**
   * Whether nobody would be chosen before an idle one, whoever comes after it: it would end a task
   * as soon as the fastest, give or take. Where most are idle the others need not be looked at.
   */
  private static boolean isIdeal(Demand demand, Candidate idle) {
    return idle.nextInTurnNanos() <= demand.candidates.leastMeanNanos() * (1 + EQUAL_SHARE);
  }

  private static @Nullable Candidate best(
      Demand demand, List<Candidate> open, double untilNanos, @Nullable Lane avoided) {
    double leastNanos = Double.MAX_VALUE;
    for (Candidate each : open) {
      double nanos = each.nextInTurnNanos();
      if (nanos < leastNanos && may(demand, each, untilNanos, avoided)) {
        leastNanos = nanos;
      }
    }
    Candidate best = null;
    for (Candidate each : open) {
      if (each.nextInTurnNanos() <= leastNanos * (1 + EQUAL_SHARE)
          && (best == null || isBefore(each, best))
          && may(demand, each, untilNanos, avoided)) {
        best = each;
      }
    }
    return best;
  }

  /** Of two that would end a task at the same time: who has less of ours, or is nearer. */
  private static boolean isBefore(Candidate one, Candidate other) {
    double less = one.workPerSlotNanos() - other.workPerSlotNanos();
    return less < 0 || (less == 0 && other.lane().carried && !one.lane().carried);
  }

  private static boolean may(
      Demand demand, Candidate each, double untilNanos, @Nullable Lane avoided) {
    return each.nextInTurnNanos() - each.meanNanos() + demand.candidates.longNanos(each)
            <= untilNanos
        && each.lane() != avoided;
  }

  /**
   * Until when work is to be over, from now: the level, and a long task of the fastest, give or
   * take. While nothing more comes in the level is a moment that stays, so where there are very
   * many it is reckoned now and then.
   */
  static double untilNanos(long nowNanos, Demand demand, OwnBatch batch, @Nullable Lane avoided) {
    int count = demand.candidates.size();
    if (count < MANY || avoided != null || batch.policy().exclusive()) {
      return reckonedNanos(nowNanos, demand, batch, avoided);
    }
    long sinceNanos = nowNanos - demand.candidates.reckonedNanos;
    if (demand.ready.size() > demand.candidates.reckonedReady
        || sinceNanos > count * RECKON_EACH_NANOS) {
      demand.candidates.reckonedNanos = nowNanos;
      demand.candidates.reckonedReady = demand.ready.size();
      demand.candidates.untilNanos = reckonedNanos(nowNanos, demand, batch, null);
      return demand.candidates.untilNanos;
    }
    return demand.candidates.untilNanos - sinceNanos;
  }

  private static double reckonedNanos(
      long nowNanos, Demand demand, OwnBatch batch, @Nullable Lane avoided) {
    double rate = 0;
    double tasks = (double) demand.ready.size() * batch.ready.size(); // they are about as large
    double least = Double.MAX_VALUE;
    for (Candidate each : demand.candidates.list()) {
      if (each.lane() != avoided && each.lane().canTake(nowNanos, batch)) {
        double its = (double) each.slots() / each.meanNanos();
        rate += its;
        tasks += each.finishNanos(0) * its;
        least = Math.min(least, demand.candidates.longNanos(each));
      }
    }
    return rate == 0 ? 0 : tasks / rate + least * (1 + EQUAL_SHARE);
  }

  /** Whether anybody but the one who failed the batch last could take it. */
  private static boolean avoids(long nowNanos, Demand demand, OwnBatch batch) {
    if (batch.avoided == null) {
      return false;
    }
    for (Candidate each : demand.candidates.list()) {
      if (each.lane() != batch.avoided && each.lane().canTake(nowNanos, batch)) {
        return true;
      }
    }
    return false;
  }

  private static int tasks(Demand demand, Candidate to, OwnBatch batch, double untilNanos) {
    double lastNanos = untilNanos - (demand.candidates.longNanos(to) - to.meanNanos());
    double byThen = (lastNanos - to.finishNanos(0)) * to.slots() / to.meanNanos();
    double most = Math.min(byThen, to.roomTasks());
    most = Math.min(most, batch.ready.size());
    return (int) Math.max(1, to.meanNanos() < LONG_NANOS ? most : Math.min(most, each(demand)));
  }

  /** How many each gets of less than all slots could run at once; of more, any number. */
  private static double each(Demand demand) {
    long slots = demand.candidates.slots();
    long ready = 0;
    for (OwnBatch waiting : demand.ready) {
      ready += waiting.ready.size();
      if (ready > slots) {
        return Double.MAX_VALUE;
      }
    }
    return Math.ceil((double) ready / demand.candidates.size());
  }
}
