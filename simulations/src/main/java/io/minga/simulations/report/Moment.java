package io.minga.simulations.report;

import java.util.Arrays;
import java.util.List;

/**
 * How things stood at a moment of a run.
 *
 * @param seconds since the work came that is measured
 * @param finishSeconds in how long each peer would be through, by peer; NaN for one that isn't
 *     there
 * @param done calls that were over
 * @param moves calls that had changed hands
 * @param bytes what all peers had sent; negative if nobody counted
 */
public record Moment(
    double seconds, List<Double> finishSeconds, long done, long moves, long bytes) {
  /** Copies the list. */
  public Moment {
    finishSeconds = List.copyOf(finishSeconds);
  }

  /** The finish times of those that are there, the least first. */
  double[] sorted() {
    return finishSeconds.stream()
        .mapToDouble(Double::doubleValue)
        .filter(it -> !Double.isNaN(it))
        .sorted()
        .toArray();
  }

  /** What a share of the sorted values is below. */
  static double quantile(double[] sorted, double share) {
    if (sorted.length == 0) {
      return 0;
    }
    double place = share * (sorted.length - 1);
    int below = (int) place;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  }

  /** The mean of finish times, of those that are there. */
  double mean() {
    return Arrays.stream(sorted()).average().orElse(0);
  }
}
