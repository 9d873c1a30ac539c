package io.minga.simulations.scenarios;

import static io.minga.simulations.events.Simulation.MILLI;
import static org.assertj.core.api.Assertions.assertThat;

import io.minga.simulations.baselines.Baseline;
import io.minga.simulations.baselines.BaselineRun;
import io.minga.simulations.node.Figures;
import io.minga.simulations.node.NodeRun;
import io.minga.simulations.plan.Burst;
import io.minga.simulations.plan.Graph;
import io.minga.simulations.plan.Lengths;
import io.minga.simulations.plan.Plan;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Node cores and others' rules on the same plan, and the page about them. */
final class PagesTest {
  @Test
  void page_tellsOfAllPolicies() {
    Scenario scenario = Scenario.named("S1");
    List<Figures> all =
        Trials.policies().stream().map(it -> Trials.run(scenario, 3, 1, it)).toList();

    assertThat(all).allSatisfy(it -> assertThat(it.lost()).isZero());
    assertThat(all).allSatisfy(it -> assertThat(it.ratio()).isGreaterThan(0.9));
    assertThat(Pages.html(scenario, all, "minga sim S1 --peers 3"))
        .contains("minga", "p2pqueue", "random-steal", "hints-only", "minga sim S1 --peers 3")
        .contains("peers <b>3</b>")
        .doesNotContain("NaN");
  }

  @Test
  void figuresThatNobodyCounted_areNullInJson() {
    Figures figures = Trials.run(Scenario.named("S1"), 2, 1, "hints-only");
    assertThat(figures.toJson(0)).contains("\"bytesPerPeerSecond\":null").doesNotContain("NaN");
  }

  private static Plan graph() {
    Graph graph = Graph.epochs(new SplittableRandom(1), 100, 5, 4);
    Burst burst = Burst.job(Plan.BEGIN_NANOS, 0, Lengths.fixed(graph.size(), 20.0 * MILLI));
    return Plan.of("graph", 1, Draw.equal(4), List.of(burst.after(graph)));
  }

  @Test
  void graph_runsToItsEnd() {
    Figures figures = NodeRun.run(graph());
    assertThat(figures.lost()).isZero();
    // Eight calls in a row, each of 20 ms and 100 ms from peer to peer and back.
    assertThat(figures.ratio()).isBetween(1.0, 8.0);
  }

  @ParameterizedTest
  @EnumSource
  void graph_runsToItsEnd_byOthersRules(Baseline baseline) {
    BaselineRun.Result result = BaselineRun.run(graph(), baseline);
    assertThat(result.lost()).isZero();
    assertThat(result.endsNanos().get(0)).isGreaterThan(Plan.BEGIN_NANOS + 8 * 20.0 * MILLI);
  }
}
