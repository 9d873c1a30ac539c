package io.minga.crdt.sync;

import java.time.Duration;

/**
 * The limits of a comparison. What goes beyond them is left for the next one.
 *
 * @param timeout how long the other may be silent
 * @param messagesMax the most messages of the other
 * @param rangesMax the most ranges that are still to be looked at
 * @param wantsMax the most entries that are still to be asked for
 * @param offersMax the most entries that the other is offered
 */
public record SyncOptions(
    Duration timeout, int messagesMax, int rangesMax, int wantsMax, int offersMax) {
  /** What suits sets of up to a million entries that differ in up to 65,536. */
  public static SyncOptions defaults() {
    return new SyncOptions(Duration.ofSeconds(30), 4096, 16_384, 65_536, 65_536);
  }

  /** Checks that every limit leaves room for something. */
  public SyncOptions {
    if (timeout.isNegative()
        || timeout.isZero()
        || Math.min(Math.min(messagesMax, rangesMax), Math.min(wantsMax, offersMax)) < 1) {
      throw new IllegalArgumentException("every limit of a comparison is above zero");
    }
  }
}
