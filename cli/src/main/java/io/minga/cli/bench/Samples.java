package io.minga.cli.bench;

import java.util.Arrays;

/** Numbers that were measured, for their quantiles. Safe for several threads. */
public final class Samples {
  private long[] values = new long[1 << 12];
  private int count;

  /** Adds one. */
  public synchronized void add(long value) {
    if (count == values.length) {
      values = Arrays.copyOf(values, 2 * count);
    }
    values[count++] = value;
  }

  /** The value that the part {@code quantile} of all values does not exceed. */
  public synchronized long quantile(double quantile) {
    if (count == 0) {
      throw new IllegalStateException("nothing was measured");
    }
    Arrays.sort(values, 0, count);
    return values[(int) Math.min(count - 1, Math.floor(quantile * count))];
  }

  /** The middle one of {@code values}. */
  public static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
