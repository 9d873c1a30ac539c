package io.minga.simulations.policies;

import static org.assertj.core.api.Assertions.assertThat;

import io.minga.simulations.node.Figures;
import io.minga.simulations.plan.Burst;
import io.minga.simulations.plan.Lengths;
import io.minga.simulations.plan.Machine;
import io.minga.simulations.plan.Plan;
import io.minga.simulations.scenarios.Scenario;
import io.minga.simulations.scenarios.Trials;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class PolicyRunTest {
  @ParameterizedTest
  @EnumSource(Policy.class)
  void everyPolicy_endsEverything_whoeverGoes(Policy policy) {
    Figures figures = Trials.run(Scenario.named("S4"), 10, 1, policy.word());

    assertThat(figures.lost()).isZero();
    assertThat(figures.ratio()).isGreaterThan(0.99);
    assertThat(figures.policy()).isEqualTo(policy.word());
  }

  @ParameterizedTest
  @EnumSource(Policy.class)
  void sameSeed_givesTheSameTrace(Policy policy) {
    Scenario scenario = Scenario.named("S2");

    assertThat(Trials.run(scenario, 5, 1, policy.word()).traceHash())
        .isEqualTo(Trials.run(scenario, 5, 1, policy.word()).traceHash())
        .isNotEqualTo(Trials.run(scenario, 5, 2, policy.word()).traceHash());
  }

  @Test
  void hintsOnly_pourEqualWorkOverEqualPeers() {
    Plan plan =
        Plan.of(
            "test",
            1,
            Collections.nCopies(4, Machine.of(2, 1)),
            List.of(Burst.job(Plan.BEGIN_NANOS, 0, Lengths.fixed(16, 1e9))));

    Figures figures = PolicyRun.run(plan, Policy.HINTS_ONLY);

    assertThat(figures.oracleSeconds()).isEqualTo(2);
    assertThat(figures.makespanSeconds()).isBetween(2.0, 2.2);
    assertThat(figures.movesPerTask()).isZero();
  }
}
