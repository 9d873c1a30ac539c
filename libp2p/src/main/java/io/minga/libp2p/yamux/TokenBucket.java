package io.minga.libp2p.yamux;

/** A rate limit: so many at once, so many a second in the long run. */
final class TokenBucket {
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private final long capacity;
  private final long perSecond;
  private final long fillNanos;
  private long scaledTokens;
  private long filledNanos;

  /** Full at {@code nowNanos}; tokens are scaled by 10⁹ so that no fraction is lost. */
  TokenBucket(int burst, int perSecond, long nowNanos) {
    this.capacity = burst * NANOS_PER_SECOND;
    this.perSecond = perSecond;
    this.fillNanos = capacity / perSecond + 1;
    this.scaledTokens = capacity;
    this.filledNanos = nowNanos;
  }

  /** Takes {@code count} tokens, all or none, and says whether it did. */
  boolean take(long nowNanos, int count) {
    long elapsedNanos = Math.min(Math.max(0, nowNanos - filledNanos), fillNanos);
    scaledTokens = Math.min(capacity, scaledTokens + elapsedNanos * perSecond);
    filledNanos = nowNanos;
    long wanted = count * NANOS_PER_SECOND;
    if (wanted > scaledTokens) {
      return false;
    }
    scaledTokens -= wanted;
    return true;
  }
}
