package io.minga.node.schedule;

import org.jspecify.annotations.Nullable;

/** The runs of one function on one peer. */
final class Runs {
  /** A peer's word is weighed against what was seen once that rests on so many runs. */
  static final int TRUSTED_COUNT = 8;

  /** A peer that says it is so many times slower than before has become slow. */
  private static final double SLOWED_TIMES = 2;

  /** Others hear at once of what is so many times later than they know. */
  private static final double NEWS_TIMES = 1.5;

  @Nullable Average observed;
  private @Nullable RunTime reported;

  /** While the peer says that it has become slow: what it said, and what was seen, before. */
  private long saidBeforeNanos;

  private double seenBefore;

  /** By how many times what runs now is later than that; and what others were told of it. */
  private double late = 1;

  private double lateTold = 1;

  /** What this adds to the function's length: its sum's part; NaN if nothing yet. */
  double counted = Double.NaN;

  /** Takes what the peer says. */
  void report(RunTime said) {
    long before =
        saidBeforeNanos > 0 ? saidBeforeNanos : reported == null ? 0 : reported.meanNanos();
    if (before == 0 || said.meanNanos() <= SLOWED_TIMES * before) {
      saidBeforeNanos = 0;
    } else if (saidBeforeNanos == 0) {
      saidBeforeNanos = before;
      seenBefore = observed == null ? 0 : observed.mean();
    }
    reported = said;
  }

  /**
   * Takes how late the runs are that have not ended.
   *
   * @return whether others should hear of it
   */
  boolean isLate(@Nullable Lateness lateness) {
    late = lateness == null || !isKnown() ? 1 : lateness.times(meanOfEnded(), deviationOfEnded());
    if (late >= NEWS_TIMES * lateTold) {
      lateTold = late;
      return true;
    }
    lateTold = Math.min(lateTold, late);
    return false;
  }

  boolean isKnown() {
    return observed != null || reported != null;
  }

  /** What was seen, or what the peer says, whichever rests on more. */
  private boolean isReported() {
    return reported != null && (observed == null || observed.count() < reported.runs());
  }

  /**
   * What a run is expected to take. A peer that has become slow knows that best, and gets less for
   * it, so it is believed.
   */
  double mean() {
    double mean = meanOfEnded() * late;
    return saidBeforeNanos == 0 || reported == null
        ? mean
        : Math.max(mean, seenBefore * reported.meanNanos() / saidBeforeNanos);
  }

  double deviation() {
    return deviationOfEnded() * mean() / meanOfEnded();
  }

  private double meanOfEnded() {
    if (reported == null || !isReported()) {
      return observed == null ? (double) Estimates.UNKNOWN_NANOS : observed.mean();
    }
    if (observed == null || observed.count() < TRUSTED_COUNT) {
      return (double) reported.meanNanos();
    }
    return Estimates.clamp((double) reported.meanNanos(), observed.mean());
  }

  private double deviationOfEnded() {
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
