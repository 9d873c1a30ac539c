package io.minga.simulations.scenarios;

import static io.minga.simulations.events.Simulation.SECOND;

import io.minga.simulations.plan.Burst;
import io.minga.simulations.plan.Lengths;
import io.minga.simulations.plan.Machine;
import io.minga.simulations.plan.Plan;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;

/**
 * What scenarios have in common: a seed's own generator, jobs of a second a task, and a warm-up
 * after which every peer has run the function.
 */
final class Draw {
  static final int SLOTS = 8;

  /** How many tasks each slot has, in the mean. */
  static final int TASKS_PER_SLOT = 25;

  /** Of the run times, the deviation over the mean. */
  static final double SPREAD = 0.5;

  /** How many tasks each slot has to warm up. */
  private static final int WARM_UP = 4;

  /** As many speak every two seconds. */
  private static final int CROWD = 250;

  final SplittableRandom random;

  Draw(String scenario, long seed) {
    this.random = new SplittableRandom(seed * 31 + scenario.hashCode());
  }

  static List<Machine> equal(int peers) {
    return new ArrayList<>(Collections.nCopies(peers, Machine.of(SLOTS, 1)));
  }

  static int slots(List<Machine> machines) {
    return machines.stream().mapToInt(Machine::slots).sum();
  }

  static double rate(List<Machine> machines) {
    return machines.stream().mapToDouble(it -> it.slots() * it.speed()).sum();
  }

  /** So many run times, of a second in the mean. */
  Lengths lengths(int count) {
    return Lengths.logNormal(random, count, (double) SECOND, SPREAD);
  }

  /** A plan of this work, after a warm-up. */
  Plan plan(Scenario scenario, long seed, List<Machine> machines, Burst... bursts) {
    List<Burst> all = new ArrayList<>();
    all.add(warmUp(machines));
    all.addAll(List.of(bursts));
    return Plan.of(scenario.name(), seed, machines, all);
  }

  /** A job in the beginning, after which all know how fast all are. */
  private Burst warmUp(List<Machine> machines) {
    return Burst.job(Plan.BEGIN_NANOS, 0, lengths(WARM_UP * slots(machines))).asWarmUp();
  }

  /** When what warms up is over, and its submitter knows how fast all are. */
  static long afterWarmUp(List<Machine> machines) {
    double seconds = 1.5 * WARM_UP * slots(machines) / rate(machines) + 2.5 / slowest(machines) + 5;
    return Plan.BEGIN_NANOS + Math.round(seconds * SECOND);
  }

  /**
   * When everybody has told everybody, too: with more than {@value #CROWD} peers each speaks once
   * in n / 125 s, give or take a tenth.
   */
  static long afterAllHaveTold(List<Machine> machines) {
    int more = Math.max(0, machines.size() - CROWD);
    return afterWarmUp(machines) + more * (11 * SECOND / 10 / (CROWD / 2));
  }

  private static double slowest(List<Machine> machines) {
    return machines.stream().mapToDouble(Machine::speed).min().orElse(1);
  }
}
