package io.minga.node.schedule;

import java.util.ArrayList;
import java.util.List;

/** All tasks of one kind in the queue. */
final class Stock {
  private static final int RENEW_EVERY = 16;

  final Kind kind;

  /** The lanes in which some stand. */
  final List<Lane> lanes = new ArrayList<>(1);

  int count;
  long hintNanos;
  private long meanNanos;
  private int uses;

  Stock(Kind kind) {
    this.kind = kind;
  }

  void add(int tasks) {
    count += tasks;
  }

  /** The expected run time of one, looked up every now and then. */
  long meanNanos(RunQueue.RunTimes runTimes) {
    if (uses-- <= 0) {
      meanNanos = Math.max(1, runTimes.meanNanos(kind, hintNanos));
      uses = RENEW_EVERY;
    }
    return meanNanos;
  }

  /** The expected run time of all, with one that is looked up now. */
  long freshWorkNanos(RunQueue.RunTimes runTimes) {
    uses = 0;
    meanNanos(runTimes);
    return workNanos();
  }

  long meanNanos() {
    return meanNanos;
  }

  long workNanos() {
    return meanNanos * count;
  }
}
