package io.minga.node.core;

import java.time.Duration;

/**
 * How inputs and results are fetched that go by their CIDs.
 *
 * @param atOnceMax how many at once
 * @param aheadBytesMax inputs that are here or on their way; more are fetched when tasks are over,
 *     but for a single one
 * @param idleBytesMax inputs that are kept for a while though no task here needs them
 * @param idle for how long
 */
record FetchOptions(int atOnceMax, long aheadBytesMax, long idleBytesMax, Duration idle) {
  static final FetchOptions DEFAULT =
      new FetchOptions(8, 1L << 30, 256L << 20, Duration.ofSeconds(10));
}
