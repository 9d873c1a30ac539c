package io.minga.node.schedule;

import io.minga.libp2p.identity.PeerId;

/**
 * How a peer stands for tasks of one kind.
 *
 * @param slots how many of them it runs at once, at least 1
 * @param finishNanos from now until it is through with what it holds
 * @param meanNanos how long one of these tasks runs there
 * @param errorNanos the standard error of {@code finishNanos}
 * @param tailNanos how long after {@code finishNanos}, which is the mean of its slots, the last of
 *     them is through
 * @param deviationNanos by how much one of these tasks may run longer
 */
public record Standing(
    PeerId peer,
    int slots,
    long finishNanos,
    long meanNanos,
    double errorNanos,
    double tailNanos,
    long deviationNanos) {
  /** Checks that it works at all. */
  public Standing {
    if (slots < 1 || finishNanos < 0 || meanNanos < 1) {
      throw new IllegalArgumentException(
          "a peer has slots, a finish time and a mean, not %d, %d and %d"
              .formatted(slots, finishNanos, meanNanos));
    }
  }

  /** A peer whose finish time is known exactly. */
  public Standing(PeerId peer, int slots, long finishNanos, long meanNanos) {
    this(peer, slots, finishNanos, meanNanos, 0, 0, 0);
  }

  /**
   * A peer whose finish time is as sure as its tasks' run times: each deviates from the mean, and
   * the mean from the truth.
   */
  static Standing of(PeerId peer, int slots, long finishNanos, RunTime time) {
    double mean = (double) time.meanNanos();
    double part = (double) time.deviationNanos() / mean;
    double perTask = finishNanos * mean / slots * part * part;
    double ofMean = finishNanos * part * finishNanos * part / time.runs();
    return new Standing(
        peer,
        slots,
        finishNanos,
        time.meanNanos(),
        Math.sqrt(perTask + ofMean),
        tailNanos(slots, time),
        time.deviationNanos());
  }

  /**
   * How long after the mean of its slots the last of them is through: they end their last tasks
   * anywhere within one, and the longest of some run times is about so much above their mean.
   */
  static double tailNanos(int slots, RunTime time) {
    return time.meanNanos() * (0.5 - 0.5 / slots)
        + Math.sqrt(2 * Math.log(slots)) * time.deviationNanos();
  }

  /** From now until its last slot is through. */
  double endNanos() {
    return finishNanos + tailNanos;
  }

  /** How many of these tasks it ends in a nanosecond. */
  double rate() {
    return (double) slots / meanNanos;
  }
}
