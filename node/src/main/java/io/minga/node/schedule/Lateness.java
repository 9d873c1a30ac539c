package io.minga.node.schedule;

/**
 * For how long tasks of one function have been running at this moment, on one peer.
 *
 * <p>A task met while it runs has done, in the mean, (1 + c²) / 2 of a mean run time, if c is the
 * deviation over the mean (length-biased sampling). When those that run have done far more than
 * that, the peer, or what it is given, has become slower: by as much as they are beyond it. So a
 * change by ten times shows while the first slow tasks run, and not when they have ended.
 */
public final class Lateness {
  /** By how many standard errors the mean must be off. */
  private static final double SURE_ERRORS = 4;

  /**
   * What one age deviates by, as a part of the mean run time: of equal run times, and otherwise.
   */
  private static final double LEAST_DEVIATION = 0.3;

  private static final double MORE_DEVIATION = 0.7;

  private int tasks;
  private int runs;
  private long nanos;

  /** Counts a run of so many tasks, one after the other, that began so long ago. */
  public void add(int runTasks, long ranNanos) {
    runs++;
    tasks += runTasks;
    nanos += ranNanos;
  }

  /** How many times slower these are than the mean says; 1 if that may be chance. */
  double times(double meanNanos, double deviationNanos) {
    double spread = Math.min(2, deviationNanos / meanNanos);
    double expected = (1 + spread * spread) / 2;
    double error = (LEAST_DEVIATION + MORE_DEVIATION * spread) / Math.sqrt(runs);
    double age = nanos / (tasks * meanNanos);
    return runs > 0 && age > expected + SURE_ERRORS * error ? age / expected : 1;
  }
}
