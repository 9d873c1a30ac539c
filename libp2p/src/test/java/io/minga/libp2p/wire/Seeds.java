package io.minga.libp2p.wire;

import java.util.stream.LongStream;

/**
 * The seeds of a property. A test names them in a method source of its own, {@code static
 * LongStream seeds() { return Seeds.seeds(100); }}, and takes one as its parameter {@code seed}, so
 * that a failure shows it.
 */
public final class Seeds {
  private Seeds() {}

  /** The seeds 1 to {@code count}, or only the one that {@code -Dseed=} names. */
  public static LongStream seeds(int count) {
    String replayed = System.getProperty("seed", "");
    return replayed.isEmpty()
        ? LongStream.rangeClosed(1, count)
        : LongStream.of(Long.parseLong(replayed));
  }
}
