package io.minga.simulations.scenarios;

import io.minga.simulations.events.Simulation;
import io.minga.simulations.plan.Burst;
import io.minga.simulations.plan.Lengths;
import io.minga.simulations.plan.Machine;
import io.minga.simulations.plan.Plan;
import java.util.List;

/** Two functions, of a millisecond and of ten seconds, which nobody has run before. */
final class ShortAndLong implements Scenario {
  @Override
  public String name() {
    return "S7";
  }

  @Override
  public String what() {
    return "two functions, 1 ms and 10 s, unknown at first";
  }

  @Override
  public double bound() {
    return 1.05;
  }

  @Override
  public Plan plan(int peers, long seed) {
    Draw draw = new Draw(name(), seed);
    List<Machine> machines = Draw.equal(peers);
    int slots = Draw.slots(machines);
    Lengths small =
        Lengths.logNormal(draw.random, 100 * slots, (double) Simulation.MILLI, Draw.SPREAD);
    Lengths large =
        Lengths.logNormal(draw.random, 10 * slots, 10.0 * Simulation.SECOND, Draw.SPREAD);
    return Plan.of(
        name(),
        seed,
        machines,
        List.of(
            Burst.job(Plan.BEGIN_NANOS, 0, small).of("short"),
            Burst.job(Plan.BEGIN_NANOS, 0, large).of("long")));
  }
}
