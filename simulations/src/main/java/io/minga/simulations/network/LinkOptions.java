package io.minga.simulations.network;

/**
 * What the way from one peer to another is like.
 *
 * @param latencyMinNanos each link has one latency of its own, drawn from here
 * @param latencyMaxNanos to here
 * @param jitterNanos the most that a packet takes longer
 * @param bytesPerSecond how fast bytes leave for one peer
 * @param loss the share of packets that vanish; they are sent again, later
 * @param duplication the share of packets that come twice; the second costs bandwidth
 * @param reordering the share of packets that others overtake
 * @param breakNanos how long a connection outlives its cut link
 */
public record LinkOptions(
    long latencyMinNanos,
    long latencyMaxNanos,
    long jitterNanos,
    long bytesPerSecond,
    double loss,
    double duplication,
    double reordering,
    long breakNanos) {
  private static final long MILLI = 1_000_000;

  /** 20 to 200 ms and up to 5 more, 100 Mbit/s, no faults; a cut link breaks after 20 s. */
  public static final LinkOptions DEFAULT =
      new LinkOptions(20 * MILLI, 200 * MILLI, 5 * MILLI, 12_500_000, 0, 0, 0, 20_000 * MILLI);

  /** Checks that shares are shares and time runs forward. */
  public LinkOptions {
    if (latencyMinNanos < 0 || latencyMaxNanos < latencyMinNanos || jitterNanos < 0) {
      throw new IllegalArgumentException("latencies should have 0 <= min <= max and jitter >= 0");
    }
    if (bytesPerSecond <= 0 || breakNanos <= 0) {
      throw new IllegalArgumentException("bandwidth and the time to break should be above 0");
    }
    if (!isShare(loss) || !isShare(duplication) || !isShare(reordering)) {
      throw new IllegalArgumentException("loss, duplication and reordering should be 0 to 1");
    }
  }

  private static boolean isShare(double value) {
    return value >= 0 && value <= 1;
  }

  /** The same with latencies from {@code min} to {@code max}. */
  public LinkOptions withLatencyNanos(long min, long max) {
    return new LinkOptions(
        min, max, jitterNanos, bytesPerSecond, loss, duplication, reordering, breakNanos);
  }

  /** The same with other shares of packets that are lost, doubled and overtaken. */
  public LinkOptions withFaults(double lost, double doubled, double overtaken) {
    return new LinkOptions(
        latencyMinNanos,
        latencyMaxNanos,
        jitterNanos,
        bytesPerSecond,
        lost,
        doubled,
        overtaken,
        breakNanos);
  }

  /** The same with other bandwidth. */
  public LinkOptions withBytesPerSecond(long bytes) {
    return new LinkOptions(
        latencyMinNanos,
        latencyMaxNanos,
        jitterNanos,
        bytes,
        loss,
        duplication,
        reordering,
        breakNanos);
  }
}
