package io.minga.node.schedule;

import io.minga.node.task.FunctionName;

/**
 * How long a function runs on some peer.
 *
 * @param meanNanos the mean, from {@link #MIN_NANOS} to {@link #MAX_NANOS}; 0 if it has not run
 *     there
 * @param deviationNanos the standard deviation, at most as large as the largest mean
 */
public record RunTime(FunctionName function, long meanNanos, long deviationNanos) {
  /** The shortest that is told apart from nothing: a microsecond. */
  public static final long MIN_NANOS = 1_000;

  /** The longest that is believed: thirty days. */
  public static final long MAX_NANOS = 30L * 24 * 3600 * 1_000_000_000;

  /** Brings both into their ranges. */
  public RunTime {
    meanNanos = meanNanos <= 0 ? 0 : Math.max(MIN_NANOS, Math.min(meanNanos, MAX_NANOS));
    deviationNanos = Math.max(0, Math.min(deviationNanos, MAX_NANOS));
  }

  /** Whether the function has run there. */
  public boolean isKnown() {
    return meanNanos > 0;
  }
}
