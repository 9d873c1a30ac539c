package io.minga.node.schedule;

import java.time.Duration;

/**
 * The limits of scheduling, and its constants that a network may want to change.
 *
 * @param peersMax the most peers whose loads and run times are kept
 * @param functionsMax the most functions whose run times are kept
 * @param functionsPerPeerMax the most of these of one peer
 * @param queuedMax the most tasks in the run queue
 * @param kindsMax the most kinds of tasks in the run queue at a time
 * @param needsMax the most different requirements in the run queue at a time
 * @param tenantsMax the most tenants in the run queue at a time and priority
 * @param offersMax the most offers that wait for an answer
 * @param poolsMax the most orders of peers that hints keep, one for each kind, rule and power of
 *     two of tasks that was asked for lately
 * @param kindsPerPeriodMax how many kinds of tasks are offered in one period, those with the most
 *     work
 * @param movesMax how often a task may move
 * @param period from one look at the balance to the next
 * @param answerTime how long offered tasks are held back for an answer
 * @param patience how long tasks that need much may be overtaken by others that need less, before
 *     room is kept for them
 * @param remoteTime how much later than its finish time another peer's result is expected, for the
 *     way there and back
 * @param reportAge after how long a peer that said nothing is left out; longer in a crowd
 */
public record ScheduleOptions(
    int peersMax,
    int functionsMax,
    int functionsPerPeerMax,
    int queuedMax,
    int kindsMax,
    int needsMax,
    int tenantsMax,
    int offersMax,
    int poolsMax,
    int kindsPerPeriodMax,
    int movesMax,
    Duration period,
    Duration answerTime,
    Duration patience,
    Duration remoteTime,
    Duration reportAge) {
  /** What suits a peer that nobody has told otherwise. */
  public static final ScheduleOptions DEFAULT =
      new ScheduleOptions(
          16_384,
          4_096,
          256,
          12_000_000,
          4_096,
          64,
          10_000,
          1_024,
          64,
          8,
          5,
          Duration.ofSeconds(2),
          Duration.ofSeconds(5),
          Duration.ofSeconds(5),
          Duration.ofNanos(200_000),
          Duration.ofSeconds(30));

  /** Checks that every limit leaves room for something. */
  public ScheduleOptions {
    requirePositive("peersMax", peersMax);
    requirePositive("functionsMax", functionsMax);
    requirePositive("functionsPerPeerMax", functionsPerPeerMax);
    requirePositive("queuedMax", queuedMax);
    requirePositive("kindsMax", kindsMax);
    requirePositive("needsMax", needsMax);
    requirePositive("tenantsMax", tenantsMax);
    requirePositive("offersMax", offersMax);
    requirePositive("poolsMax", poolsMax);
    requirePositive("kindsPerPeriodMax", kindsPerPeriodMax);
    requirePositive("movesMax", movesMax);
    requirePositive("period", period.toNanos());
    requirePositive("answerTime", answerTime.toNanos());
    requirePositive("patience", patience.toNanos());
    requirePositive("remoteTime", remoteTime.toNanos());
    requirePositive("reportAge", reportAge.toNanos());
  }

  private static void requirePositive(String name, long value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " is " + value + "; it must be at least 1");
    }
  }
}
