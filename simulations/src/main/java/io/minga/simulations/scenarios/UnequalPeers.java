package io.minga.simulations.scenarios;

import io.minga.simulations.plan.Burst;
import io.minga.simulations.plan.Lengths;
import io.minga.simulations.plan.Machine;
import io.minga.simulations.plan.Plan;
import java.util.ArrayList;
import java.util.List;

/** One burst at one peer, slots 1–32, speeds ¼–4. */
final class UnequalPeers implements Scenario {
  @Override
  public String name() {
    return "S2";
  }

  @Override
  public String what() {
    return "one burst at one peer, slots 1 to 32, speeds 0.25 to 4";
  }

  @Override
  public double bound() {
    return 1.02;
  }

  @Override
  public Plan plan(int peers, long seed) {
    Draw draw = new Draw(name(), seed);
    List<Machine> machines = new ArrayList<>();
    for (int i = 0; i < peers; i++) {
      double speed = Math.pow(4, 2 * draw.random.nextDouble() - 1);
      machines.add(Machine.of(1 + draw.random.nextInt(32), speed));
    }
    int tasks = (int) Math.round(Draw.TASKS_PER_SLOT * Draw.rate(machines));
    Lengths lengths = draw.lengths(tasks);
    return draw.plan(this, seed, machines, Burst.job(Draw.afterWarmUp(machines), 0, lengths));
  }
}
