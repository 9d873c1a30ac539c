package io.minga.node.schedule;

/**
 * How slow peers are, as logarithms relative to a peer of no importance.
 *
 * <p>A peer's slowness is what its functions take longer than the same elsewhere, those weighing
 * most that were measured best. It is drawn towards the mean of all peers, by the weight of the
 * evidence: if peers differ by the variance t and this one's slowness may be off by the variance v,
 * it is believed t / (t + v). How much peers differ is what their slownesses differ beyond what
 * they may be off. (Empirical Bayes; Efron and Morris, 1973.)
 */
final class Speeds {
  /** Before anything is known, peers differ by a half; that weighs next to nothing. */
  private static final double PRIOR_VARIANCE = 0.25;

  private static final double PRIOR_WEIGHT = 0.02;

  /** A function's deviation is taken as half of its mean, as firmly as if two runs had shown it. */
  private static final double PRIOR_DEVIATION = 0.5;

  private static final int PRIOR_RUNS = 2;

  /** What no number of runs makes surer. */
  private static final double LEAST_VARIANCE = 1e-6;

  /** How much functions differ in how slow a peer is with them: a twentieth. */
  private static final double PECULIAR_VARIANCE = 0.0025;

  private int count;
  private double sum;
  private double squares;
  private double variances;

  /** A peer's slowness as measured. */
  static class Speed {
    private boolean known;
    private double raw;
    private double variance;

    /** Whether the peer has run a function that others have run too. */
    boolean isKnown() {
      return known;
    }

    double raw() {
      return raw;
    }
  }

  /** Gathers how much slower a peer is with each function. */
  static final class Fit {
    private double sum;
    private double weights;
    private double evidence;

    void add(double slower, double variance) {
      double weight = 1 / (variance + PECULIAR_VARIANCE);
      sum += weight * slower;
      weights += weight;
      evidence += 1 / variance;
    }
  }

  /** The square of what the mean of some runs may be off, as a part of it. */
  static double variance(double mean, double deviation, int runs) {
    double part = deviation / mean;
    double prior = PRIOR_RUNS * PRIOR_DEVIATION * PRIOR_DEVIATION;
    return (runs * part * part + prior) / (runs + PRIOR_RUNS) / runs + LEAST_VARIANCE;
  }

  void put(Speed speed, Fit fit) {
    if (fit.weights > 0) {
      remove(speed);
      speed.known = true;
      speed.raw = fit.sum / fit.weights;
      speed.variance = 1 / fit.evidence;
      count++;
      sum += speed.raw;
      squares += speed.raw * speed.raw;
      variances += speed.variance;
    }
  }

  void remove(Speed speed) {
    if (speed.known) {
      speed.known = false;
      count--;
      sum -= speed.raw;
      squares -= speed.raw * speed.raw;
      variances -= speed.variance;
    }
  }

  /** The mean of all peers, which is what is expected of one of which nothing is known. */
  double mean() {
    return count == 0 ? 0 : sum / count;
  }

  /** The slowness that is most likely the peer's. */
  double log(Speed speed) {
    double mean = mean();
    return speed.known ? mean + believed(speed) * (speed.raw - mean) : mean;
  }

  /** The square of what {@link #log} may be off. */
  double variance(Speed speed) {
    return speed.known ? believed(speed) * speed.variance + variances / count / count : 0;
  }

  private double believed(Speed speed) {
    double spread = Math.max(0, squares - sum * sum / count);
    double differ =
        (spread + PRIOR_WEIGHT * PRIOR_VARIANCE) / (count - 1 + PRIOR_WEIGHT) - variances / count;
    return differ <= 0 ? 0 : differ / (differ + speed.variance);
  }
}
