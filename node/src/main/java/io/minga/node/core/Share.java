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
 * first, and in the end nobody begins what others would have done sooner.
 */
record Share(Candidate candidate, int tasks) {

  /**
   * Chooses the peer that would end one task first, of those that have room.
   *
   * @param hasRoom whether frames may go there, and work
   * @return null if all that waits should wait longer
   */
  static @Nullable Share of(
      long nowNanos, Demand demand, OwnBatch batch, Predicate<Candidate> hasRoom) {
    Lane avoided = avoids(nowNanos, demand, batch) ? batch.avoided : null;
    double untilNanos = untilNanos(nowNanos, demand, batch, avoided);
    Candidate best = null;
    double bestNanos = 0;
    int count = demand.candidates.size();
    int start = count == 0 ? 0 : demand.turn++ % count;
    for (int i = 0; i < count; i++) {
      Candidate each = demand.candidates.get((start + i) % count);
      double nanos = each.nextNanos();
      if (each.lane().canTake(nowNanos)
          && (best == null || nanos < bestNanos)
          && nanos - each.meanNanos() + each.longNanos() <= untilNanos
          && each.lane() != avoided
          && hasRoom.test(each)) {
        best = each;
        bestNanos = nanos;
      }
    }
    return best == null ? null : new Share(best, tasks(best, batch, untilNanos));
  }

  /** Until when work is to be over: the level, and a long task of the fastest. */
  private static double untilNanos(
      long nowNanos, Demand demand, OwnBatch batch, @Nullable Lane avoided) {
    double rate = 0;
    double tasks = (double) demand.ready.size() * batch.ready.size(); // they are about as large
    double least = Double.MAX_VALUE;
    for (Candidate each : demand.candidates) {
      if (each.lane() != avoided && each.lane().canTake(nowNanos)) {
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
    for (Candidate each : demand.candidates) {
      if (each.lane() != batch.avoided && each.lane().canTake(nowNanos)) {
        return true;
      }
    }
    return false;
  }

  private static int tasks(Candidate to, OwnBatch batch, double untilNanos) {
    double lastNanos = untilNanos - (to.longNanos() - to.meanNanos());
    double byThen = (lastNanos - to.finishNanos(0)) * to.slots() / to.meanNanos();
    double most = Math.min(byThen, to.roomTasks());
    return (int) Math.max(1, Math.min(most, batch.ready.size()));
  }
}
