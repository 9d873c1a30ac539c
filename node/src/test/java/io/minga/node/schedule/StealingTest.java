package io.minga.node.schedule;

import static io.minga.node.schedule.Peers.SECOND;
import static io.minga.node.schedule.Peers.WORK;
import static io.minga.node.schedule.Peers.peer;
import static org.assertj.core.api.Assertions.assertThat;

import io.minga.node.schedule.Stealing.Ask;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class StealingTest {
  private static final Duration ANSWER = Duration.ofSeconds(5);

  private final Loads loads = new Loads(ScheduleOptions.DEFAULT, peer(0));
  private final Stealing stealing = new Stealing(new SplittableRandom(1), ANSWER);

  private void hear(int peer, long finishNanos) {
    PeerReport report =
        new PeerReport(
            peer(peer),
            1,
            1,
            4,
            0,
            finishNanos == 0 ? 0 : 9,
            4 * finishNanos,
            List.of(new RunTime(WORK, SECOND, 0)),
            true,
            List.of(),
            4,
            0);
    assertThat(loads.report(0, report)).isTrue();
  }

  /** Whom it asks in a time in which it has nothing to do; each is refused at once if so. */
  private List<Ask> asks(long fromNanos, long toNanos, boolean refused) {
    List<Ask> asks = new ArrayList<>();
    for (long now = fromNanos; now < toNanos; now += SECOND / 100) {
      Ask ask = askAt(now);
      if (ask != null) {
        asks.add(ask);
        if (refused) {
          stealing.declined(now, ask.to(), ask.exchange());
        }
      }
    }
    return asks;
  }

  private @Nullable Ask askAt(long now) {
    return stealing.mayAsk(now) && stealing.hasBeenShort(now)
        ? stealing.ask(now, loads, List.of(WORK), 4, 0, peer -> true)
        : null;
  }

  @Test
  void ofAFewPeers_theOneThatIsThroughLastIsAsked() {
    hear(0, 0);
    for (int i = 1; i < 7; i++) {
      hear(i, i * (10 * SECOND));
    }

    List<Ask> asks = asks(0, SECOND, false);

    assertThat(asks).as("one at a time").hasSize(1);
    assertThat(asks.get(0).to()).isIn(peer(4), peer(5), peer(6));
    assertThat(asks.get(0).capacityNanos()).isBetween(4 * 38 * SECOND, 4 * 60 * SECOND);
  }

  @Test
  void whoIsIdleToo_orRunsOtherThings_isNotAsked() {
    hear(0, 0);
    hear(1, 0);
    assertThat(asks(0, SECOND, false)).isEmpty();

    hear(2, 100 * SECOND);
    assertThat(stealing.ask(SECOND, loads, List.of(), 4, 0, peer -> true)).isNull();
    assertThat(stealing.ask(SECOND, loads, List.of(WORK), 4, 0, peer -> false)).isNull();
  }

  @Test
  void refused_itAsksLessAndLess_untilItIsFed() {
    hear(0, 0);
    hear(1, 1000 * SECOND);

    int first = asks(0, SECOND, true).size();
    int later = asks(SECOND, 31 * SECOND, true).size();
    stealing.fed();
    int again = asks(31 * SECOND, 32 * SECOND, true).size();

    assertThat(first).isBetween(3, 10);
    assertThat(later).isBetween(6, 25);
    assertThat(again).isBetween(3, 10);
  }

  @Test
  void whatIsNotAnswered_isForgotten() {
    hear(0, 0);
    hear(1, 1000 * SECOND);

    assertThat(asks(0, 11 * SECOND, false)).hasSizeBetween(2, 3);
    stealing.gone(peer(1));
    assertThat(stealing.hasAsked(peer(1))).isFalse();
    Ask ask = asks(20 * SECOND, 30 * SECOND, false).get(0);
    stealing.declined(30 * SECOND, peer(2), ask.exchange());
    assertThat(stealing.hasAsked(peer(1))).as("somebody else declined").isTrue();
  }
}
