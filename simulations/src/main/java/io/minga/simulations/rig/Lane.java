package io.minga.simulations.rig;

import java.util.random.RandomGenerator;

/**
 * One direction of a relayed connection: says when each piece of bytes arrives. Pieces arrive in
 * order, as TCP delivers them: one whose segment is lost waits for TCP to send it again, and so
 * does all that is behind it.
 */
public final class Lane {
  /** The least that TCP waits before it sends again; each further loss in a row doubles it. */
  private static final long RESEND_NANOS = 200_000_000;

  private static final int LOSSES_IN_A_ROW_MAX = 6;

  private final RandomGenerator random;
  private long lastNanos;
  private long untilReset;

  /** A lane in this weather, which it draws from. */
  public Lane(RandomGenerator random, Weather weather, long nowNanos) {
    this.random = random;
    this.lastNanos = nowNanos;
    this.untilReset =
        weather.resetBytesMean() == 0
            ? Long.MAX_VALUE
            : 1 + (long) (-Math.log1p(-random.nextDouble()) * weather.resetBytesMean());
  }

  /** How many of the next {@code bytes} pass before the connection is reset. */
  public int passes(int bytes) {
    int passing = (int) Math.min(bytes, untilReset);
    if (untilReset != Long.MAX_VALUE) {
      untilReset -= passing;
    }
    return passing;
  }

  /** When a piece arrives that was sent now. */
  public long arrivesNanos(long nowNanos, int bytes, Weather weather) {
    long delay =
        1_000_000L
            * (weather.delayMillisMin()
                + random.nextInt(weather.delayMillisMax() - weather.delayMillisMin() + 1));
    long arrives = nowNanos + delay;
    if (weather.lossPercent() > 0) {
      for (int sent = 0; sent < bytes; sent += Weather.SEGMENT_BYTES) {
        arrives += resent(weather);
      }
    }
    lastNanos = arrives - lastNanos > 0 ? arrives : lastNanos;
    return lastNanos;
  }

  private long resent(Weather weather) {
    long waits = 0;
    long resend = RESEND_NANOS;
    for (int i = 0; i < LOSSES_IN_A_ROW_MAX; i++) {
      if (random.nextDouble() * 100 >= weather.lossPercent()) {
        break;
      }
      waits += resend;
      resend *= 2;
    }
    return waits;
  }
}
