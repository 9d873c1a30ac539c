package io.minga.crdt.claims;

import java.time.Duration;

/**
 * The limits of a claim set.
 *
 * @param retention how long a batch that is all settled is remembered
 * @param lifetimeMax how far ahead a batch may expire; what was forgotten is refused for as long
 * @param batchesMax the most batches known at a time
 * @param waitingMax the most deltas kept for batches whose facts aren't known yet
 * @param waitingPerClaimantMax the most of these from one peer
 * @param waitingBytesMax the most memory for them, reckoned, in bytes
 * @param waitingTime how long they are kept
 * @param lineagesMax the most journals whose forgotten batches are remembered
 * @param lineagesPerSubmitterMax the most of these of one submitter
 * @param gapsMax the most gaps in a journal's forgotten numbers before the lowest is closed
 */
public record ClaimOptions(
    Duration retention,
    Duration lifetimeMax,
    int batchesMax,
    int waitingMax,
    int waitingPerClaimantMax,
    long waitingBytesMax,
    Duration waitingTime,
    int lineagesMax,
    int lineagesPerSubmitterMax,
    int gapsMax) {
  /** What suits a peer that nobody has told otherwise. */
  public static ClaimOptions defaults() {
    return new ClaimOptions(
        Duration.ofMinutes(10),
        Duration.ofDays(7),
        1_000_000,
        16_384,
        1024,
        8 << 20,
        Duration.ofSeconds(30),
        65_536,
        16,
        1024);
  }

  /** Checks that every limit leaves room for something. */
  public ClaimOptions {
    if (Math.min(Math.min(batchesMax, waitingMax), Math.min(lineagesMax, gapsMax)) < 1
        || Math.min(waitingPerClaimantMax, lineagesPerSubmitterMax) < 1
        || waitingBytesMax < 1) {
      throw new IllegalArgumentException("a limit of a claim set is at least 1");
    }
    if (retention.isNegative() || lifetimeMax.isNegative() || waitingTime.isNegative()) {
      throw new IllegalArgumentException("a time of a claim set is not negative");
    }
  }
}
