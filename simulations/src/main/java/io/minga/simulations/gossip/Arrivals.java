package io.minga.simulations.gossip;

import static io.minga.simulations.events.Simulation.SECOND;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;

/** How many of the deliveries that were due took place, and how long they took. */
final class Arrivals {
  /** Who came later than this before a message, or went earlier after it, is not counted. */
  private static final long SETTLING_NANOS = 10 * SECOND;

  private static final double MILLIS_PER_MICRO = 1e-3;

  private final int[] micros;
  private final long due;

  private Arrivals(int[] sortedMicros, long due) {
    this.micros = sortedMicros;
    this.due = due;
  }

  /** Those of {@code messages} at the peers that {@code counted} names. */
  static Arrivals of(Cluster cluster, List<Messages.Sent> messages, IntPredicate counted) {
    int[] micros = new int[1024];
    int count = 0;
    long due = 0;
    for (Messages.Sent it : messages) {
      long fromNanos = it.publishedNanos - SETTLING_NANOS;
      long toNanos = it.publishedNanos + SETTLING_NANOS;
      for (int peer = 0; peer < cluster.size(); peer++) {
        if (peer == it.author || !counted.test(peer) || !cluster.ran(peer, fromNanos, toNanos)) {
          continue;
        }
        due++;
        if (it.arrivalMicros(peer) != 0) {
          if (count == micros.length) {
            micros = Arrays.copyOf(micros, 2 * count);
          }
          micros[count++] = it.arrivalMicros(peer);
        }
      }
    }
    micros = Arrays.copyOf(micros, count);
    Arrays.sort(micros);
    return new Arrivals(micros, due);
  }

  long due() {
    return due;
  }

  long missing() {
    return due - micros.length;
  }

  double deliveredPercent() {
    return due == 0 ? 100 : 100.0 * micros.length / due;
  }

  /** The time that {@code percent} of the deliveries took no longer than. */
  double percentileMillis(double percent) {
    if (micros.length == 0) {
      return 0;
    }
    int rank = (int) Math.ceil(percent / 100 * micros.length);
    return micros[Math.max(rank, 1) - 1] * MILLIS_PER_MICRO;
  }
}
