package io.minga.simulations.cli;

import io.minga.simulations.network.LinkOptions;
import io.minga.simulations.node.Figures;
import io.minga.simulations.node.NodeRun;
import io.minga.simulations.plan.Plan;
import io.minga.simulations.plan.Score;
import io.minga.simulations.processes.runtime.PlanProcesses;
import io.minga.simulations.scenarios.Scenario;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;

/**
 * Has real peers go through scenarios, a process each, and the simulator through the same ones: how
 * far it tells the truth.
 */
public final class ProcessesCommand {
  private static final int FAILED = 1;
  private static final int USAGE = 2;
  private static final int PEERS = 8;
  private static final double APART_MAX = 0.10;

  /** Those in which nothing happens that processes that nap can't do. */
  private static final List<String> SCENARIOS = List.of("S1", "S2", "S3");

  /** What the loopback interface is like: 0.1 ms, a gigabyte a second. */
  private static final LinkOptions LOOPBACK =
      new LinkOptions(100_000, 100_000, 20_000, 1_000_000_000, 0, 0, 0, 15_000_000_000L);

  private ProcessesCommand() {}

  /** Runs what {@code args} say; exits with 1 if they don't agree, with 2 if they are wrong. */
  public static void main(String[] args) throws IOException, InterruptedException {
    List<String> names = new ArrayList<>();
    Seeds seeds = new Seeds(1, 1);
    try {
      for (Iterator<String> rest = List.of(args).iterator(); rest.hasNext(); ) {
        String next = rest.next();
        if (next.equals("--seeds") && rest.hasNext()) {
          seeds = Seeds.parse(1, rest.next());
        } else if (SCENARIOS.contains(next.toUpperCase(Locale.ROOT))) {
          names.add(next);
        } else {
          throw new IllegalArgumentException(
              "'%s' is neither one of %s nor --seeds A..B".formatted(next, SCENARIOS));
        }
      }
    } catch (IllegalArgumentException wrong) {
      System.err.println("simulations: " + wrong.getMessage() + "; see simulations/run help");
      System.exit(USAGE);
      return;
    }
    boolean agree = true;
    for (String name : names.isEmpty() ? SCENARIOS : names) {
      for (long seed : seeds.all().toArray()) {
        agree &= run(Scenario.named(name).plan(PEERS, seed));
      }
    }
    System.exit(agree ? 0 : FAILED);
  }

  private static boolean run(Plan plan) throws IOException, InterruptedException {
    Figures simulated = NodeRun.run(plan.with(LOOPBACK));
    Score real = PlanProcesses.run(plan);
    double ratio = real.makespanSeconds() / simulated.makespanSeconds();
    boolean agree = Math.abs(ratio - 1) <= APART_MAX;
    System.out.printf(
        Locale.ROOT,
        "%s seed %d: %d processes %.2f s, simulated %.2f s, ratio %.3f (%s); over the oracle %.3f"
            + " and %.3f; load %.1f%n",
        plan.name(),
        plan.seed(),
        PEERS,
        real.makespanSeconds(),
        simulated.makespanSeconds(),
        ratio,
        agree ? "they agree" : "they don't agree",
        real.ratio(),
        simulated.ratio(),
        ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    return agree;
  }
}
