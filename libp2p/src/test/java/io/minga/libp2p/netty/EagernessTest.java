package io.minga.libp2p.netty;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class EagernessTest {
  private static final int WAITS = 1000;

  private long nowNanos;
  private int looks;
  private final Eagerness eagerness = new Eagerness(() -> nowNanos);

  /** Waits for what comes after so long; whether it slept. A look takes a microsecond. */
  private boolean waits(long nanos) {
    long untilNanos = nowNanos + nanos;
    while (nowNanos < untilNanos && eagerness.looksAgain()) {
      nowNanos += 1_000;
      looks++;
    }
    boolean slept = nowNanos < untilNanos;
    nowNanos = Math.max(nowNanos, untilNanos);
    eagerness.found();
    return slept;
  }

  private int sleeps(long nanos) {
    int sleeps = 0;
    for (int i = 0; i < WAITS; i++) {
      sleeps += waits(nanos) ? 1 : 0;
    }
    return sleeps;
  }

  @Test
  void whatComesSoon_isAwaitedWithoutSleep_onceThatWasTried() {
    assertThat(sleeps(20_000)).isLessThan(64);
    assertThat(sleeps(20_000)).isZero();
  }

  @Test
  void whatTakesLonger_isSleptFor_andTriedNowAndThen() {
    assertThat(sleeps(200_000)).isEqualTo(WAITS);
    assertThat(looks).isBetween(1, 51 * (WAITS / 64 + 1));
  }

  @Test
  void whatNoLongerComesSoon_isSleptFor_afterAFewVainLooks() {
    sleeps(20_000);
    looks = 0;
    assertThat(sleeps(200_000)).isEqualTo(WAITS);
    assertThat(looks).isLessThan(51 * (WAITS / 64 + 4));
  }

  @Test
  void whatComesSoon_isSleptFor_whereTheWorkTakesLonger() {
    sleeps(20_000);
    int sleeps = 0;
    for (int i = 0; i < WAITS; i++) {
      sleeps += waits(20_000) ? 1 : 0;
      nowNanos += 30_000;
    }
    assertThat(sleeps).isGreaterThan(WAITS * 9 / 10);
  }

  @Test
  void whereMuchComesAtOnce_sleepIsNotPutOff() {
    sleeps(20_000);
    eagerness.foundMuch();
    assertThat(waits(20_000)).isTrue();
  }

  @Test
  void whatIsThere_needsNoLook() {
    assertThat(sleeps(0)).isZero();
    assertThat(looks).isZero();
  }
}
