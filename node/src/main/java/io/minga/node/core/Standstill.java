package io.minga.node.core;

/**
 * Notices that this peer itself stood still: that it comes to its next turn much later than it
 * wanted to, since its process was stopped, or had no processor or memory for a while.
 *
 * <p>What it hears of others then is old, and what they have said meanwhile is still to be read. So
 * whoever seems to be silent may not be.
 */
final class Standstill {
  /** So late is no turn of a peer that only has much to do. */
  static final long LATE_NANOS = 1_000_000_000;

  private long byNanos;
  private boolean hasTurned;

  /** A turn begins, or goes on: for how long this peer has stood still just now; mostly 0. */
  long overNanos(long nowNanos) {
    long lateNanos = hasTurned ? nowNanos - byNanos : 0;
    if (lateNanos <= LATE_NANOS) {
      return 0;
    }
    byNanos = nowNanos;
    return lateNanos;
  }

  /** A turn is over, and another may follow at once. */
  void turned(long nowNanos) {
    hasTurned = true;
    byNanos = nowNanos;
  }

  /** Without an input the next turn is to be then. */
  void sleepsUntil(long nanos) {
    byNanos = nanos - byNanos > 0 ? nanos : byNanos;
  }
}
