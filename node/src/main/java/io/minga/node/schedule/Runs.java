package io.minga.node.schedule;

import org.jspecify.annotations.Nullable;

/** The runs of one function on one peer. */
final class Runs {
  /** A peer's word is weighed against what was seen once that rests on so many runs. */
  static final int TRUSTED_COUNT = 8;

  @Nullable Average observed;
  @Nullable RunTime reported;

  /** What this adds to the function's length: its sum's part; NaN if nothing yet. */
  double counted = Double.NaN;

  boolean isKnown() {
    return observed != null || reported != null;
  }

  /** What was seen, or what the peer says, whichever rests on more. */
  private boolean isReported() {
    return reported != null && (observed == null || observed.count() < reported.runs());
  }

  double mean() {
    if (reported == null || !isReported()) {
      return observed == null ? (double) Estimates.UNKNOWN_NANOS : observed.mean();
    }
    if (observed == null || observed.count() < TRUSTED_COUNT) {
      return (double) reported.meanNanos();
    }
    return Estimates.clamp((double) reported.meanNanos(), observed.mean());
  }

  double deviation() {
    if (observed != null && (!isReported() || observed.count() >= TRUSTED_COUNT)) {
      return observed.deviation();
    }
    return reported == null ? 0 : (double) reported.deviationNanos();
  }

  int count() {
    if (reported != null && isReported()) {
      return reported.runs();
    }
    return observed == null ? 1 : observed.count();
  }

  /** The square of what the mean may be off, as a part of it. */
  double variance() {
    return Speeds.variance(mean(), deviation(), count());
  }
}
