package io.minga.simulations.scenarios;

import io.minga.simulations.events.Simulation;
import io.minga.simulations.plan.Burst;
import io.minga.simulations.plan.Lengths;
import io.minga.simulations.plan.Machine;
import io.minga.simulations.plan.Plan;
import java.util.Comparator;
import java.util.List;

/** A fifth of the peers a minute go, half of them without a word, and as many come. */
final class ComingAndGoing implements Scenario {
  /** How long the job takes, about. */
  private static final int SECONDS = 60;

  @Override
  public String name() {
    return "S4";
  }

  @Override
  public String what() {
    return "20 % of the peers a minute go, half of them without a word, and others come";
  }

  @Override
  public double bound() {
    return 1.15;
  }

  @Override
  public Plan plan(int peers, long seed) {
    Draw draw = new Draw(name(), seed);
    List<Machine> machines = Draw.equal(peers);
    long start = Draw.afterWarmUp(machines);
    long spanNanos = SECONDS * Simulation.SECOND;
    int going = Math.max(2, peers * SECONDS / 300);
    List<Machine.Exit> ways =
        List.of(Machine.Exit.LEAVE, Machine.Exit.KILL, Machine.Exit.LEAVE, Machine.Exit.VANISH);
    for (int i = 0; i < going; i++) {
      long goes = start + draw.random.nextLong(spanNanos);
      long comes = start + draw.random.nextLong(spanNanos);
      int who = peers - 1 - i; // the first has the callers
      machines.set(who, machines.get(who).during(0, goes, ways.get(i % ways.size())));
      machines.add(machines.get(0).during(comes, Machine.NEVER, Machine.Exit.LEAVE));
    }
    machines.sort(Comparator.comparingLong(Machine::joinsNanos));
    Lengths lengths = draw.lengths(SECONDS * Draw.slots(machines.subList(0, peers)));
    return draw.plan(this, seed, machines, Burst.job(start, 0, lengths));
  }
}
