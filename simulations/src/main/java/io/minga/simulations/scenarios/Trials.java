package io.minga.simulations.scenarios;

import io.minga.simulations.baselines.Baseline;
import io.minga.simulations.node.Figures;
import io.minga.simulations.node.NodeRun;
import io.minga.simulations.plan.Plan;
import io.minga.simulations.plan.Progress;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Scenarios, run by whoever decides who takes what. */
public final class Trials {
  /** More peers than this take more memory and time than anybody has. */
  public static final int PEERS_MAX = 10_000;

  /** What a peer is reckoned with: S7 with a thousand has gone through in 8 GB, not in 4. */
  private static final long PEER_BYTES = 6_000_000;

  private Trials() {}

  /** How much memory this process may take, in bytes. */
  public static long memoryBytes() {
    return Runtime.getRuntime().maxMemory();
  }

  /** How many runs of so many peers there is memory for at a time, one at least. */
  public static int fitting(int peers) {
    return (int) Math.max(1, Math.min(Integer.MAX_VALUE, memoryBytes() / (PEER_BYTES * peers)));
  }

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
    return run(scenario, peers, seed, policy, Progress.NONE);
  }

  /** Runs a scenario, and says meanwhile how far it is. */
  public static Figures run(
      Scenario scenario, int peers, long seed, String policy, Progress progress) {
    requirePolicy(policy);
    Plan plan = scenario.plan(peers, seed);
    return Baseline.named(policy)
        .map(baseline -> Rival.run(plan, baseline, progress))
        .orElseGet(() -> NodeRun.run(plan, progress));
  }
}
