package io.minga.simulations.plan;

import java.util.Arrays;
import java.util.SplittableRandom;

/** Run times drawn from distributions, in nanoseconds. */
public final class Lengths {
  private Lengths() {}

  /** All the same. */
  public static double[] fixed(int count, double nanos) {
    double[] lengths = new double[count];
    Arrays.fill(lengths, nanos);
    return lengths;
  }

  /**
   * Log-normal ones.
   *
   * @param spread the deviation over the mean
   */
  public static double[] logNormal(
      SplittableRandom random, int count, double meanNanos, double spread) {
    double variance = Math.log(1 + spread * spread);
    double[] lengths = new double[count];
    for (int i = 0; i < count; i++) {
      double log = -variance / 2 + Math.sqrt(variance) * random.nextGaussian();
      lengths[i] = Math.max(1_000, meanNanos * Math.exp(log));
    }
    return lengths;
  }
}
