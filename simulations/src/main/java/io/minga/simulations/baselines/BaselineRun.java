package io.minga.simulations.baselines;

import io.minga.simulations.events.Simulation;
import io.minga.simulations.plan.Plan;
import io.minga.simulations.plan.Progress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Takes a plan through a baseline: the bursts that are measured, none that warm up. */
public final class BaselineRun {
  private static final int SAMPLES_MAX = 400;
  private static final long SAMPLE_NANOS = Simulation.SECOND / 100;

  private final Progress progress;
  private final Field field;
  private final List<Moment> moments = new ArrayList<>();
  private long everyNanos = SAMPLE_NANOS;

  /**
   * How things stood at a moment.
   *
   * @param nanos since the plan's begin
   * @param finishSeconds in how long each peer would be through; 0 for one that isn't there
   * @param done calls whose submitter knows the outcome
   * @param moves calls that changed hands so far
   */
  public record Moment(long nanos, List<Double> finishSeconds, int done, long moves) {
    /** Copies the list. */
    public Moment {
      finishSeconds = List.copyOf(finishSeconds);
    }
  }

  /**
   * What came of a run.
   *
   * @param endsNanos when the last outcome of each burst was known to its submitter; 0 for bursts
   *     that warm up
   * @param lost calls that weren't over when the plan's time was, though their submitter waits
   * @param movesPerTask how often a call changed hands, the first way from its submitter included
   *     where that is a move
   */
  public record Result(
      Baseline baseline,
      List<Double> endsNanos,
      int lost,
      double movesPerTask,
      long traceHash,
      long simulatedNanos,
      long events,
      List<Moment> moments) {
    /** Copies the lists. */
    public Result {
      endsNanos = List.copyOf(endsNanos);
      moments = List.copyOf(moments);
    }
  }

  private BaselineRun(Plan plan, Baseline baseline, Progress progress) {
    this.progress = progress;
    this.field = new Field(plan, baseline);
  }

  /** Runs the plan to its end. */
  public static Result run(Plan plan, Baseline baseline) {
    return run(plan, baseline, Progress.NONE);
  }

  /** Runs the plan to its end, and says meanwhile how far it is. */
  public static Result run(Plan plan, Baseline baseline, Progress progress) {
    BaselineRun run = new BaselineRun(plan, baseline, progress);
    Calls calls = run.field.calls();
    run.field.at(plan.startNanos(), run::sample);
    while (calls.open() > 0 && run.field.step()) {
      // until all is done
    }
    double[] ends = calls.endsNanos();
    for (int burst = 0; burst < ends.length && calls.open() > 0; burst++) {
      boolean isOpen = plan.bursts().get(burst).isMeasured();
      ends[burst] = isOpen ? Math.max(ends[burst], (double) plan.endNanos()) : ends[burst];
    }
    double moves = (double) run.field.moves() / Math.max(1, calls.count());
    List<Double> each = Arrays.stream(ends).boxed().toList();
    Simulation simulation = run.field.simulation();
    return new Result(
        baseline,
        each,
        calls.open(),
        moves,
        simulation.trace().hash(),
        simulation.nowNanos(),
        simulation.events(),
        run.moments);
  }

  private void sample() {
    List<Double> finish =
        field.stations().stream().map(it -> it.isThere() ? it.finishSeconds() : 0).toList();
    int done = field.calls().count() - field.calls().open();
    moments.add(new Moment(field.nowNanos(), finish, done, field.moves()));
    progress.ended(done, field.calls().count());
    if (moments.size() == SAMPLES_MAX) {
      for (int i = SAMPLES_MAX - 1; i > 0; i -= 2) {
        moments.remove(i);
      }
      everyNanos *= 2;
    }
    field.at(field.nowNanos() + everyNanos, this::sample);
  }
}
