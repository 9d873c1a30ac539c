package io.minga.cli.control;

/** How much of long lines may be in memory, for all who read some. Safe for any thread. */
public final class Allowance {
  private final long bytesMax;
  private long taken;

  /** So many bytes. */
  public Allowance(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  /** Whether there was room for so many more. */
  synchronized boolean take(long bytes) {
    if (bytes > bytesMax - taken) {
      return false;
    }
    taken += bytes;
    return true;
  }

  synchronized void giveBack(long bytes) {
    taken -= bytes;
  }

  /** How much is taken. */
  synchronized long taken() {
    return taken;
  }

  long bytesMax() {
    return bytesMax;
  }
}
