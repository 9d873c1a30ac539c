package io.minga.simulations.scenarios;

import io.minga.simulations.plan.Burst;
import io.minga.simulations.plan.Lengths;
import io.minga.simulations.plan.Machine;
import io.minga.simulations.plan.Plan;
import java.util.List;

/** A tenth of the peers have a tag that a third of the tasks require. */
final class RareTag implements Scenario {
  private static final int TASKS_PER_SLOT = 15;

  @Override
  public String name() {
    return "S6";
  }

  @Override
  public String what() {
    return "a tenth of the peers have a gpu, a third of the tasks need one";
  }

  @Override
  public double bound() {
    return 1.05;
  }

  @Override
  public Plan plan(int peers, long seed) {
    Draw draw = new Draw(name(), seed);
    List<Machine> machines = Draw.equal(peers);
    List<String> gpu = List.of("gpu");
    for (int i = peers - Math.max(1, peers / 10); i < peers; i++) {
      machines.set(i, machines.get(i).with(gpu));
    }
    long start = Draw.afterWarmUp(machines);
    int tasks = TASKS_PER_SLOT * Draw.slots(machines);
    Lengths need = draw.lengths(tasks / 3);
    Lengths others = draw.lengths(tasks - tasks / 3);
    return draw.plan(
        this,
        seed,
        machines,
        Burst.job(start, 0, others),
        Burst.job(start, 0, need).requiring(gpu));
  }
}
