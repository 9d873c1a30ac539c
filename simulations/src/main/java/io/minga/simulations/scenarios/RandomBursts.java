package io.minga.simulations.scenarios;

import io.minga.simulations.events.Simulation;
import io.minga.simulations.plan.Burst;
import io.minga.simulations.plan.Machine;
import io.minga.simulations.plan.Plan;
import java.util.ArrayList;
import java.util.List;

/** Bursts at 30 % of the peers at random moments, over a Poisson background of small jobs. */
final class RandomBursts implements Scenario {
  private static final int SECONDS = 60;

  /** Of all that the peers could do, what they are given, and what of that is background. */
  private static final double LOAD = 0.6;

  private static final double BACKGROUND = 0.2;

  /** How many tasks a small job has. */
  private static final int SMALL = 10;

  @Override
  public String name() {
    return "S5";
  }

  @Override
  public String what() {
    return "bursts at 30 % of the peers at random moments, and a background of small jobs";
  }

  @Override
  public double bound() {
    return 1.10;
  }

  @Override
  public Plan plan(int peers, long seed) {
    Draw draw = new Draw(name(), seed);
    List<Machine> machines = Draw.equal(peers);
    long start = Draw.afterAllHaveTold(machines); // since any of them submits
    long spanNanos = SECONDS * Simulation.SECOND;
    double work = LOAD * SECONDS * Draw.rate(machines);
    List<Burst> bursts = new ArrayList<>();
    int large = Math.max(1, peers * 3 / 10);
    for (int i = 0; i < large; i++) {
      int tasks = (int) Math.round(work * (1 - BACKGROUND) / large);
      long at = start + draw.random.nextLong(spanNanos);
      bursts.add(Burst.job(at, draw.random.nextInt(peers), draw.lengths(tasks)));
    }
    double perSecond = work * BACKGROUND / SMALL / SECONDS;
    double at = 0;
    while (at < SECONDS) {
      long then = start + Math.round(at * Simulation.SECOND);
      bursts.add(Burst.job(then, draw.random.nextInt(peers), draw.lengths(SMALL)));
      at -= Math.log(1 - draw.random.nextDouble()) / perSecond;
    }
    return draw.plan(this, seed, machines, bursts.toArray(new Burst[0])).aboutJobs();
  }
}
