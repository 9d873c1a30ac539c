package io.minga.crdt.sync;

/**
 * A range of ids: those whose key begins with the same hexadecimal digits.
 *
 * @param key the digits at the top, zeros below
 * @param depth how many digits, 0 (all ids) to 16
 */
public record Prefix(long key, int depth) {
  /** The most digits that a key has. */
  public static final int DEPTH_MAX = 16;

  /** How many ranges one more digit makes of a range. */
  public static final int FANOUT = 16;

  /** All ids. */
  public static final Prefix ALL = new Prefix(0, 0);

  /** Checks that there is nothing below the digits. */
  public Prefix {
    if (depth < 0 || depth > DEPTH_MAX || (key & ~mask(depth)) != 0) {
      throw new IllegalArgumentException(
          "a range has 0 to 16 digits and zeros below, not "
              + depth
              + " of "
              + Long.toHexString(key));
    }
  }

  static long mask(int depth) {
    return depth == 0 ? 0 : -1L << (Long.SIZE - 4 * depth);
  }

  /** The digit of {@code key} that a tree branches by at {@code depth}. */
  static int digit(long key, int depth) {
    return (int) (key >>> (Long.SIZE - 4 - 4 * depth)) & 0xf;
  }

  Prefix child(int digit) {
    return new Prefix(key | (long) digit << (Long.SIZE - 4 - 4 * depth), depth + 1);
  }

  boolean contains(long other) {
    return (other & mask(depth)) == key;
  }
}
