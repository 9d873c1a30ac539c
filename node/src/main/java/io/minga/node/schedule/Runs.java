package io.minga.node.schedule;

import org.jspecify.annotations.Nullable;

/** The runs of one function on one peer. */
final class Runs {
  /** A peer's word is weighed against what was seen once that rests on so many runs. */
  static final int TRUSTED_COUNT = 8;

  /** A peer that says it is so many times slower than before has become slow. */
  private static final double SLOWED_TIMES = 2;

  /** And only if what it said before rested on so many runs. */
  private static final int SLOWED_RUNS = 16;

  /** Others hear at once of what is so many times later than they know. */
  private static final double NEWS_TIMES = 1.5;

  /** Of which function. */
  final Length length;

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

  Runs(Length length) {
    this.length = length;
  }

  /** Takes what the peer says. */
  void report(RunTime said) {
    RunTime before = reported;
    reported = said;
    if (saidBeforeNanos > 0) {
      boolean well = said.meanNanos() <= SLOWED_TIMES * saidBeforeNanos;
      saidBeforeNanos = well || isSeen() ? 0 : saidBeforeNanos;
    } else if (before != null
        && before.runs() >= SLOWED_RUNS
        && observed != null
        && observed.count() >= TRUSTED_COUNT
        && said.meanNanos() > SLOWED_TIMES * before.meanNanos()) {
      saidBeforeNanos = before.meanNanos();
      seenBefore = observed.mean();
    }
  }

  /** Whether what is seen has followed what the peer says. */
  private boolean isSeen() {
    return observed != null && observed.mean() > slowed() / SLOWED_TIMES;
  }

  /** What was seen before the peer became slow, as many times longer as it says. */
  private double slowed() {
    return reported == null || saidBeforeNanos == 0
        ? 0
        : seenBefore * reported.meanNanos() / saidBeforeNanos;
  }

  /**
   * Takes how late the runs are that have not ended.
   *
   * @return whether others should hear of it
   */
  boolean isLate(@Nullable Lateness lateness) {
    boolean isSure = isKnown() && count() >= SLOWED_RUNS; // of the first ones the short end first
    late = lateness == null || !isSure ? 1 : lateness.times(meanOfEnded(), deviationOfEnded());
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
    return Math.max(meanOfEnded() * late, slowed());
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
