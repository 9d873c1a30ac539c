package io.minga.cli;

import io.minga.cli.text.ProgressBar;
import io.minga.simulations.cli.Seeds;
import io.minga.simulations.node.Figures;
import io.minga.simulations.plan.Progress;
import io.minga.simulations.scenarios.Pages;
import io.minga.simulations.scenarios.Scenario;
import io.minga.simulations.scenarios.Trials;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Runs of a scenario, what is said of each, and how fast all were.
 *
 * @param report the folder for pages with drawings, if any are wanted
 */
record ScenarioRuns(
    Surroundings around,
    Scenario scenario,
    int peers,
    String policy,
    boolean json,
    @Nullable Path report) {
  private static final double NANOS_PER_SECOND = 1e9;

  /**
   * What came of a seed.
   *
   * @param text to be printed
   * @param page where the page is, if there is one
   * @param beganNanos by the clock of the surroundings, as is the end
   */
  private record Run(
      String text,
      @Nullable Path page,
      int lost,
      double simulatedSeconds,
      long beganNanos,
      long endedNanos) {}

  /**
   * Runs all seeds, some at a time, and says of each what came of it once all before it have ended.
   *
   * @return how many calls were lost in all of them
   * @throws UncheckedIOException if a page can't be written
   */
  int run(Seeds seeds, int threads) throws InterruptedException {
    List<Run> runs = new ArrayList<>();
    try (Bar bar = new Bar(around, scenario.name(), seeds.count())) {
      seeds.each(
          threads,
          seed -> run(seed, bar),
          run -> {
            bar.clear();
            around.out().println(run.text);
            if (run.page != null) {
              around.err().println("minga: wrote " + run.page);
            }
            runs.add(run);
          });
    }
    if (seeds.count() > 1 && !json) {
      around
          .out()
          .printf(
              Locale.ROOT,
              "seeds %s, %d at a time: simulated %.1f s in %.2f s, %.0f times as fast as real time,"
                  + " %.0f times in the second half%n",
              seeds,
              threads,
              simulatedSeconds(runs),
              wallSeconds(runs),
              times(runs),
              times(runs.subList(runs.size() / 2, runs.size())));
    }
    return runs.stream().mapToInt(Run::lost).sum();
  }

  private Run run(long seed, Bar bar) {
    long began = around.nanos().getAsLong();
    Figures figures = Trials.run(scenario, peers, seed, policy, bar);
    long ended = around.nanos().getAsLong();
    double wallSeconds = (ended - began) / NANOS_PER_SECOND;
    String text = json ? figures.toJson(wallSeconds) : text(figures, wallSeconds);
    Path page = report == null ? null : page(report, figures, bar);
    bar.ended();
    return new Run(text, page, figures.lost(), figures.simulatedSeconds(), began, ended);
  }

  private static double simulatedSeconds(List<Run> runs) {
    return runs.stream().mapToDouble(Run::simulatedSeconds).sum();
  }

  /** From the beginning of the first of them to the end of the last. */
  private static double wallSeconds(List<Run> runs) {
    long origin = runs.get(0).beganNanos;
    long began = runs.stream().mapToLong(it -> it.beganNanos - origin).min().orElse(0);
    long ended = runs.stream().mapToLong(it -> it.endedNanos - origin).max().orElse(0);
    return (ended - began) / NANOS_PER_SECOND;
  }

  private static double times(List<Run> runs) {
    return simulatedSeconds(runs) / wallSeconds(runs);
  }

  /** Writes a page about a run, beside what the other policies make of the same. */
  private Path page(Path folder, Figures figures, Bar bar) {
    long seed = figures.plan().seed();
    List<Figures> all = new ArrayList<>(List.of(figures));
    for (String other : Trials.policies()) {
      if (!other.equals(policy)) {
        bar.turnsTo(scenario.name() + " " + other);
        all.add(Trials.run(scenario, peers, seed, other, bar));
      }
    }
    String command =
        "minga sim %s --peers %d --seed %d --policy %s --report %s"
            .formatted(scenario.name(), peers, seed, policy, folder);
    Path page = folder.resolve("%s-%d-%d-%s.html".formatted(scenario.name(), peers, seed, policy));
    try {
      Files.createDirectories(folder);
      Files.writeString(page, Pages.html(scenario, all, command));
    } catch (IOException e) {
      throw new UncheckedIOException(
          "cannot write the report %s: %s; --report names a folder to write to"
              .formatted(page, e.getMessage()),
          e);
    }
    return page;
  }

  private String text(Figures figures, double wallSeconds) {
    StringBuilder text = new StringBuilder();
    add(text, "%s: %s%n", scenario.name(), scenario.what());
    add(
        text,
        "  %d peers, %,d tasks, seed %d, policy %s%n",
        figures.plan().machines().size(),
        figures.plan().tasks(),
        figures.plan().seed(),
        figures.policy());
    add(
        text,
        "  done in %.2f s, the oracle in %.2f s: %.3f times as long (%.2f is good);"
            + " over one with delays %.3f%n",
        figures.makespanSeconds(),
        figures.oracleSeconds(),
        figures.ratio(),
        scenario.bound(),
        figures.delayedRatio());
    add(text, "  moves a task %.4f", figures.movesPerTask());
    if (figures.warmUpMovesPerTask() > 0) {
      add(text, " (%.2f while warming up)", figures.warmUpMovesPerTask());
    }
    if (!Double.isNaN(figures.bytesPerPeerSecond())) {
      add(
          text,
          ", bytes a peer and second %,.0f (%.0f %% gossip)",
          figures.bytesPerPeerSecond(),
          100 * figures.gossipShare());
    }
    add(
        text,
        "%n  lost %d, failed %d, run twice %d%n",
        figures.lost(),
        figures.failed(),
        figures.duplicates());
    add(
        text,
        "  simulated %.1f s in %.2f s, %,d events, trace %016x",
        figures.simulatedSeconds(),
        wallSeconds,
        figures.events(),
        figures.traceHash());
    return text.toString();
  }

  private static void add(StringBuilder text, String format, @Nullable Object... values) {
    text.append(String.format(Locale.ROOT, format, values));
  }

  /** Shows whoever watches how many of a lone run's calls are over, or of several runs. */
  private static final class Bar implements Progress, AutoCloseable {
    private final Surroundings around;
    private final long seeds;
    private final AtomicLong ended = new AtomicLong();
    private String name;
    private @Nullable ProgressBar drawn;

    Bar(Surroundings around, String name, long seeds) {
      this.around = around;
      this.name = name;
      this.seeds = seeds;
    }

    @Override
    public void ended(long calls, long all) {
      if (seeds == 1) {
        draw(calls, all);
      } else {
        draw(ended.get(), seeds);
      }
    }

    /** A lone run is over, and another begins beside which it is to be shown. */
    synchronized void turnsTo(String other) {
      if (seeds == 1) {
        clear();
        drawn = null;
        name = other;
      }
    }

    /** All of a seed has ended. */
    void ended() {
      ended.incrementAndGet();
    }

    private synchronized void draw(long done, long all) {
      if (around.isWatched()) {
        if (drawn == null) {
          drawn = new ProgressBar(around.err(), name, OptionalLong.of(all), around.nanos());
        }
        drawn.update(done, 0);
      }
    }

    /** Makes room for what is to be printed. */
    synchronized void clear() {
      if (drawn != null) {
        drawn.clear();
      }
    }

    @Override
    public void close() {
      clear();
    }
  }
}
