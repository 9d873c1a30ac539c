package io.minga.cli;

import io.minga.cli.text.ProgressBar;
import io.minga.simulations.cli.Seeds;
import io.minga.simulations.node.Campaign;
import io.minga.simulations.node.TrialOptions;
import io.minga.simulations.scenarios.Scenario;
import io.minga.simulations.scenarios.Trials;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Locale;
import java.util.OptionalLong;
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
  private static final long MEGABYTE = 1_000_000;

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
      description =
          "How many seeds at a time. Default: as many as there are processors, and memory for")
  private @Nullable Integer threads;

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
    int atOnce = atOnce(Integer.MAX_VALUE);
    if (!json) {
      around.out().printf("seeds %s, each of %s, %d at a time%n", its, bounds, atOnce);
    }
    long began = around.nanos().getAsLong();
    Count count = new Count();
    Campaign campaign;
    try (ProgressBar bar =
        new ProgressBar(around.err(), "campaign", OptionalLong.of(its.count()), around.nanos())) {
      campaign =
          its.run(
              atOnce,
              this::bounds,
              what -> {
                count.seeds++;
                if (what != null) {
                  count.broken++;
                  bar.clear();
                  around.err().println(what);
                }
                if (around.isWatched()) {
                  bar.update(count.seeds, count.broken);
                }
              });
      bar.clear();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Failure("the campaign was interrupted");
    }
    double wallSeconds = (around.nanos().getAsLong() - began) / NANOS_PER_SECOND;
    if (json) {
      around.out().println(campaign.toJson(count.broken, wallSeconds));
    } else {
      show(campaign, count.broken, wallSeconds);
    }
    if (!campaign.unseen().isEmpty()) {
      around.err().println("minga: these faults never struck: " + campaign.unseen());
      return Minga.FAILURE;
    }
    return count.broken == 0 ? 0 : Minga.FAILURE;
  }

  /** Of seeds whose trials are over. */
  private static final class Count {
    private long seeds;
    private long broken;
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
    int atOnce = (int) Math.min(its.count(), atOnce(Trials.fitting(count)));
    ScenarioRuns runs = new ScenarioRuns(around, chosen, count, policy, json, report);
    try {
      return runs.run(its, atOnce) == 0 ? 0 : Minga.FAILURE;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Failure("the simulation was interrupted");
    } catch (UncheckedIOException e) {
      throw new Failure(e);
    } catch (OutOfMemoryError e) {
      throw new Failure(
          ("%s with %d peers, %d at a time, needs more memory than the %,d MB that there are;"
                  + " JAVA_TOOL_OPTIONS=-Xmx16g gives 16 GB, --threads says how many at a time")
              .formatted(chosen.name(), count, atOnce, Trials.memoryBytes() / MEGABYTE));
    }
  }

  /** How many seeds at a time, if there is memory for so many. */
  private int atOnce(int most) {
    if (threads == null) {
      return Math.min(Runtime.getRuntime().availableProcessors(), most);
    }
    if (threads < 1) {
      throw new IllegalArgumentException("--threads is 1 or more, not " + threads);
    }
    return threads;
  }
}
