package io.minga.libp2p.yamux;

/**
 * Which of the peer's stream ids were used. Peers allocate ids in order but may open the streams in
 * another, so the highest id is not enough: the last 4096 ids are kept as bits.
 */
final class UsedIds {
  /** How far behind the highest id an id may come late. */
  static final int WINDOW = 4096;

  private final long[] bits = new long[WINDOW / Long.SIZE];
  private long highest = -1;

  /** What is known of an id. */
  enum Use {
    FRESH,
    USED,
    TOO_OLD
  }

  /** Takes {@code id} for used, and says whether it was before. */
  Use use(int id) {
    long index = Integer.toUnsignedLong(id) >>> 1; // the lowest bit is the side that opened it
    if (highest - index >= WINDOW) {
      return Use.TOO_OLD;
    }
    for (long next = Math.max(highest + 1, index - WINDOW + 1); next <= index; next++) {
      bits[word(next)] &= ~bit(next);
    }
    highest = Math.max(highest, index);
    if ((bits[word(index)] & bit(index)) != 0) {
      return Use.USED;
    }
    bits[word(index)] |= bit(index);
    return Use.FRESH;
  }

  private static int word(long index) {
    return (int) (index % WINDOW) / Long.SIZE;
  }

  private static long bit(long index) {
    return 1L << (index % Long.SIZE);
  }
}
