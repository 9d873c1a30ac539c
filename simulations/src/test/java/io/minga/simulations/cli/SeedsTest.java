package io.minga.simulations.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.minga.simulations.node.Campaign;
import io.minga.simulations.node.TrialOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SeedsTest {
  @ParameterizedTest
  @CsvSource({"7, 3, 7..9, 3", "7, 1..20000, 1..20000, 20000", "1, 5..5, 5..5, 1"})
  void seeds_areSoManyOrARange(long first, String text, String which, long count) {
    Seeds seeds = Seeds.parse(first, text);

    assertThat(seeds).hasToString(which);
    assertThat(seeds.count()).isEqualTo(count);
  }

  @ParameterizedTest
  @CsvSource({"many", "1..", "..9", "9..1", "0"})
  void anythingElse_isRefused(String text) {
    assertThatThrownBy(() -> Seeds.parse(1, text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void seedsAtATime_giveWhatTheyGiveOneByOne() throws InterruptedException {
    Campaign one = run(1);
    Campaign three = run(3);

    assertThat(three.hash()).isEqualTo(one.hash()).isNotZero();
    assertThat(three.struck()).isEqualTo(one.struck());
    assertThat(three.tasks()).isEqualTo(one.tasks());
    assertThat(three.twice()).isEqualTo(1);
  }

  @Test
  void whatEachGave_isToldUpwards_howeverLongItTook() throws InterruptedException {
    CountDownLatch isSecondOver = new CountDownLatch(1);
    List<Long> told = new ArrayList<>();

    new Seeds(1, 3000)
        .each(
            2,
            seed -> {
              if (seed == 2) {
                isSecondOver.countDown();
              }
              return seed == 1 ? after(isSecondOver) : seed;
            },
            told::add);

    assertThat(told).isEqualTo(LongStream.rangeClosed(1, 3000).boxed().toList());
  }

  private static long after(CountDownLatch latch) {
    try {
      latch.await();
      return 1;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void whatOneThrows_endsAll() {
    List<Long> told = new ArrayList<>();

    assertThatThrownBy(
            () ->
                new Seeds(1, 9)
                    .each(
                        3,
                        seed -> {
                          if (seed == 4) {
                            throw new IllegalStateException("seed 4");
                          }
                          return seed;
                        },
                        told::add))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("seed 4");
    assertThat(told).containsExactly(1L, 2L, 3L);
  }

  private static Campaign run(int threads) throws InterruptedException {
    List<@Nullable String> broken = new ArrayList<>();
    Campaign campaign =
        new Seeds(96, 104)
            .run(threads, seed -> TrialOptions.of(seed).withTasksMax(20), broken::add);
    assertThat(broken).hasSize(9).containsOnlyNulls();
    assertThat(campaign.trials()).isEqualTo(9);
    assertThat(campaign.unseen()).as("too few to say").isEmpty();
    return campaign;
  }
}
