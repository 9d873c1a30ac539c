package io.minga.cli;

import io.minga.simulations.cli.Seeds;
import io.minga.simulations.node.Campaign;
import io.minga.simulations.node.Figures;
import io.minga.simulations.node.TrialOptions;
import io.minga.simulations.scenarios.Pages;
import io.minga.simulations.scenarios.Scenario;
import io.minga.simulations.scenarios.Trials;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.LongAdder;
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
      "Scenarios: S1 to S10, and campaign: small networks with faults, drawn from seeds, in which",
      "no promise may be broken. docs/simulation.md says what they are.",
      "",
      "Examples:",
      "  minga sim S1 --peers 50",
      "  minga sim S2 --peers 100 --seed 7 --json",
      "  minga sim S1 --peers 50 --seeds 1..20",
      "  minga sim S1 --policy p2pqueue",
      "  minga sim S3 --peers 100 --report reports",
      "  minga sim campaign --seeds 1..2000"
    })
final class SimCommand implements Callable<Integer> {
  private static final double NANOS_PER_SECOND = 1e9;
  private static final int PEERS = 10;

  @Parameters(paramLabel = "SCENARIO", description = "Which: S1, S2, …, or campaign")
  private String scenario = "";

  @Option(
      names = "--peers",
      paramLabel = "N",
      description = "How many peers. Default: 10, in a campaign at most 8")
  private @Nullable Integer peers;

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

  @Option(names = "--json", description = "Print JSON, an object a line.")
  private boolean json;

  @Option(
      names = "--report",
      paramLabel = "DIR",
      description =
          "Write a page with drawings there, beside the other policies, which are run for it, too.")
  private @Nullable Path report;

