package io.minga.libp2p.discovery;

import java.util.random.RandomGenerator;

/**
 * How long something rests after it failed: doubling from the least to the most, less up to a half
 * at random, so that peers that failed together do not return together.
 */
final class Retries {
  private final DiscoveryOptions options;
  private final RandomGenerator random;

  Retries(DiscoveryOptions options, RandomGenerator random) {
    this.options = options;
    this.random = random;
  }

  long restNanos(int failures) {
    long maxNanos = options.retryMax().toNanos();
    long restNanos = options.retryMin().toNanos();
    for (int i = 1; i < failures && restNanos < maxNanos; i++) {
      restNanos *= 2;
    }
    return (long) (Math.min(restNanos, maxNanos) * (0.5 + random.nextDouble() / 2));
  }
}
