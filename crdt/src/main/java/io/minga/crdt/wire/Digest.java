package io.minga.crdt.wire;

/**
 * The first 16 bytes of a SHA-256, as two big-endian halves; {@link #NONE} is of nothing at all.
 */
public record Digest(long high, long low) {
  /** The length of a digest, in bytes. */
  public static final int BYTES = 16;

  /** What stands for an empty set. */
  public static final Digest NONE = new Digest(0, 0);

  @Override
  public String toString() {
    return String.format("%016x%016x", high, low);
  }
}
