package io.minga.simulations.baselines;

import static io.minga.simulations.events.Simulation.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import io.minga.simulations.baselines.BaselineRun.Result;
import io.minga.simulations.plan.Burst;
import io.minga.simulations.plan.Lengths;
import io.minga.simulations.plan.LowerBound;
import io.minga.simulations.plan.Machine;
import io.minga.simulations.plan.Oracle;
import io.minga.simulations.plan.Plan;
import io.minga.simulations.plan.Split;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class BaselineRunTest {
  private static final long BEGIN = 4 * SECOND;
  private static final int SEEDS = 3;

  /** Slots 2 to 16, speeds ½ to 2, log-normal run times of a second: the designers' first table. */
  static Plan unequal(int peers, int tasks, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Machine> machines = new ArrayList<>();
    for (int i = 0; i < peers; i++) {
      machines.add(Machine.of(2 + random.nextInt(15), Math.pow(2, 2 * random.nextDouble() - 1)));
    }
    Lengths lengths = Lengths.logNormal(random, tasks, (double) SECOND, 0.5);
    return Plan.of("unequal", seed, machines, List.of(Burst.job(BEGIN, 0, lengths)));
  }

  private static double seconds(double endNanos) {
    return (endNanos - (double) BEGIN) / (double) SECOND;
  }

  private static double seconds(Plan plan, Baseline baseline) {
    return seconds(BaselineRun.run(plan, baseline).endsNanos().get(0));
  }

  @ParameterizedTest
  @CsvSource({
    "P2PQUEUE, 3.5, 5, 1.1, 1.5",
    "RANDOM_STEAL, 1.15, 1.45, 3, 5",
    "HINTS_ONLY, 1.1, 1.35, 0, 0"
  })
  void burst_endsAsInTheFirstTable(
      Baseline baseline, double least, double most, double leastMoves, double mostMoves) {
    for (long seed = 1; seed <= SEEDS; seed++) {
      Plan plan = unequal(100, 20_000, seed);
      Result result = BaselineRun.run(plan, baseline);
      double bound = seconds(LowerBound.endNanos(plan));
      assertThat(seconds(result.endsNanos().get(0)) / bound)
          .describedAs("seed %d", seed)
          .isBetween(least, most);
      assertThat(result.movesPerTask())
          .describedAs("seed %d", seed)
          .isBetween(leastMoves, mostMoves);
      assertThat(result.lost()).describedAs("seed %d", seed).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource
  void sameSeed_givesTheSame(Baseline baseline) {
    Plan plan = unequal(10, 500, 7);
    assertThat(BaselineRun.run(plan, baseline)).isEqualTo(BaselineRun.run(plan, baseline));
  }

  @ParameterizedTest
  @EnumSource
  void tags_bind(Baseline baseline) {
    List<Machine> machines = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      machines.add(i == 9 ? Machine.of(4, 1).with(List.of("gpu")) : Machine.of(4, 1));
    }
    Lengths lengths = Lengths.fixed(40, (double) SECOND);
    Burst burst = Burst.job(BEGIN, 0, lengths).requiring(List.of("gpu"));
    Plan plan = Plan.of("tags", 1, machines, List.of(burst));
    assertThat(seconds(LowerBound.endNanos(plan))).isBetween(9.999, 10.001);
    assertThat(seconds(plan, baseline)).isGreaterThan(10).isLessThan(60);
  }

  @ParameterizedTest
  @EnumSource
  void whatAPeerHadThatIsKilled_runsElsewhere(Baseline baseline) {
    List<Machine> machines = new ArrayList<>(List.of(Machine.of(4, 1), Machine.of(4, 1)));
    machines.add(Machine.of(4, 1).during(0, BEGIN + 5 * SECOND, Machine.Exit.VANISH));
    Lengths lengths = Lengths.fixed(400, (double) SECOND);
    Plan plan = Plan.of("killed", 1, machines, List.of(Burst.job(BEGIN, 0, lengths)));
    Result result = BaselineRun.run(plan, baseline);
    assertThat(result.lost()).isZero();
    assertThat(seconds(result.endsNanos().get(0)))
        .isGreaterThan(seconds(LowerBound.endNanos(plan)));
  }

  @Test
  void whatIsSentAcrossASplit_arrivesAfterIt() {
    List<Machine> machines = List.of(Machine.of(0, 1), Machine.of(4, 1));
    Lengths lengths = Lengths.fixed(4, (double) SECOND);
    Plan plan =
        Plan.of("split", 1, machines, List.of(Burst.job(BEGIN, 0, lengths)))
            .with(new Split(BEGIN + SECOND / 2, BEGIN + 20 * SECOND, 0.5));
    assertThat(seconds(plan, Baseline.HINTS_ONLY)).isBetween(20.0, 21.0);
  }

  @Test
  void lowerBound_isBelowTheOracle() {
    for (long seed = 1; seed <= 10; seed++) {
      Plan plan = unequal(10, 1000, seed);
      assertThat(LowerBound.endNanos(plan))
          .describedAs("seed %d", seed)
          .isLessThanOrEqualTo(Oracle.endsNanos(plan)[0]);
    }
  }

  @Test
  void lowerBound_knowsTheLongestCall() {
    List<Machine> machines = List.of(Machine.of(8, 1), Machine.of(8, 2));
    Burst burst = Burst.job(BEGIN, 0, Lengths.fixed(1, 10.0 * SECOND));
    Plan plan = Plan.of("one", 1, machines, List.of(burst));
    assertThat(seconds(LowerBound.endNanos(plan))).isBetween(4.999, 5.001);
  }
}
