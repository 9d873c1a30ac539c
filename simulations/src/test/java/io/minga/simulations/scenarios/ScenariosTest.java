package io.minga.simulations.scenarios;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.minga.simulations.node.Figures;
import io.minga.simulations.node.NodeRun;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Ten whole peers in scenarios, beside an oracle; {@code -Dseeds=20} runs more seeds than three.
 */
final class ScenariosTest {
  private static final int PEERS = 10;

  /**
   * Means over seeds.
   *
   * @param ratio most of makespan over the oracle's
   * @param moves most moves per task
   */
  @ParameterizedTest
  @CsvSource({"S1, 1.02, 0.01", "S2, 1.05, 0.05", "S3, 1.10, 0.02"})
  void burstAtOnePeer_endsSoonAfterTheOracle(String name, double ratio, double moves) {
    List<Figures> all = run(name);

    assertThat(all).allSatisfy(it -> assertThat(it.lost() + it.failed()).isZero());
    // Only copies of the last late tasks, both of which may end.
    assertThat(all)
        .allSatisfy(it -> assertThat((double) it.duplicates() / tasks(it)).isLessThan(0.02));
    assertThat(all.stream().mapToDouble(Figures::ratio).average().orElseThrow())
        .describedAs(describe(all))
        .isLessThan(ratio);
    assertThat(all.stream().mapToDouble(Figures::movesPerTask).average().orElseThrow())
        .describedAs(describe(all))
        .isLessThan(moves);
  }

  private static double tasks(Figures of) {
    return of.plan().tasks();
  }

  private static List<Figures> run(String name) {
    List<Figures> all = new ArrayList<>();
    LongStream.rangeClosed(1, Integer.getInteger("seeds", 3))
        .forEach(seed -> all.add(Trials.run(Scenario.named(name), PEERS, seed, NodeRun.POLICY)));
    return all;
  }

  private static String describe(List<Figures> all) {
    return String.join("\n", all.stream().map(it -> it.toJson(0)).toList());
  }

  @Test
  void sameSeed_givesTheSameTrace_anotherSeedAnother() {
    Scenario scenario = Scenario.named("s9");

    assertThat(trace(scenario, 1)).isEqualTo(trace(scenario, 1)).isNotEqualTo(trace(scenario, 2));
  }

  private static long trace(Scenario scenario, long seed) {
    return Trials.run(scenario, 5, seed, NodeRun.POLICY).traceHash();
  }

  @Test
  void unknownNames_areRefused_withThoseThatThereAre() {
    assertThatThrownBy(() -> Scenario.named("S99"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'S99'")
        .hasMessageContaining("S1, S2");
    assertThatThrownBy(() -> Trials.requirePolicy("luck")).hasMessageContaining("minga");
  }
}
