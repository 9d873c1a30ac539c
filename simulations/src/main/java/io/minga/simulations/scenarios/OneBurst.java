package io.minga.simulations.scenarios;

import io.minga.simulations.plan.Burst;
import io.minga.simulations.plan.Lengths;
import io.minga.simulations.plan.Machine;
import io.minga.simulations.plan.Plan;
import java.util.List;

/** One burst at one peer, equal peers. */
final class OneBurst implements Scenario {
  @Override
  public String name() {
    return "S1";
  }

  @Override
  public String what() {
    return "one burst at one peer, equal peers";
  }

  @Override
  public double bound() {
    return 1.02;
  }

  @Override
  public Plan plan(int peers, long seed) {
    Draw draw = new Draw(name(), seed);
    List<Machine> machines = Draw.equal(peers);
    Lengths lengths = draw.lengths(Draw.TASKS_PER_SLOT * Draw.slots(machines));
    return draw.plan(this, seed, machines, Burst.job(Draw.afterWarmUp(machines), 0, lengths));
  }
}
