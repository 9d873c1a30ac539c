package io.minga.simulations.rig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LaneTest {
  private static final long MILLI = 1_000_000;

  private static Lane lane(long seed, Weather weather) {
    return new Lane(new SplittableRandom(seed), weather, 0);
  }

  private static List<Long> arrivals(long seed, Weather weather) {
    Lane lane = lane(seed, weather);
    List<Long> arrivals = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      arrivals.add(lane.arrivesNanos(i * MILLI, 1_000, weather));
    }
    return arrivals;
  }

  @Test
  void fair_arrivesAtOnce() {
    assertThat(lane(1, Weather.FAIR).arrivesNanos(5, 1 << 20, Weather.FAIR)).isEqualTo(5);
    assertThat(lane(1, Weather.FAIR).passes(1 << 20)).isEqualTo(1 << 20);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void pieces_arriveInOrder_withinTheirDelay(long seed) {
    List<Long> arrivals = arrivals(seed, Weather.delay(10, 500));

    assertThat(arrivals).isSorted();
    for (int i = 0; i < arrivals.size(); i++) {
      assertThat(arrivals.get(i)).isBetween((i + 10) * MILLI, (i + 500) * MILLI);
    }
  }

  @Test
  void lost_isSentAgain_andHoldsBackWhatIsBehind() {
    List<Long> arrivals = arrivals(7, Weather.loss(20));

    assertThat(arrivals).isSorted();
    assertThat(arrivals.get(arrivals.size() - 1)).isGreaterThan(200 * MILLI);
    assertThat(new ArrayList<>(arrivals).stream().distinct().count()).isLessThan(200);
  }

  @Test
  void sameSeed_isTheSameWeather() {
    assertThat(arrivals(3, Weather.loss(5))).isEqualTo(arrivals(3, Weather.loss(5)));
    assertThat(arrivals(3, Weather.loss(5))).isNotEqualTo(arrivals(4, Weather.loss(5)));
  }

  @Test
  void reset_comesAfterSoManyBytesOnAverage() {
    Weather resets = Weather.resets(10_000);
    long passed = 0;
    for (int seed = 0; seed < 1_000; seed++) {
      Lane lane = lane(seed, resets);
      int passing = lane.passes(1 << 20);
      assertThat(lane.passes(100)).isZero();
      passed += passing;
    }

    assertThat(passed / 1_000).isBetween(9_000L, 11_000L);
  }

  @Test
  void weather_thatCannotBe_isRefused() {
    assertThatThrownBy(() -> Weather.loss(51)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Weather.delay(5, 4)).isInstanceOf(IllegalArgumentException.class);
  }
}
