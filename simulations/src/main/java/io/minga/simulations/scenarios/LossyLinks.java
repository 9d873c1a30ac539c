package io.minga.simulations.scenarios;

import io.minga.simulations.events.Simulation;
import io.minga.simulations.plan.Burst;
import io.minga.simulations.plan.Lengths;
import io.minga.simulations.plan.Machine;
import io.minga.simulations.plan.Plan;
import java.util.List;

/** One burst at one peer over links that lose a twentieth of all packets, 20–200 ms long. */
final class LossyLinks implements Scenario {
  @Override
  public String name() {
    return "S9";
  }

  @Override
  public String what() {
    return "5 % packet loss, delays of 20 to 200 ms";
  }

  @Override
  public double bound() {
    return 1.05;
  }

  @Override
  public Plan plan(int peers, long seed) {
    Draw draw = new Draw(name(), seed);
    List<Machine> machines = Draw.equal(peers);
    Lengths lengths = draw.lengths(Draw.TASKS_PER_SLOT * Draw.slots(machines));
    return draw.plan(this, seed, machines, Burst.job(Draw.afterWarmUp(machines), 0, lengths))
        .with(
            Plan.LINK
                .withLatencyNanos(20 * Simulation.MILLI, 200 * Simulation.MILLI)
                .withFaults(0.05, 0, 0));
  }
}
