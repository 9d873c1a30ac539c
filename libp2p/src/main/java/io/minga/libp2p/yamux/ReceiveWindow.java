package io.minga.libp2p.yamux;

/**
 * How much payload the peer may still send on one stream, and how far that is to grow.
 *
 * <p>The window's size is what the peer could have sent us and we not yet read, at most: credit
 * outstanding + bytes unread ≤ size. Credit is due once half the size has been read and not
 * credited. A window that is used up by half within four round trips is what limits the peer, so it
 * doubles (as in go-yamux).
 */
final class ReceiveWindow {
  private static final int ROUND_TRIPS = 4;

  private int sizeBytes;
  private int creditBytes;
  private int unreadBytes;
  private long epochNanos;

  ReceiveWindow(int initialBytes, long nowNanos) {
    sizeBytes = initialBytes;
    creditBytes = initialBytes;
    epochNanos = nowNanos;
  }

  /** What may be unread at most. */
  int sizeBytes() {
    return sizeBytes;
  }

  /** What the peer may still send. */
  int creditBytes() {
    return creditBytes;
  }

  /** What came and was not consumed yet. */
  int unreadBytes() {
    return unreadBytes;
  }

  /** Payload came; that it is within the credit was checked when its header came. */
  void receive(int bytes) {
    creditBytes -= bytes;
    unreadBytes += bytes;
  }

  /** Nobody will read what is unread. */
  void discardUnread() {
    unreadBytes = 0;
  }

  void consume(int streamId, int bytes) {
    if (bytes < 0 || bytes > unreadBytes) {
      throw new IllegalArgumentException(
          "stream %s can't have consumed %d bytes of %d unread ones"
              .formatted(Integer.toUnsignedString(streamId), bytes, unreadBytes));
    }
    unreadBytes -= bytes;
  }

  /** Whether half the window has been read and not credited. */
  boolean isCreditDue() {
    return owedBytes() >= Math.max(1, sizeBytes / 2);
  }

  /**
   * By how much the window should grow, given that credit is due now: 0 if the last half took
   * longer than four round trips, or {@code rttNanos} is 0, unknown. Begins the next half.
   */
  int desiredGrowthBytes(long nowNanos, long rttNanos, int sizeBytesMax) {
    boolean fast = rttNanos > 0 && nowNanos - epochNanos < ROUND_TRIPS * rttNanos;
    epochNanos = nowNanos;
    return fast ? (int) Math.min(sizeBytes, (long) sizeBytesMax - sizeBytes) : 0;
  }

  void grow(int bytes) {
    sizeBytes += bytes;
  }

  /** Gives the peer all the credit that it is owed, and says how much. */
  int giveCredit() {
    int delta = owedBytes();
    creditBytes += delta;
    return delta;
  }

  private int owedBytes() {
    return sizeBytes - creditBytes - unreadBytes;
  }
}
