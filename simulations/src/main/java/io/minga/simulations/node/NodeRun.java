package io.minga.simulations.node;

import static io.minga.simulations.events.Simulation.SECOND;

import io.minga.simulations.events.Simulation;
import io.minga.simulations.plan.Machine;
import io.minga.simulations.plan.Oracle;
import io.minga.simulations.plan.Plan;
import io.minga.simulations.plan.Progress;
import io.minga.simulations.plan.Score;
import io.minga.simulations.plan.Split;
import java.util.ArrayList;
import java.util.List;

/** Takes node cores through a plan. */
public final class NodeRun {
  /** What the cores' own way of sharing work is called, beside others. */
  public static final String POLICY = "minga";

  private static final int SAMPLES = 200;

  private final Plan plan;
  private final Progress progress;
  private final World world;
  private final List<Figures.Sample> series = new ArrayList<>();

  /** How often tasks had changed hands when what is measured began. */
  private long warmUpMoves;

  private NodeRun(Plan plan, Progress progress) {
    this.plan = plan;
    this.progress = progress;
    this.world = new World(plan, false, -1);
  }

  /** Runs the plan to its end. */
  public static Figures run(Plan plan) {
    return run(plan, Progress.NONE);
  }

  /** Runs the plan to its end, and says meanwhile how far it is. */
  public static Figures run(Plan plan, Progress progress) {
    NodeRun run = new NodeRun(plan, progress);
    double[] oracle = Oracle.endsNanos(plan);
    run.begin();
    run.play(oracle);
    return run.figures(oracle);
  }

  private void begin() {
    Simulation simulation = world.simulation();
    int number = 0;
    for (Machine machine : plan.machines()) {
      int its = number++;
      if (machine.joinsNanos() <= 0) {
        world.add(machine);
      } else if (its > 0 && plan.machines().get(its - 1).joinsNanos() > machine.joinsNanos()) {
        throw new IllegalArgumentException("machines are in the order of their coming");
      } else {
        simulation.at(machine.joinsNanos(), () -> world.add(machine));
      }
      if (machine.leavesNanos() < Machine.NEVER) {
        simulation.at(machine.leavesNanos(), () -> world.exit(its, machine.exit()));
      }
    }
    world.joinAll();
    for (int i = 0; i < plan.bursts().size(); i++) {
      int burst = i;
      simulation.at(plan.bursts().get(i).atNanos(), () -> world.submit(burst));
    }
    for (Split split : plan.splits()) {
      simulation.at(split.fromNanos(), () -> world.split(split.share()));
      simulation.at(split.toNanos(), () -> world.split(0));
    }
  }

  private void play(double[] oracle) {
    double last = 0;
    for (double end : oracle) {
      last = Math.max(last, end);
    }
    long every = Math.max(SECOND / 100, Math.round(last / SAMPLES));
    world.simulation().after(every, () -> sample(every));
    world.simulation().run(plan.startNanos() - 1);
    warmUpMoves = moves();
    while (world.ledger().measuredOpen() > 0 && world.simulation().step(plan.endNanos())) {
      // until all is done
    }
  }

  private void sample(long everyNanos) {
    List<Double> finish = new ArrayList<>();
    for (int i = 0; i < world.size(); i++) {
      finish.add(world.finishSeconds(i));
    }
    int ended = world.ledger().size() - world.ledger().open();
    series.add(
        new Figures.Sample(
            (double) world.simulation().nowNanos() / SECOND,
            finish,
            ended,
            moves() - warmUpMoves,
            bytes()));
    progress.ended(ended, plan.tasks());
    world.simulation().after(everyNanos, () -> sample(everyNanos));
  }

  private long moves() {
    return world.ledger().handouts() + world.taken();
  }

  private long bytes() {
    return world.gossip().bytes() + streamBytes();
  }

  private long streamBytes() {
    long bytes = world.blocks().bytes();
    for (int i = 0; i < world.size(); i++) {
      bytes += world.network().sentBytes(i);
    }
    return bytes;
  }

  private Figures figures(double[] oracle) {
    Ledger ledger = world.ledger();
    double[] ends = new double[oracle.length];
    for (int i = 0; i < ends.length; i++) {
      ends[i] = (double) ledger.endNanos(i, plan.endNanos());
    }
    Score score = Score.of(plan, ends, oracle);
    double delayed = Score.of(plan, ends, Oracle.endsWithDelaysNanos(plan)).ratio();
    double seconds = (double) world.simulation().nowNanos() / SECOND;
    double bytes = (double) bytes();
    return new Figures(
        plan,
        POLICY,
        score.ratio(),
        delayed,
        score.makespanSeconds(),
        score.oracleSeconds(),
        (double) (moves() - warmUpMoves) / Math.max(1, plan.measuredTasks()),
        (double) warmUpMoves / Math.max(1, plan.tasks() - plan.measuredTasks()),
        bytes / world.size() / seconds,
        bytes == 0 ? 0 : world.gossip().bytes() / bytes,
        ledger.measuredOpen(),
        ledger.failures(),
        ledger.duplicates(),
        world.simulation().trace().hash(),
        seconds,
        world.simulation().events(),
        series);
  }
}
