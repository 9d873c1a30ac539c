package io.minga.simulations.scenarios;

import io.minga.simulations.baselines.Baseline;
import io.minga.simulations.baselines.BaselineRun;
import io.minga.simulations.node.Figures;
import io.minga.simulations.plan.Oracle;
import io.minga.simulations.plan.Plan;
import io.minga.simulations.plan.Progress;
import io.minga.simulations.plan.Score;
import java.util.List;

/** What a baseline makes of a plan, in the words in which a run of node cores is told. */
final class Rival {
  private static final double NANOS = 1e9;

  private Rival() {}

  static Figures run(Plan plan, Baseline baseline, Progress progress) {
    BaselineRun.Result result = BaselineRun.run(plan, baseline, progress);
    double[] ends = result.endsNanos().stream().mapToDouble(Double::doubleValue).toArray();
    Score score = Score.of(plan, ends, Oracle.endsNanos(plan));
    List<Figures.Sample> series =
        result.moments().stream()
            .map(
                it ->
                    new Figures.Sample(
                        (double) it.nanos() / NANOS, it.finishSeconds(), it.done(), it.moves(), -1))
            .toList();
    return new Figures(
        plan,
        baseline.word(),
        score.ratio(),
        Score.of(plan, ends, Oracle.endsWithDelaysNanos(plan)).ratio(),
        score.makespanSeconds(),
        score.oracleSeconds(),
        result.movesPerTask(),
        0,
        Double.NaN,
        Double.NaN,
        result.lost(),
        0,
        0,
        result.traceHash(),
        (double) result.simulatedNanos() / NANOS,
        result.events(),
        series);
  }
}
