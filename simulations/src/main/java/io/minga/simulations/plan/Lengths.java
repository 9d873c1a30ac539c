package io.minga.simulations.plan;

import java.util.Arrays;
import java.util.SplittableRandom;

/** How long each of some calls runs at speed 1, in nanoseconds. */
public final class Lengths {
  private final double[] nanos;

  private Lengths(double[] nanos) {
    this.nanos = nanos;
  }

  /** All the same. */
  public static Lengths fixed(int count, double eachNanos) {
    double[] lengths = new double[count];
    Arrays.fill(lengths, eachNanos);
    return new Lengths(lengths);
  }

  /**
   * Log-normal ones.
   *
   * @param spread the deviation over the mean
   */
  public static Lengths logNormal(
      SplittableRandom random, int count, double meanNanos, double spread) {
    double variance = Math.log(1 + spread * spread);
    double[] lengths = new double[count];
    for (int i = 0; i < count; i++) {
      double log = -variance / 2 + Math.sqrt(variance) * random.nextGaussian();
      lengths[i] = Math.max(1_000, meanNanos * Math.exp(log));
    }
    return new Lengths(lengths);
  }

  /** The same in another order. */
  public Lengths shuffled(SplittableRandom random) {
    double[] others = nanos.clone();
    for (int i = others.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      double kept = others[i];
      others[i] = others[j];
      others[j] = kept;
    }
    return new Lengths(others);
  }

  /** How many there are. */
  public int size() {
    return nanos.length;
  }

  /** How long the call of that place runs. */
  public double get(int call) {
    return nanos[call];
  }

  /** How long all run, one after the other. */
  public double sum() {
    return Arrays.stream(nanos).sum();
  }

  /** The longest; 0 if there is none. */
  public double max() {
    return Arrays.stream(nanos).max().orElse(0);
  }
}
