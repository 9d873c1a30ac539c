package io.minga.node.core;

/**
 * Keeps tasks of one function from a peer that fails them where others don't: none for a while,
 * then one to try, and for twice as long if that fails, too (Nygard, Release It!, Circuit Breaker).
 *
 * <p>How many failures in a row are the peer's depends on how the others fare: so many as would be
 * chance once in ten thousand times. A function that fails everywhere, or a task that nobody can
 * do, is nobody's fault.
 */
final class Breaker {
  /** So many failures in a row are never too few. */
  private static final int FAILURES_MIN = 5;

  /** The natural logarithm of ten thousand. */
  private static final double SURE = 9.2;

  private static final long REST_FIRST_NANOS = 5_000_000_000L;
  private static final long REST_MOST_NANOS = 300_000_000_000L;

  private int failed;
  private boolean open;
  private long restNanos = REST_FIRST_NANOS;
  private long untilNanos;

  /** Whether one task is there to try. */
  private boolean tries;

  private long tryNanos;

  /** How many tasks have failed there since the last that did not. */
  int failed() {
    return failed;
  }

  /** Whether the peer gets none now. */
  boolean keepsOff(long nowNanos) {
    if (!open) {
      return false;
    }
    boolean waits = tries && tryNanos + restNanos - nowNanos > 0;
    return untilNanos - nowNanos > 0 || waits;
  }

  /** Whether the peer has failed, and gets one task at most, to try. */
  boolean isOpen() {
    return open;
  }

  /** Whether it has got that one. */
  boolean isTrying() {
    return open && tries;
  }

  /** The peer gets a task to try. */
  void tries(long nowNanos) {
    tries = true;
    tryNanos = nowNanos;
  }

  /** Until when the peer gets nothing, if it is kept off. */
  long untilNanos() {
    return untilNanos;
  }

  /** A task has a value from there. */
  void succeeded() {
    failed = 0;
    open = false;
    tries = false;
    restNanos = REST_FIRST_NANOS;
  }

  /**
   * A task has failed there.
   *
   * @param others how many tasks of the function have ended elsewhere of late
   * @param othersFailed how many of them failed
   * @return whether the peer gets no more for a while, and might have before
   */
  boolean failed(long nowNanos, long others, long othersFailed) {
    failed++;
    if (open) {
      if (!tries) {
        return false; // it was there before
      }
      restNanos = Math.min(2 * restNanos, REST_MOST_NANOS);
    } else if (failed < FAILURES_MIN || !isItsOwn(others, othersFailed)) {
      return false;
    }
    open = true;
    tries = false;
    untilNanos = nowNanos + restNanos;
    return true;
  }

  private boolean isItsOwn(long others, long othersFailed) {
    double share = (othersFailed + 1.0) / (others + 2.0);
    return others > othersFailed && failed * -Math.log(share) >= SURE;
  }
}
