package io.minga.simulations.events;

/**
 * A hash over all that happened, in order: runs that differ anywhere differ here, but for one in
 * 2⁶⁴.
 */
public final class Trace {
  private static final long MULTIPLIER = 0x9e3779b97f4a7c15L;

  private long hash;

  /** Something happened that {@code value} describes. */
  public void add(long value) {
    long mixed = (hash ^ value) * MULTIPLIER;
    hash = mixed ^ (mixed >>> 32);
  }

  /** The hash so far. */
  public long hash() {
    return hash;
  }

  /** The hash so far, as 16 hex digits. */
  @Override
  public String toString() {
    return "%016x".formatted(hash);
  }
}
