package io.minga.simulations.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.minga.simulations.node.Campaign;
import io.minga.simulations.node.TrialOptions;
import java.util.ArrayList;
import java.util.List;
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

  private static Campaign run(int threads) throws InterruptedException {
    List<String> broken = new ArrayList<>();
    Campaign campaign =
        new Seeds(96, 104)
            .run(threads, seed -> TrialOptions.of(seed).withTasksMax(20), broken::add);
    assertThat(broken).isEmpty();
    assertThat(campaign.trials()).isEqualTo(9);
    assertThat(campaign.unseen()).as("too few to say").isEmpty();
    return campaign;
  }
}
