package io.minga.simulations.scenarios;

import io.minga.simulations.baselines.Baseline;
import io.minga.simulations.node.Figures;
import io.minga.simulations.node.NodeRun;
import io.minga.simulations.plan.Plan;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Scenarios, run by whoever decides who takes what. */
public final class Trials {
  /** More peers than this take more memory and time than anybody has. */
  public static final int PEERS_MAX = 10_000;

  private Trials() {}

  /** Who may decide; the first is the node core. */
  public static List<String> policies() {
    return Stream.concat(
            Stream.of(NodeRun.POLICY), Arrays.stream(Baseline.values()).map(Baseline::word))
        .toList();
  }

  /**
   * Checks the name.
   *
   * @throws IllegalArgumentException if there is no such policy, with those that there are
   */
  public static void requirePolicy(String policy) {
    if (!policies().contains(policy)) {
      throw new IllegalArgumentException(
          "no policy is called '%s'; there are %s".formatted(policy, policies()));
    }
  }

  /** Runs a scenario. */
  public static Figures run(Scenario scenario, int peers, long seed, String policy) {
    requirePolicy(policy);
    Plan plan = scenario.plan(peers, seed);
    return Baseline.named(policy)
        .map(baseline -> Rival.run(plan, baseline))
        .orElseGet(() -> NodeRun.run(plan));
  }
}
