package io.minga.simulations.scenarios;

import io.minga.simulations.events.Simulation;
import io.minga.simulations.plan.Burst;
import io.minga.simulations.plan.Lengths;
import io.minga.simulations.plan.Machine;
import io.minga.simulations.plan.Plan;
import java.util.List;

/** A tenth of the peers become ten times as slow half-way. */
final class SuddenlySlow implements Scenario {
  @Override
  public String name() {
    return "S3";
  }

  @Override
  public String what() {
    return "a tenth of the peers become 10 times slower half-way";
  }

  @Override
  public double bound() {
    return 1.10;
  }

  @Override
  public Plan plan(int peers, long seed) {
    Draw draw = new Draw(name(), seed);
    List<Machine> machines = Draw.equal(peers);
    long start = Draw.afterWarmUp(machines);
    long half = start + Draw.TASKS_PER_SLOT * Simulation.SECOND / 2;
    for (int i = peers - Math.max(1, peers / 10); i < peers; i++) {
      machines.set(i, machines.get(i).slowing(half, 10));
    }
    Lengths lengths = draw.lengths(Draw.TASKS_PER_SLOT * Draw.slots(machines));
    return draw.plan(this, seed, machines, Burst.job(start, 0, lengths));
  }
}
