package io.minga.cli;

import io.minga.simulations.node.Figures;
import io.minga.simulations.scenarios.Pages;
import io.minga.simulations.scenarios.Scenario;
import io.minga.simulations.scenarios.Trials;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code minga sim}: many peers in virtual time, in this process. */
@Command(
    name = "sim",
    mixinStandardHelpOptions = true,
    version = Minga.VERSION,
    description = {
      "Runs a scenario with many peers in virtual time, and compares it with an oracle: a central"
          + " queue that has no delays.",
      "The same scenario, peers and seed give the same run, of which traceHash is the proof."
    },
    footer = {
      "",
      "Scenarios: S1 to S10; docs/simulation.md says what they are.",
      "",
      "Examples:",
      "  minga sim S1 --peers 50",
      "  minga sim S2 --peers 100 --seed 7 --json",
      "  minga sim S1 --policy p2pqueue",
      "  minga sim S3 --peers 100 --report reports"
    })
final class SimCommand implements Callable<Integer> {
  private static final double NANOS_PER_SECOND = 1e9;

  @Parameters(paramLabel = "SCENARIO", description = "Which: S1, S2, …")
  private String scenario = "";

  @Option(
      names = "--peers",
      paramLabel = "N",
      description = "How many peers. Default: ${DEFAULT-VALUE}")
  private int peers = 10;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "What all else depends on. Default: ${DEFAULT-VALUE}")
  private long seed = 1;

  @Option(
      names = "--policy",
      paramLabel = "NAME",
      description = "Who takes what: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}",
      completionCandidates = Policies.class)
  private String policy = Trials.policies().get(0);

  @Option(
      names = "--report",
      paramLabel = "DIR",
      description =
          "Write a page with drawings there, beside the other policies, which are run for it, too.")
  private @Nullable Path report;

  @Option(names = "--json", description = "Print JSON, an object a line.")
  private boolean json;

  private final Surroundings around;

  SimCommand(Surroundings around) {
    this.around = around;
  }

  /** For the help. */
  static final class Policies implements Iterable<String> {
    @Override
    public java.util.Iterator<String> iterator() {
      return Trials.policies().iterator();
    }
  }

  @Override
  public Integer call() throws Failure {
    Scenario chosen;
    try {
      chosen = Scenario.named(scenario);
      Trials.requirePolicy(policy);
      if (peers < 2 || peers > Trials.PEERS_MAX) {
        throw new IllegalArgumentException(
            "--peers is 2 to %d, not %d".formatted(Trials.PEERS_MAX, peers));
      }
    } catch (IllegalArgumentException e) {
      throw new Failure(String.valueOf(e.getMessage()), Minga.USAGE);
    }
    long began = System.nanoTime();
    Figures figures = Trials.run(chosen, peers, seed, policy);
    double wallSeconds = (System.nanoTime() - began) / NANOS_PER_SECOND;
    if (json) {
      around.out().println(figures.toJson(wallSeconds));
    } else {
      show(around.out(), chosen, figures, wallSeconds);
    }
    if (report != null) {
      report(report, chosen, figures);
    }
    return figures.lost() == 0 ? 0 : Minga.FAILURE;
  }

  private void report(Path folder, Scenario chosen, Figures figures) throws Failure {
    List<Figures> all = new ArrayList<>(List.of(figures));
    for (String other : Trials.policies()) {
      if (!other.equals(policy)) {
        all.add(Trials.run(chosen, peers, seed, other));
      }
    }
    String command =
        "minga sim %s --peers %d --seed %d --policy %s --report %s"
            .formatted(chosen.name(), peers, seed, policy, folder);
    Path page = folder.resolve("%s-%d-%d.html".formatted(chosen.name(), peers, seed));
    try {
      Files.createDirectories(folder);
      Files.writeString(page, Pages.html(chosen, all, command));
    } catch (IOException e) {
      throw new Failure(
          "cannot write the report %s: %s; --report names a folder to write to"
              .formatted(page, e.getMessage()),
          Minga.FAILURE);
    }
    around.err().println("minga: wrote " + page);
  }

  private static void show(PrintStream out, Scenario scenario, Figures figures, double wall) {
    out.printf("%s: %s%n", scenario.name(), scenario.what());
    out.printf(
        Locale.ROOT,
        "  %d peers, %,d tasks, seed %d, policy %s%n",
        figures.plan().machines().size(),
        figures.plan().tasks(),
        figures.plan().seed(),
        figures.policy());
    out.printf(
        Locale.ROOT,
        "  done in %.2f s, the oracle in %.2f s: %.3f times as long (%.2f is good)%n",
        figures.makespanSeconds(),
        figures.oracleSeconds(),
        figures.ratio(),
        scenario.bound());
    out.printf(Locale.ROOT, "  moves a task %.4f", figures.movesPerTask());
    if (!Double.isNaN(figures.bytesPerPeerSecond())) {
      out.printf(
          Locale.ROOT,
          ", bytes a peer and second %,.0f (%.0f %% gossip)",
          figures.bytesPerPeerSecond(),
          100 * figures.gossipShare());
    }
    out.println();
    out.printf(
        Locale.ROOT,
        "  lost %d, failed %d, run twice %d%n",
        figures.lost(),
        figures.failed(),
        figures.duplicates());
    out.printf(
        Locale.ROOT,
        "  simulated %.1f s in %.2f s, %,d events, trace %016x%n",
        figures.simulatedSeconds(),
        wall,
        figures.events(),
        figures.traceHash());
  }
}
