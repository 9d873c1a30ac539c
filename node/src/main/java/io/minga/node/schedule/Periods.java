package io.minga.node.schedule;

import io.minga.node.task.LoadReport;

/**
 * How often peers say how they stand. The more there are, the less often: nobody hears more than a
 * bounded number of reports a second, and few of those that say nothing new.
 */
public final class Periods {
  /** What a peer hears in a second at most when all have something to do. */
  private static final long BUSY_PER_SECOND = 125;

  /**
   * That, when nobody has, in two seconds: a report of 230 B costs each peer 5.6 kB in a large
   * network, with all copies of it and all that is said about it, and an idle one is to cost 16 KiB
   * a second at most.
   */
  private static final long IDLE_PER_TWO_SECONDS = 5;

  /** How many reports may leave out of turn in a period, in networks of up to {@link #CROWD}. */
  private static final int EARLY_MAX = 8;

  private static final int CROWD = 250;

  /** Nobody's reports are further apart than the first two by two to the power of this. */
  private static final int DOUBLINGS_MAX = 12;

  /** By how much less often those speak that have nothing to do, in a small network. */
  private static final int IDLE_TIMES = 2;

  private static final long SECOND_NANOS = 1_000_000_000;

  private Periods() {}

  /** Whether a peer has nothing to do, and no calls that wait. */
  public static boolean isIdle(LoadReport report) {
    return report.busySlots() == 0 && report.queuedTasks() == 0 && !report.waiting();
  }

  /**
   * From one report to the next of a peer that has something to do.
   *
   * @param leastNanos that, in a small network
   * @param peers how many there are
   */
  public static long busyNanos(long leastNanos, int peers) {
    return Math.max(leastNanos, peers * SECOND_NANOS / BUSY_PER_SECOND);
  }

  /** How many reports may leave out of turn in a period: fewer in large networks, one at least. */
  public static int earlyMost(int peers) {
    return Math.max(1, Math.min(EARLY_MAX, EARLY_MAX * CROWD / Math.max(1, peers)));
  }

  /** The same of one that has had nothing to do for long. */
  public static long idleNanos(long leastNanos, int peers) {
    return Math.max(IDLE_TIMES * leastNanos, 2L * peers * SECOND_NANOS / IDLE_PER_TWO_SECONDS);
  }

  /**
   * The same of one that has said so many times in a row that it has nothing to do: twice as long
   * each time, so that who has missed the first hears the second before the peer is missed.
   */
  public static long quietNanos(long leastNanos, int peers, int said) {
    long nanos = busyNanos(leastNanos, peers) << Math.min(said, DOUBLINGS_MAX);
    return Math.min(nanos, idleNanos(leastNanos, peers));
  }

  /**
   * After which silence a peer is gone: three reports, and some more, are missing.
   *
   * @param silenceNanos that at least
   * @param leastNanos from one report to the next in a small network
   * @param idle whether it had nothing to do when it spoke last
   */
  public static long silenceNanos(long silenceNanos, long leastNanos, int peers, boolean idle) {
    long expected = idle ? idleNanos(leastNanos, peers) : busyNanos(leastNanos, peers);
    return missing(silenceNanos, expected);
  }

  /**
   * The same of a peer that had nothing to do when it spoke last, once others have: it speaks as
   * often as they do then.
   */
  public static long silenceAtWorkNanos(long silenceNanos, long leastNanos, int peers) {
    return missing(silenceNanos, Math.max(IDLE_TIMES * leastNanos, busyNanos(leastNanos, peers)));
  }

  private static long missing(long silenceNanos, long expectedNanos) {
    return Math.max(silenceNanos, 7 * expectedNanos / 2);
  }

  /**
   * Within which time all answer when somebody new is heard of: so that this takes no more than the
   * reports of those that have something to do.
   */
  public static long answerNanos(int peers) {
    return peers * SECOND_NANOS / BUSY_PER_SECOND;
  }
}
