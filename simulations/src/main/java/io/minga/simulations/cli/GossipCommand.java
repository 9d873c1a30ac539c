package io.minga.simulations.cli;

import io.minga.simulations.gossip.GossipRun;
import io.minga.simulations.gossip.GossipScenario;
import io.minga.simulations.gossip.Report;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;

/** Runs gossip simulations and prints a table or JSON: what {@code simulations/run} starts. */
public final class GossipCommand {
  private static final int USAGE = 2;

  private GossipCommand() {}

  /** Runs what {@code args} say; exits with 2 if they are wrong. */
  public static void main(String[] args) {
    Arguments arguments;
    try {
      arguments = Arguments.parse(List.of(args));
    } catch (IllegalArgumentException wrong) {
      System.err.println("simulations: " + wrong.getMessage() + "; see simulations/run help");
      System.exit(USAGE);
      return;
    }
    List<Report> reports = new ArrayList<>();
    reports.add(run(arguments.undisturbed()));
    arguments.disturbed().ifPresent(it -> reports.add(run(it)));
    if (arguments.json) {
      reports.forEach(it -> System.out.println(it.toJson()));
    } else {
      System.out.print(Report.table(reports));
    }
  }

  private static Report run(GossipScenario scenario) {
    System.err.println("simulations: " + scenario);
    long startNanos = System.nanoTime();
    GossipRun run = new GossipRun(scenario);
    try {
      Report report = run.run();
      report.put("wallSeconds", (System.nanoTime() - startNanos) / 1e9);
      Runtime runtime = Runtime.getRuntime();
      System.gc();
      report.put("heapAtEndMib", (runtime.totalMemory() - runtime.freeMemory()) >> 20);
      return report;
    } finally {
      Reference.reachabilityFence(run); // what its peers hold counts
    }
  }
}
