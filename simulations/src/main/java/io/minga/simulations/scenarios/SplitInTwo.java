package io.minga.simulations.scenarios;

import io.minga.simulations.events.Simulation;
import io.minga.simulations.plan.Burst;
import io.minga.simulations.plan.Lengths;
import io.minga.simulations.plan.Machine;
import io.minga.simulations.plan.Plan;
import io.minga.simulations.plan.Split;
import java.util.List;

/** The network is in two halves for half a minute, mid-job. */
final class SplitInTwo implements Scenario {
  private static final int TASKS_PER_SLOT = 90;

  @Override
  public String name() {
    return "S8";
  }

  @Override
  public String what() {
    return "the network splits in two for 30 s, mid-job";
  }

  @Override
  public double bound() {
    return 1.25;
  }

  @Override
  public Plan plan(int peers, long seed) {
    Draw draw = new Draw(name(), seed);
    List<Machine> machines = Draw.equal(peers);
    long start = Draw.afterWarmUp(machines);
    Lengths lengths = draw.lengths(TASKS_PER_SLOT * Draw.slots(machines));
    long from = start + 20 * Simulation.SECOND;
    return draw.plan(this, seed, machines, Burst.job(start, 0, lengths))
        .with(new Split(from, from + 30 * Simulation.SECOND, 0.5));
  }
}
