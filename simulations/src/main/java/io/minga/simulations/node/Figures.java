package io.minga.simulations.node;

import io.minga.simulations.plan.Plan;
import java.util.List;
import java.util.Locale;

/**
 * What came of a run.
 *
 * @param policy who decided
 * @param ratio makespan over the oracle's; for several bursts, the mean over them of response over
 *     the oracle's
 * @param delayedRatio the same over an oracle to which the links' delays apply, too
 * @param makespanSeconds from the first measured burst to the last outcome
 * @param oracleSeconds the same by the oracle
 * @param movesPerTask how often a measured task was handed to another peer than the one that had it
 * @param warmUpMovesPerTask the same of those before, when nobody knew how fast others are; 0 if
 *     there were none
 * @param bytesPerPeerSecond what a peer sends over streams and takes in by gossip, since the begin;
 *     NaN if nobody counted
 * @param gossipShare how much of that is gossip; NaN likewise
 * @param lost calls without an outcome whose caller lives
 * @param failed calls that failed
 * @param duplicates how often tasks ran to their end that had before
 * @param series how things stood, over time
 */
public record Figures(
    Plan plan,
    String policy,
    double ratio,
    double delayedRatio,
    double makespanSeconds,
    double oracleSeconds,
    double movesPerTask,
    double warmUpMovesPerTask,
    double bytesPerPeerSecond,
    double gossipShare,
    int lost,
    long failed,
    long duplicates,
    long traceHash,
    double simulatedSeconds,
    long events,
    List<Sample> series) {
  /**
   * How things stood at a moment.
   *
   * @param seconds since the begin
   * @param finishSeconds of each peer, what it says it has to do, over its slots
   * @param done calls that are over
   * @param moves measured tasks that changed hands so far
   * @param bytes that all peers sent so far
   */
  public record Sample(
      double seconds, List<Double> finishSeconds, int done, long moves, long bytes) {
    /** Copies the list. */
    public Sample {
      finishSeconds = List.copyOf(finishSeconds);
    }
  }

  /** Copies the list. */
  public Figures {
    series = List.copyOf(series);
  }

  /** All as one JSON object on one line, without the series. */
  public String toJson(double wallSeconds) {
    return String.format(
        Locale.ROOT,
        "{\"scenario\":\"%s\",\"policy\":\"%s\",\"peers\":%d,\"seed\":%d,\"tasks\":%d,"
            + "\"makespanOverOracle\":%.4f,\"overOracleWithDelays\":%.4f,\"makespanSeconds\":%.3f,\"oracleSeconds\":%.3f,"
            + "\"movesPerTask\":%.4f,\"warmUpMovesPerTask\":%.4f,\"bytesPerPeerSecond\":%s,\"gossipShare\":%s,"
            + "\"lost\":%d,\"failed\":%d,\"duplicateExecutions\":%d,\"traceHash\":\"%016x\","
            + "\"simulatedSeconds\":%.3f,\"wallSeconds\":%.3f,\"events\":%d}",
        plan.name(),
        policy,
        plan.machines().size(),
        plan.seed(),
        plan.tasks(),
        ratio,
        delayedRatio,
        makespanSeconds,
        oracleSeconds,
        movesPerTask,
        warmUpMovesPerTask,
        json("%.0f", bytesPerPeerSecond),
        json("%.3f", gossipShare),
        lost,
        failed,
        duplicates,
        traceHash,
        simulatedSeconds,
        wallSeconds,
        events);
  }

  private static String json(String format, double value) {
    return Double.isNaN(value) ? "null" : String.format(Locale.ROOT, format, value);
  }
}
