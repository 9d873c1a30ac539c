package io.minga.simulations.node;

/** A wall clock that goes wrong: it drifts, and now and then it jumps. */
final class WallClock {
  private static final long EPOCH_MILLIS = 1_767_225_600_000L;
  private static final double NANOS_PER_MILLI = 1e6;

  private final double rate;
  private long offsetMillis;

  WallClock(double rate) {
    this.rate = rate;
  }

  void jump(long millis) {
    offsetMillis += millis;
  }

  long millis(long nowNanos) {
    return EPOCH_MILLIS + offsetMillis + (long) (nowNanos / NANOS_PER_MILLI * rate);
  }
}
