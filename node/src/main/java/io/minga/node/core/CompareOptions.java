package io.minga.node.core;

import io.minga.crdt.sync.SyncOptions;
import java.time.Duration;

/**
 * When a peer compares what it knows of claims with what another knows, and within which limits.
 *
 * @param first how long after they were connected
 * @param second how long after that once more, for what was said until gossip went between them
 * @param every how often with one of all that are connected
 * @param calm how long what was new from a comparison sets off no other, after it did
 * @param retry after how long a comparison that a limit ended is gone on with
 * @param begunMax comparisons that this peer has begun and are not over
 * @param answeredMax comparisons that others have begun and are not over
 * @param sync the limits of one comparison
 * @param begins how many comparisons one peer may begin
 * @param told how many bytes one peer is told
 * @param heard how many bytes one peer is listened to
 * @param proofs how many proofs of others' words are looked at that one peer brings
 */
record CompareOptions(
    Duration first,
    Duration second,
    Duration every,
    Duration calm,
    Duration retry,
    int begunMax,
    int answeredMax,
    SyncOptions sync,
    Rate begins,
    Rate told,
    Rate heard,
    Rate proofs) {
  static final CompareOptions DEFAULT =
      new CompareOptions(
          Duration.ofMillis(300),
          Duration.ofSeconds(5),
          Duration.ofSeconds(60),
          Duration.ofSeconds(3),
          Duration.ofSeconds(2),
          4,
          32,
          new SyncOptions(Duration.ofSeconds(10), 1024, 2048, 4096, 4096),
          new Rate(8, 0.5),
          new Rate(8 << 20, 64 << 10),
          new Rate(16 << 20, 128 << 10),
          new Rate(16_384, 64));

  /**
   * So much at once, and so much a second.
   *
   * @param most what there may be at once
   */
  record Rate(double most, double perSecond) {}

  /** What is left of a rate at a moment. */
  static final class Allowance {
    private final Rate rate;
    private double left;
    private long atNanos;

    Allowance(Rate rate, long nowNanos) {
      this.rate = rate;
      this.left = rate.most;
      this.atNanos = nowNanos;
    }

    /** Takes so much, if it is there. */
    boolean take(long nowNanos, long amount) {
      left = Math.min(rate.most, left + (double) (nowNanos - atNanos) * 1e-9 * rate.perSecond);
      atNanos = nowNanos;
      if (left < (double) amount) {
        return false;
      }
      left -= (double) amount;
      return true;
    }
  }
}
