package io.minga.node.schedule;

/**
 * The exponentially weighted mean and deviation of a series.
 *
 * <p>The mean of few values is their plain mean; later ones weigh a 64th, so that the mean is
 * steady (its error is a twelfth of the deviation). A second mean, in which new values weigh an
 * eighth, notices when the series has changed: once the two are further apart than the deviation,
 * which is four of the second one's errors, the series starts anew from the second.
 */
final class Average {
  private static final double STEADY = 1.0 / 64;
  private static final double QUICK = 1.0 / 8;
  private static final int QUICK_COUNT = 8;

  private int count;
  private double mean;
  private double quick;
  private double variance;

  /** An average that has seen nothing. */
  Average() {}

  /** An average that stands where {@code count} values would have brought it. */
  Average(int count, double mean) {
    this.count = count;
    this.mean = mean;
    this.quick = mean;
  }

  void add(double value) {
    count++;
    double weight = Math.max(1.0 / count, STEADY);
    double off = value - mean;
    mean += weight * off;
    variance = (1 - weight) * (variance + weight * off * off);
    quick += Math.max(1.0 / count, QUICK) * (value - quick);
    if (count > 2 * QUICK_COUNT && Math.abs(quick - mean) > deviation()) {
      mean = quick;
      count = QUICK_COUNT;
    }
  }

  /** How many values the mean rests on; no more than are needed to make it steady. */
  int count() {
    return count;
  }

  double mean() {
    return mean;
  }

  double deviation() {
    return Math.sqrt(variance);
  }
}
