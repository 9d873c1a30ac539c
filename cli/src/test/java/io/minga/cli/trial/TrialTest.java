package io.minga.cli.trial;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Trials with less work than at the command. Of figures that are times, on a machine that may be
 * slow, nothing is asserted: what holds here follows from who did what.
 */
@Timeout(300)
final class TrialTest {
  private static final int TASKS = 240;

  /** What a task and peer takes where a machine is so slow that every batch is announced. */
  private static final double ALL_ANNOUNCED_BYTES = 40;

  /** Figures that say how quick the machine is. */
  private static final Set<String> OF_TIME = Set.of("ends apart", "falls");

  private static Stream<Trial> trials() {
    return Stream.of(
        new UnequalHosts("hosts", false, TASKS),
        new Leaver("leave", false, TASKS),
        new Leaver("kill", true, TASKS),
        new Lines(300),
        new GossipCost(100_000, ALL_ANNOUNCED_BYTES));
  }

  @ParameterizedTest
  @MethodSource("trials")
  void whatWasPromised_holds(Trial trial) throws Exception {
    Verdict verdict = trial.run(1);

    for (Figure figure : verdict.figures()) {
      if (!figure.unit().equals("s") && !OF_TIME.contains(figure.name())) {
        assertThat(figure.holds()).as("%s: %s", trial.name(), figure).isTrue();
      }
      if (figure.name().equals("least of its share")) {
        assertThat(figure.value()).as(trial.name()).isGreaterThan(10);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("io.minga.cli.trial.Trial#all")
  void trial_hasAName_andAPromiseOfOneLine(Trial trial) {
    assertThat(trial.name()).matches("[a-z]+");
    assertThat(trial.promise()).hasSizeBetween(10, 90).doesNotContain("\n");
  }
}
