package io.minga.libp2p.connections;

/** Spans of time as a person reads them. */
final class Spans {
  private static final long NANOS_PER_MILLI = 1_000_000;

  private Spans() {}

  /** {@code 5 s}, or {@code 250 ms} below a second and between two; rounded up. */
  static String text(long nanos) {
    long millis = (nanos + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI;
    return millis >= 10_000 || millis % 1000 == 0 ? (millis + 999) / 1000 + " s" : millis + " ms";
  }
}
