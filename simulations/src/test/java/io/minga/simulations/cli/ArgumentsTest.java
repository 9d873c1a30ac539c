package io.minga.simulations.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.minga.simulations.gossip.Attack;
import io.minga.simulations.gossip.GossipScenario;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ArgumentsTest {
  private static Arguments parse(String line) {
    return Arguments.parse(line.isEmpty() ? List.of() : List.of(line.split(" ")));
  }

  @Test
  void nothing_meansTheDefaults() {
    Arguments arguments = parse("");

    assertThat(arguments.undisturbed()).isEqualTo(GossipScenario.of(1, 1000));
    assertThat(arguments.disturbed()).isEmpty();
    assertThat(arguments.json).isFalse();
  }

  @Test
  void arguments_makeTheScenario() {
    Arguments arguments =
        parse(
            "--peers 300 --seed -7 --messages 10 --rate 0.5 --bytes 0 --latency 5-80 --loss 1"
                + " --attack coldboot --json");

    GossipScenario scenario = arguments.disturbed().orElseThrow();
    assertThat(scenario.attack()).isEqualTo(Attack.COLD_BOOT);
    assertThat(scenario.peers()).isEqualTo(300);
    assertThat(scenario.seed()).isEqualTo(-7);
    assertThat(scenario.link().loss()).isEqualTo(0.01);
    assertThat(scenario.link().latencyMaxNanos()).isEqualTo(80_000_000);
    assertThat(arguments.json).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--peer 5 | unknown argument '--peer'",
        "--peers | --peers needs a value behind it",
        "--peers 5 | --peers should be a number from 12 to 100000, not '5'",
        "--peers many | --peers should be a number from 12 to 100000, not 'many'",
        "--seed 1.5 | --seed should be a whole number, not '1.5'",
        "--rate NaN | --rate should be a number from 0.01 to 100000, not 'NaN'",
        "--latency 9-3 | --latency should be milliseconds, such as 200 or 20-200, not '9-3'",
        "--attack ddos | --attack should be one of none, sybil, coldboot, eclipse, covertflash,"
            + " not 'ddos'",
        "--attack sybil --halves 1 | --attack, --churn and --halves exclude each other"
      })
  void wrongArguments_areNamed(String line, String message) {
    assertThatThrownBy(() -> parse(line))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }
}
