package io.minga.node.core;

import io.minga.node.core.Demand.Candidate;
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
 */
record Share(Candidate candidate, int tasks) {
  /**
   * Two moments that differ by less are equal: the mean of 64 run times is easily so much off, and
   * whoever is believed to be the fastest would get every small job of everybody.
   */
  private static final double EQUAL_SHARE = 0.1;

  /** It is worth a frame more that tasks of this length don't wait for each other. */
  private static final long LONG_NANOS = 5_000_000;

  /**
   * Chooses the peer that would end one task first, of those that have room; of equal ones, one
   * that has the least of ours.
   *
   * @param hasRoom whether frames may go there, and work
   * @return null if all that waits should wait longer
   */
  static @Nullable Share of(
      long nowNanos, Demand demand, OwnBatch batch, Predicate<Candidate> hasRoom) {
    Lane avoided = avoids(nowNanos, demand, batch) ? batch.avoided : null;
    double untilNanos = untilNanos(nowNanos, demand, batch, avoided);
    int count = demand.candidates().size();
    double leastNanos = Double.MAX_VALUE;
    for (int i = 0; i < count; i++) {
      Candidate each = demand.candidates().get(i);
      double nanos = each.nextInTurnNanos();
      if (nanos < leastNanos
          && may(nowNanos, each, batch, untilNanos, avoided)
          && hasRoom.test(each)) {
        leastNanos = nanos;
      }
    }
    Candidate best = null;
    int start = count == 0 ? 0 : demand.turn++ % count;
    for (int i = 0; i < count; i++) {
      Candidate each = demand.candidates().get((start + i) % count);
      if (each.nextInTurnNanos() <= leastNanos * (1 + EQUAL_SHARE)
          && (best == null || each.workPerSlotNanos() < best.workPerSlotNanos())
          && may(nowNanos, each, batch, untilNanos, avoided)
          && hasRoom.test(each)) {
        best = each;
      }
    }
    return best == null ? null : new Share(best, tasks(demand, best, batch, untilNanos));
  }

  private static boolean may(
      long nowNanos, Candidate each, OwnBatch batch, double untilNanos, @Nullable Lane avoided) {
    return each.lane().canTake(nowNanos, batch)
        && each.nextInTurnNanos() - each.meanNanos() + each.longNanos() <= untilNanos
        && each.lane() != avoided;
  }

  /** Until when work is to be over: the level, and a long task of the fastest. */
  static double untilNanos(long nowNanos, Demand demand, OwnBatch batch, @Nullable Lane avoided) {
    double rate = 0;
    double tasks = (double) demand.ready.size() * batch.ready.size(); // they are about as large
    double least = Double.MAX_VALUE;
    for (Candidate each : demand.candidates()) {
      if (each.lane() != avoided && each.lane().canTake(nowNanos, batch)) {
        double its = (double) each.slots() / each.meanNanos();
        rate += its;
        tasks += each.finishNanos(0) * its;
        least = Math.min(least, each.longNanos());
      }
    }
    return rate == 0 ? 0 : tasks / rate + least;
  }

  /** Whether anybody but the one who failed the batch last could take it. */
  private static boolean avoids(long nowNanos, Demand demand, OwnBatch batch) {
    if (batch.avoided == null) {
      return false;
    }
    for (Candidate each : demand.candidates()) {
      if (each.lane() != batch.avoided && each.lane().canTake(nowNanos, batch)) {
        return true;
      }
    }
    return false;
  }

  private static int tasks(Demand demand, Candidate to, OwnBatch batch, double untilNanos) {
    double lastNanos = untilNanos - (to.longNanos() - to.meanNanos());
    double byThen = (lastNanos - to.finishNanos(0)) * to.slots() / to.meanNanos();
    double most = Math.min(byThen, to.roomTasks());
    most = Math.min(most, batch.ready.size());
    return (int) Math.max(1, to.meanNanos() < LONG_NANOS ? most : Math.min(most, each(demand)));
  }

  /** How many each gets of less than all slots could run at once; of more, any number. */
  private static double each(Demand demand) {
    long slots = 0;
    for (Candidate each : demand.candidates()) {
      slots += each.slots();
    }
    long ready = 0;
    for (OwnBatch waiting : demand.ready) {
      ready += waiting.ready.size();
      if (ready > slots) {
        return Double.MAX_VALUE;
      }
    }
    return Math.ceil((double) ready / demand.candidates().size());
  }
}
