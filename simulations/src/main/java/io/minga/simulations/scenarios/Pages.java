package io.minga.simulations.scenarios;

import io.minga.simulations.baselines.Baseline;
import io.minga.simulations.network.LinkOptions;
import io.minga.simulations.node.Figures;
import io.minga.simulations.plan.LowerBound;
import io.minga.simulations.plan.Machine;
import io.minga.simulations.plan.Plan;
import io.minga.simulations.report.Course;
import io.minga.simulations.report.Fact;
import io.minga.simulations.report.HtmlReport;
import io.minga.simulations.report.Moment;
import io.minga.simulations.report.Page;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Makes a page of what came of a scenario. */
public final class Pages {
  private static final double NANOS = 1e9;
  private static final double MILLIS = 1e6;

  /** As far from the mean a finish time may be that is called level with it. */
  private static final double LEVEL_SHARE = 0.1;

  private Pages() {}

  /**
   * The page, as HTML.
   *
   * @param all what came of the same plan, by several policies; the page is about the first
   * @param command what to type to get the page again
   */
  public static String html(Scenario scenario, List<Figures> all, String command) {
    Figures first = all.get(0);
    Plan plan = first.plan();
    double start = (double) plan.startNanos() / NANOS;
    return HtmlReport.of(
        new Page(
            scenario.name(),
            scenario.what(),
            plan.isAboutJobs() ? "slowdown / oracle's" : "makespan / oracle",
            scenario.bound(),
            LowerBound.endNanos(plan) / NANOS - start,
            first.oracleSeconds(),
            command,
            options(plan),
            all.stream().map(Pages::course).toList()));
  }

  private static List<Fact> options(Plan plan) {
    List<Fact> facts = new ArrayList<>();
    int slots = plan.machines().stream().mapToInt(Machine::slots).sum();
    facts.add(new Fact("peers", number(plan.machines().size())));
    facts.add(new Fact("slots", number(slots)));
    facts.add(new Fact("tasks", number(plan.tasks())));
    facts.add(new Fact("seed", Long.toString(plan.seed())));
    LinkOptions link = plan.link();
    double least = (double) link.latencyMinNanos() / MILLIS;
    double most = (double) (link.latencyMaxNanos() + link.jitterNanos()) / MILLIS;
    facts.add(new Fact("one way", String.format(Locale.ROOT, "%.3g–%.3g ms", least, most)));
    if (link.loss() > 0) {
      facts.add(new Fact("loss", String.format(Locale.ROOT, "%.1f %%", 100 * link.loss())));
    }
    return facts;
  }

  private static String number(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  private static Course course(Figures figures) {
    List<Moment> moments = moments(figures);
    List<Fact> facts = new ArrayList<>();
    facts.add(new Fact("level after", level(moments)));
    facts.add(new Fact("lost", number(figures.lost())));
    if (isCore(figures)) {
      facts.add(new Fact("failed", number(figures.failed())));
      facts.add(new Fact("run twice", number(figures.duplicates())));
      facts.add(
          new Fact(
              "moves per task of the warm-up",
              String.format(Locale.ROOT, "%.3f", figures.warmUpMovesPerTask())));
      facts.add(
          new Fact(
              "share of gossip in bytes",
              String.format(Locale.ROOT, "%.0f %%", 100 * figures.gossipShare())));
    }
    facts.add(new Fact("trace", String.format(Locale.ROOT, "%016x", figures.traceHash())));
    return new Course(
        figures.policy(),
        Baseline.named(figures.policy()).map(Baseline::what).orElse("hints, moves and recalls"),
        figures.makespanSeconds(),
        figures.ratio(),
        figures.movesPerTask(),
        figures.bytesPerPeerSecond(),
        facts,
        moments);
  }

  /** Others' rules have nothing to warm up. */
  private static boolean isCore(Figures figures) {
    return Baseline.named(figures.policy()).isEmpty();
  }

  private static List<Moment> moments(Figures figures) {
    List<Moment> moments = new ArrayList<>();
    List<Machine> machines = figures.plan().machines();
    double start = (double) figures.plan().startNanos() / NANOS;
    int warmUp = isCore(figures) ? figures.plan().tasks() - figures.plan().measuredTasks() : 0;
    for (Figures.Sample sample : figures.series()) {
      if (sample.seconds() < start) {
        continue;
      }
      List<Double> finish = new ArrayList<>();
      for (int i = 0; i < sample.finishSeconds().size(); i++) {
        Machine machine = machines.get(i);
        double nanos = sample.seconds() * NANOS;
        boolean isThere =
            (double) machine.joinsNanos() <= nanos && nanos < (double) machine.leavesNanos();
        boolean counts = isThere && machine.slots() > 0;
        finish.add(counts ? sample.finishSeconds().get(i) : Double.NaN);
      }
      moments.add(
          new Moment(
              sample.seconds() - start,
              finish,
              Math.max(0, sample.done() - warmUp),
              sample.moves(),
              sample.bytes()));
    }
    return moments;
  }

  /** When all finish times were a tenth from their mean at most, for the first time. */
  private static String level(List<Moment> moments) {
    for (Moment moment : moments) {
      double[] all =
          moment.finishSeconds().stream()
              .mapToDouble(Double::doubleValue)
              .filter(it -> !Double.isNaN(it))
              .toArray();
      double mean = Arrays.stream(all).average().orElse(0);
      boolean isLevel =
          Arrays.stream(all).allMatch(it -> Math.abs(it - mean) <= LEVEL_SHARE * mean);
      if (mean > 0 && isLevel) {
        return String.format(Locale.ROOT, "%.1f s", moment.seconds());
      }
    }
    return "never";
  }
}
