package io.minga.libp2p.yamux;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class TokenBucketTest {
  private static final long SECOND = 1_000_000_000L;

  @Test
  void burst_isTakenAllOrNone() {
    TokenBucket bucket = new TokenBucket(10, 2, 0);
    assertThat(bucket.take(0, 7)).isTrue();
    assertThat(bucket.take(0, 4)).isFalse();
    assertThat(bucket.take(0, 3)).isTrue();
    assertThat(bucket.take(0, 1)).isFalse();
  }

  @Test
  void tokens_comeBackAtTheRateAndNoHigherThanTheBurst() {
    TokenBucket bucket = new TokenBucket(10, 2, 0);
    bucket.take(0, 10);
    assertThat(bucket.take(SECOND / 2 - 1, 1)).isFalse();
    assertThat(bucket.take(SECOND / 2, 1)).isTrue();
    assertThat(bucket.take(1000 * SECOND, 11)).isFalse();
    assertThat(bucket.take(1000 * SECOND, 10)).isTrue();
  }

  @Test
  void largestLimits_doNotOverflow() {
    TokenBucket bucket = new TokenBucket(Integer.MAX_VALUE, Integer.MAX_VALUE, 0);
    assertThat(bucket.take(0, Integer.MAX_VALUE)).isTrue();
    assertThat(bucket.take(Long.MAX_VALUE, Integer.MAX_VALUE)).isTrue();
    assertThat(bucket.take(Long.MAX_VALUE, 1)).isFalse();
  }
}
