package io.minga.node.schedule;

/**
 * The mean and deviation of a series, of as much of it as is alike.
 *
 * <p>Values count alike up to {@link #WEIGHT_MAX}; then the oldest are slowly forgotten. Beside the
 * mean runs one of the logarithms in which new values weigh a 32nd, and notices when the series has
 * changed: once it is seven of its own errors off the steady one, the series starts anew from
 * there. Logarithms, because run times have long tails that would raise false alarms; seven,
 * because values come in waves: of tasks that begin together the short ones end first. Three in a
 * row that are far off, all to one side, need no such patience: that is a change by several times.
 */
final class Average {
  /** How many values the mean rests on at most: its error is then a thirtieth of the deviation. */
  static final int WEIGHT_MAX = 1024;

  private static final double QUICK = 1.0 / 32;
  private static final int QUICK_COUNT = 32;

  /** Seven errors of a mean in which new values weigh a 32nd: it rests on 63. */
  private static final double CHANGED_DEVIATIONS = 7 / Math.sqrt(63);

  /** As many values in a row that are so far off, to the same side, need no more to be believed. */
  private static final int FAR_RUNS = 3;

  private static final double FAR_DEVIATIONS = 3;

  /** What is less off, as a logarithm, isn't far: by a half. */
  private static final double FAR_LEAST = 0.4;

  /** Changes that are smaller, as a logarithm, aren't worth forgetting what was. */
  private static final double CHANGED_LEAST = 0.05;

  private int count;
  private double mean;
  private double variance;
  private double steadyLog;
  private double varianceLog;
  private double quickLog;

  /** How many in a row are far off, below 0 if they are too small; and what they sum up to. */
  private int far;

  private double farLogs;

  /** An average that has seen nothing. */
  Average() {}

  /** An average that stands where {@code count} values would have brought it. */
  Average(int count, double mean) {
    restart(count, mean);
  }

  private void restart(int values, double value) {
    far = 0;
    farLogs = 0;
    count = values;
    variance = mean > 0 ? variance * (value / mean) * (value / mean) : 0;
    mean = value;
    steadyLog = Math.log(value);
    quickLog = steadyLog;
  }

  void add(double value) {
    double log = Math.log(value);
    if (isFar(log)) {
      restart(FAR_RUNS, Math.exp(farLogs / FAR_RUNS));
      return;
    }
    count = Math.min(count + 1, WEIGHT_MAX);
    double weight = 1.0 / count;
    double off = value - mean;
    mean += weight * off;
    variance = (1 - weight) * (variance + weight * off * off);
    double offLog = log - steadyLog;
    steadyLog += weight * offLog;
    varianceLog = (1 - weight) * (varianceLog + weight * offLog * offLog);
    quickLog += Math.max(weight, QUICK) * (log - quickLog);
    double moved = Math.abs(quickLog - steadyLog);
    if (count > QUICK_COUNT
        && moved > CHANGED_LEAST
        && moved > CHANGED_DEVIATIONS * Math.sqrt(varianceLog)) {
      restart(2, Math.exp(quickLog));
    }
  }

  private boolean isFar(double log) {
    double offLog = log - steadyLog;
    boolean its =
        count > QUICK_COUNT
            && Math.abs(offLog) > Math.max(FAR_LEAST, FAR_DEVIATIONS * Math.sqrt(varianceLog));
    int side = offLog > 0 ? 1 : -1;
    if (!its || far * side < 0) {
      far = 0;
      farLogs = 0;
    }
    if (its) {
      far += side;
      farLogs += log;
    }
    return Math.abs(far) == FAR_RUNS;
  }

  /** How many values the mean rests on. */
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