  @Option(
      names = "--seeds",
      paramLabel = "N|A..B",
      description = "How many seeds, from --seed on, or which. Default: ${DEFAULT-VALUE}")
  private String seeds = "1";

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "campaign: how many seeds at a time. Default: as many as processors")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(names = "--bursts", paramLabel = "N", description = "campaign: the most jobs a seed.")
  private @Nullable Integer bursts;

  @Option(names = "--tasks", paramLabel = "N", description = "campaign: the most tasks a job.")
  private @Nullable Integer tasks;

  @Option(
      names = "--faults",
      paramLabel = "NAMES",
      description = "campaign: what may go wrong, such as kill,partition; none for nothing.")
  private @Nullable String faults;

  @Option(
      names = "--exclusive",
      description = "campaign: all calls are exclusive, and faults take as long as leases do.")
  private boolean exclusive;

  private final Surroundings around;

  SimCommand(Surroundings around) {
    this.around = around;
  }

  /** For the help. */
  static final class Policies implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Trials.policies().iterator();
    }
  }

  @Override
  public Integer call() throws Failure {
    try {
      return scenario.equals("campaign") ? campaign() : scenario();
    } catch (IllegalArgumentException e) {
      throw new Failure(String.valueOf(e.getMessage()), Minga.USAGE);
    }
  }

  private int campaign() throws Failure {
    Seeds its = Seeds.parse(seed, seeds);
    TrialOptions bounds = bounds(seed);
    if (threads < 1) {
      throw new IllegalArgumentException("--threads is 1 or more, not " + threads);
    }
    if (!json) {
      around.out().printf("seeds %s, each of %s, %d at a time%n", its, bounds, threads);
    }
    long began = System.nanoTime();
    LongAdder broken = new LongAdder();
    Campaign campaign;
    try {
      campaign =
          its.run(
              threads,
              this::bounds,
              what -> {
                broken.increment();
                around.err().println(what);
              });
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Failure("the campaign was interrupted");
    }
    double wallSeconds = (System.nanoTime() - began) / NANOS_PER_SECOND;
    if (json) {
      around.out().println(campaign.toJson(broken.sum(), wallSeconds));
    } else {
      show(campaign, broken.sum(), wallSeconds);
    }
    if (!campaign.unseen().isEmpty()) {
      around.err().println("minga: these faults never struck: " + campaign.unseen());
      return Minga.FAILURE;
    }
    return broken.sum() == 0 ? 0 : Minga.FAILURE;
  }

  /** What a seed's trial is drawn from. */
  private TrialOptions bounds(long its) {
    TrialOptions all = exclusive ? TrialOptions.exclusive(its) : TrialOptions.of(its);
    return new TrialOptions(
        its,
        peers == null ? all.peersMax() : peers,
        bursts == null ? all.burstsMax() : bursts,
        tasks == null ? all.tasksMax() : tasks,
        faults == null ? all.faults() : TrialOptions.faults(faults),
        exclusive);
  }

  private void show(Campaign campaign, long broken, double wallSeconds) {
    around
        .out()
        .printf(
            Locale.ROOT,
            "%,d of %,d seeds broke a promise; %,d calls, %,d moves, %.1f s%n",
            broken,
            campaign.trials(),
            campaign.tasks(),
            campaign.moved(),
            wallSeconds);
    around.out().printf("%,d were run twice, with the same trace%n", campaign.twice());
    campaign.struck().forEach((fault, count) -> around.out().printf("  %s %,d%n", fault, count));
    around.out().printf("trace %016x%n", campaign.hash());
  }

  private int scenario() throws Failure {
    int count = peers == null ? PEERS : peers;
    Scenario chosen = Scenario.named(scenario);
    Trials.requirePolicy(policy);
    if (count < 2 || count > Trials.PEERS_MAX) {
      throw new IllegalArgumentException(
          "--peers is 2 to %d, not %d".formatted(Trials.PEERS_MAX, count));
    }
    Seeds its = Seeds.parse(seed, seeds);
    int lost = 0;
    List<Speed> speeds = new ArrayList<>();
    for (long each : its.all().toArray()) {
      long began = System.nanoTime();
      Figures figures = Trials.run(chosen, count, each, policy);
      double wall = (System.nanoTime() - began) / NANOS_PER_SECOND;
      if (json) {
        around.out().println(figures.toJson(wall));
      } else {
        show(around.out(), chosen, figures, wall);
      }
      Path folder = report;
      if (folder != null) {
        write(folder, chosen, figures);
      }
      lost += figures.lost();
      speeds.add(new Speed(figures.simulatedSeconds(), wall));
    }
    if (its.count() > 1 && !json) {
      Speed all = Speed.of(speeds);
      Speed later = Speed.of(speeds.subList(speeds.size() / 2, speeds.size()));
      around
          .out()
          .printf(
              Locale.ROOT,
              "seeds %s: simulated %.1f s in %.2f s, %.0f times as fast as real time,"
                  + " %.0f times in the second half%n",
              its,
              all.simulatedSeconds,
              all.wallSeconds,
              all.times(),
              later.times());
    }
    return lost == 0 ? 0 : Minga.FAILURE;
  }

  /** How long runs took, and for how long: the first ones are those in which a JVM compiles. */
  private record Speed(double simulatedSeconds, double wallSeconds) {
    static Speed of(List<Speed> runs) {
      return new Speed(
          runs.stream().mapToDouble(Speed::simulatedSeconds).sum(),
          runs.stream().mapToDouble(Speed::wallSeconds).sum());
    }

    double times() {
      return simulatedSeconds / wallSeconds;
    }
  }

  /** Writes a page about the run, beside what the other policies make of the same. */
  private void write(Path folder, Scenario chosen, Figures figures) throws Failure {
    int count = peers == null ? PEERS : peers;
    long its = figures.plan().seed();
    List<Figures> all = new ArrayList<>(List.of(figures));
    for (String other : Trials.policies()) {
      if (!other.equals(policy)) {
        all.add(Trials.run(chosen, count, its, other));
      }
    }
    String command =
        "minga sim %s --peers %d --seed %d --policy %s --report %s"
            .formatted(chosen.name(), count, its, policy, folder);
    Path page = folder.resolve("%s-%d-%d-%s.html".formatted(chosen.name(), count, its, policy));
    try {
      Files.createDirectories(folder);
      Files.writeString(page, Pages.html(chosen, all, command));
    } catch (IOException e) {
      throw new Failure(
          "cannot write the report %s: %s; --report names a folder to write to"
              .formatted(page, e.getMessage()));
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
        "  done in %.2f s, the oracle in %.2f s: %.3f times as long (%.2f is good);"
            + " over one with delays %.3f%n",
        figures.makespanSeconds(),
        figures.oracleSeconds(),
        figures.ratio(),
        scenario.bound(),
        figures.delayedRatio());
    out.printf(Locale.ROOT, "  moves a task %.4f", figures.movesPerTask());
    if (figures.warmUpMovesPerTask() > 0) {
      out.printf(Locale.ROOT, " (%.2f while warming up)", figures.warmUpMovesPerTask());
    }
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
