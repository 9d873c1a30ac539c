package io.minga.node.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.minga.node.schedule.VirtualNetwork.Machine;
import io.minga.node.schedule.VirtualNetwork.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Hints and finish-time rebalancing against a central queue that has no latency, and against what
 * is possible to those who know every run time beforehand.
 */
final class MakespanTest {
  private static final int TASKS = 20_000;
  private static final int SLOTS = 8;

  private enum Scenario {
    /** Equal peers. */
    S1,
    /** Slots 1 to 32, speeds a quarter to four times. */
    S2,
    /** A tenth of equal peers become ten times as slow half-way. */
    S3,
    /** One of equal peers comes half-way. */
    JOIN
  }

  private static List<Machine> machines(Scenario scenario, int peers, long seed) {
    Random random = new Random(seed);
    double halfWay = (double) TASKS / peers / SLOTS / 2;
    double never = Double.POSITIVE_INFINITY;
    List<Machine> machines = new ArrayList<>();
    for (int i = 0; i < peers; i++) {
      machines.add(
          switch (scenario) {
            case S1 -> new Machine(SLOTS, 1);
            case S2 ->
                new Machine(1 + random.nextInt(32), Math.pow(4, 2 * random.nextDouble() - 1));
            case S3 -> new Machine(SLOTS, 1, 0, i >= peers - peers / 10 ? halfWay : never);
            case JOIN -> new Machine(SLOTS, 1, i == peers - 1 ? halfWay : 0, never);
          });
    }
    return machines;
  }

  /**
   * The limits are those of the mean of some seeds; {@code -Dseeds=20} runs more than the usual 3,
   * {@code -Dseed=} a single one.
   *
   * @param ratio most of makespan / the central queue's
   * @param best most of makespan / the best of those that know all
   * @param moves most moves per task
   */
  @ParameterizedTest
  @CsvSource({
    "S1, 10, true, 1.02, 1.03, 0.05",
    "S1, 100, true, 1.08, 1.20, 0.02",
    "S2, 10, true, 1.06, 1.09, 0.08",
    "S2, 100, true, 1.15, 1.75, 0.08",
    "S1, 10, false, 1.03, 1.04, 0.10",
    "S1, 100, false, 1.08, 1.20, 0.10",
    "S2, 10, false, 1.10, 1.12, 0.60",
    "S2, 100, false, 1.75, 2.50, 0.60",
    "S3, 10, true, 1.03, 1.04, 0.10",
    "JOIN, 10, true, 1.02, 1.03, 0.10"
  })
  void burstAtOnePeer_endsSoonAfterTheOracles(
      Scenario scenario, int peers, boolean known, double ratio, double best, double moves) {
    Long seed = Long.getLong("seed");
    long[] seeds =
        seed != null
            ? new long[] {seed}
            : LongStream.rangeClosed(1, Integer.getInteger("seeds", 3)).toArray();
    List<Outcome> outcomes = new ArrayList<>();
    for (long each : seeds) {
      Outcome outcome =
          VirtualNetwork.run(each, machines(scenario, peers, each), TASKS, known, true);
      assertThat(outcome.done()).describedAs("seed %d", each).isEqualTo(TASKS);
      assertThat(outcome.ratioToBest()).describedAs("seed %d", each).isGreaterThanOrEqualTo(1);
      outcomes.add(outcome);
    }
    String what = "%s, %d peers, known %b, %s".formatted(scenario, peers, known, outcomes);
    assertThat(outcomes.stream().mapToDouble(Outcome::ratio).average().orElseThrow())
        .describedAs(what)
        .isLessThan(ratio);
    assertThat(outcomes.stream().mapToDouble(Outcome::ratioToBest).average().orElseThrow())
        .describedAs(what)
        .isLessThan(best);
    assertThat(outcomes.stream().mapToInt(Outcome::moves).average().orElseThrow() / TASKS)
        .describedAs(what)
        .isLessThan(moves);
  }
}
