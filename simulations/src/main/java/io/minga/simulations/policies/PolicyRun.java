package io.minga.simulations.policies;

import static io.minga.simulations.events.Simulation.MILLI;
import static io.minga.simulations.events.Simulation.SECOND;

import io.minga.simulations.events.Simulation;
import io.minga.simulations.node.Figures;
import io.minga.simulations.plan.Burst;
import io.minga.simulations.plan.Machine;
import io.minga.simulations.plan.Oracle;
import io.minga.simulations.plan.Plan;
import io.minga.simulations.plan.Score;
import io.minga.simulations.plan.Split;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Takes simple peers through a plan. Messages take the links' delays, and a lost one comes later;
 * between the parts of a split network they wait. Who submitted a task learns a second after the
 * peer was killed, or eight after it vanished, that it must hand the task out anew.
 */
public final class PolicyRun {
  private static final long TICK_NANOS = 2 * SECOND;
  private static final double ABOVE = 1.1;
  private static final int TASK_BYTES = 60;
  private static final int REPORT_BYTES = 60;
  private static final int SAMPLES = 200;

  private final Plan plan;
  private final Policy policy;
  private final Simulation simulation;
  private final SplittableRandom random;
  private final Tasks tasks;
  private final List<Station> stations = new ArrayList<>();
  private final List<Figures.Sample> series = new ArrayList<>();
  private long moves;
  private long bytes;

  private PolicyRun(Plan plan, Policy policy) {
    this.plan = plan;
    this.policy = policy;
    this.simulation = new Simulation(plan.seed());
    this.random = simulation.random("policy");
    this.tasks = new Tasks(plan);
  }

  /** Runs the plan to its end. */
  public static Figures run(Plan plan, Policy policy) {
    PolicyRun run = new PolicyRun(plan, policy);
    double[] oracle = Oracle.endsNanos(plan);
    double last = 0;
    for (double end : oracle) {
      last = Math.max(last, end);
    }
    run.begin(Math.round(last / SAMPLES));
    while (run.tasks.measuredOpen() > 0 && run.simulation.step(plan.endNanos())) {
      // until all is done
    }
    return run.figures(oracle);
  }

  private void begin(long sampleNanos) {
    for (Machine machine : plan.machines()) {
      Station station = new Station(stations.size(), machine, plan.machines().size());
      stations.add(station);
      simulation.at(machine.joinsNanos(), () -> join(station));
      if (machine.leavesNanos() < Machine.NEVER) {
        simulation.at(machine.leavesNanos(), () -> exit(station));
      }
    }
    for (int i = 0; i < plan.bursts().size(); i++) {
      int burst = i;
      simulation.at(plan.bursts().get(i).atNanos(), () -> submit(burst));
    }
    simulation.after(sampleNanos, () -> sample(sampleNanos));
  }

  private void sample(long everyNanos) {
    series.add(
        new Figures.Sample(
            (double) simulation.nowNanos() / SECOND,
            stations.stream().map(it -> it.isUp ? it.finishNanos() / SECOND : 0).toList(),
            tasks.done(),
            moves,
            bytes));
    simulation.after(everyNanos, () -> sample(everyNanos));
  }

  // Messages.

  private void send(Station from, Station to, int size, Runnable arrives) {
    bytes += size;
    simulation.trace().add(from.number * 0x10001L + to.number);
    simulation.at(arrivalNanos(from, to), () -> arrives.run());
  }

  private long arrivalNanos(Station from, Station to) {
    long now = simulation.nowNanos();
    long spread = plan.link().latencyMaxNanos() - plan.link().latencyMinNanos();
    long delay = plan.link().latencyMinNanos() + (spread == 0 ? 0 : random.nextLong(spread));
    while (plan.link().loss() > 0 && random.nextDouble() < plan.link().loss()) {
      delay += 2 * delay + SECOND / 5;
    }
    long leaves = now;
    for (Split split : plan.splits()) {
      int first = (int) Math.round(stations.size() * (1 - split.share()));
      boolean apart = from.number >= first != to.number >= first;
      if (apart && now >= split.fromNanos() && now < split.toNanos()) {
        leaves = split.toNanos();
      }
    }
    return from == to ? now : leaves + delay;
  }

  private void pass(Station from, Station to, List<Integer> some) {
    if (some.isEmpty()) {
      return;
    }
    moves += some.size();
    hand(from, to, some);
  }

  private void hand(Station from, Station to, List<Integer> some) {
    send(from, to, TASK_BYTES * some.size(), () -> take(to, some));
  }

  private void take(Station station, List<Integer> some) {
    if (!station.isUp) {
      lost(some, SECOND);
      return;
    }
    station.waiting.addAll(some);
    start(station);
  }

  // Peers.

  private void join(Station station) {
    station.isUp = true;
    simulation.after(random.nextLong(TICK_NANOS), () -> tick(station));
    start(station);
  }

  private void exit(Station station) {
    station.isUp = false;
    List<Integer> all = new ArrayList<>(station.waiting);
    boolean isSilent = station.machine.exit() == Machine.Exit.VANISH;
    if (station.machine.exit() == Machine.Exit.LEAVE) {
      lost(all, 0);
      lost(List.copyOf(station.running), SECOND);
    } else {
      all.addAll(station.running);
      lost(all, isSilent ? 8 * SECOND : SECOND);
    }
    station.waiting.clear();
    station.running.clear();
  }

  /** Those who submitted these will hand them out anew. */
  private void lost(List<Integer> some, long afterNanos) {
    for (Integer task : some) {
      Station submitter = stations.get(tasks.burst(task).peer());
      simulation.after(
          afterNanos + 2 * plan.link().latencyMinNanos(),
          () -> {
            if (!tasks.isOver(task) && submitter.isUp) {
              place(submitter, List.of(task));
            }
          });
    }
  }

  private void submit(int number) {
    Burst burst = plan.bursts().get(number);
    List<Integer> all = new ArrayList<>();
    for (int i = 0; i < burst.size(); i++) {
      all.add(tasks.first(number) + i);
    }
    place(stations.get(burst.peer()), all);
  }

  private void place(Station submitter, List<Integer> all) {
    if (policy != Policy.HINTS_ONLY) {
      take(submitter, all);
      return;
    }
    double[] finish = new double[stations.size()];
    for (Station each : stations) {
      double heard = submitter.heard[each.number];
      finish[each.number] = each == submitter ? submitter.finishNanos() : Math.max(0, heard);
    }
    List<List<Integer>> shares = new ArrayList<>();
    stations.forEach(it -> shares.add(new ArrayList<>()));
    for (Integer task : all) {
      Station best = first(submitter, finish, task);
      shares.get(best.number).add(task);
      finish[best.number] += mean(submitter, best) / best.machine.slots();
    }
    for (Station each : stations) {
      if (!shares.get(each.number).isEmpty()) {
        hand(submitter, each, shares.get(each.number));
      }
    }
  }

  private Station first(Station submitter, double[] finish, int task) {
    Station best = submitter;
    double bestNanos = Double.MAX_VALUE;
    for (Station each : stations) {
      double nanos = finish[each.number] + mean(submitter, each);
      if (each.isUp && tasks.canRun(task, each.machine) && nanos < bestNanos) {
        best = each;
        bestNanos = nanos;
      }
    }
    return best;
  }

  private static double mean(Station of, Station peer) {
    return of == peer ? of.meanNanos() : of.heardMeans[peer.number];
  }

  // Slots.

  private void start(Station station) {
    for (int i = station.waiting.size(); i > 0 && station.hasFreeSlot(); i--) {
      Integer task = station.waiting.removeFirst();
      if (tasks.canRun(task, station.machine)) {
        run(station, task);
      } else {
        station.waiting.addLast(task);
      }
    }
    if (policy == Policy.RANDOM_STEAL && station.hasFreeSlot() && !station.asks) {
      ask(station);
    }
  }

  private void run(Station station, Integer task) {
    station.running.add(task);
    double now = (double) simulation.nowNanos();
    double end = station.machine.endNanos(now, tasks.lengthNanos(task));
    simulation.at(
        Math.round(end),
        () -> {
          if (station.isUp && station.running.remove(task)) {
            station.ran(end - now);
            tasks.ran(task);
            Station submitter = stations.get(tasks.burst(task).peer());
            send(
                station, submitter, TASK_BYTES, () -> tasks.over(simulation.nowNanos(), task));
            start(station);
          }
        });
  }

  private void ask(Station station) {
    Station victim = stations.get(random.nextInt(stations.size()));
    if (victim == station || !victim.isUp) {
      later(station);
      return;
    }
    station.asks = true;
    send(station, victim, REPORT_BYTES, () -> asked(victim, station));
  }

  private void asked(Station victim, Station thief) {
    List<Integer> half =
        victim.give((victim.waiting.size() + 1) / 2, tasks, thief.machine);
    if (half.isEmpty()) {
      send(victim, thief, REPORT_BYTES, () -> later(thief));
    } else {
      pass(victim, thief, half);
      send(victim, thief, 0, () -> thief.asks = false);
    }
  }

  private void later(Station thief) {
    thief.asks = true;
    simulation.after(
        10 * MILLI + random.nextLong(40 * MILLI),
        () -> {
          thief.asks = false;
          start(thief);
        });
  }

  // Every two seconds.

  private void tick(Station station) {
    if (!station.isUp) {
      return;
    }
    double finish = station.finishNanos();
    double mean = station.meanNanos();
    station.blend(finish);
    for (Station other : stations) {
      if (other != station && other.isUp) {
        send(station, other, REPORT_BYTES, () -> hear(other, station, finish, mean));
      }
    }
    if (policy == Policy.P2PQUEUE) {
      rebalance(station);
    }
    simulation.after(TICK_NANOS, () -> tick(station));
  }

  private static void hear(Station station, Station from, double finish, double mean) {
    station.heard[from.number] = finish;
    station.heardMeans[from.number] = mean;
    station.blend(finish);
  }

  private void rebalance(Station station) {
    double finish = station.finishNanos();
    if (finish <= ABOVE * station.average) {
      return;
    }
    double deficits = 0;
    for (Station other : stations) {
      deficits += deficit(station, other);
    }
    double surplus = (finish - station.average) * station.machine.slots() / station.meanNanos();
    for (Station other : stations) {
      double deficit = deficit(station, other);
      if (deficit > 0) {
        int share = (int) Math.ceil(surplus * deficit / deficits);
        pass(station, other, station.give(share, tasks, other.machine));
      }
    }
  }

  /** By how much another is below the average, as far as this one has heard. */
  private static double deficit(Station station, Station other) {
    double heard = station.heard[other.number];
    return other == station || !other.isUp || heard < 0 ? 0 : Math.max(0, station.average - heard);
  }

  private Figures figures(double[] oracle) {
    Score score = Score.of(plan, tasks.endsNanos(plan.endNanos()), oracle);
    double seconds = (double) simulation.nowNanos() / SECOND;
    return new Figures(
        plan,
        policy.word(),
        score.ratio(),
        score.makespanSeconds(),
        score.oracleSeconds(),
        (double) moves / Math.max(1, tasks.size()),
        bytes / seconds / stations.size(),
        0,
        tasks.measuredOpen(),
        0,
        tasks.duplicates(),
        simulation.trace().hash(),
        seconds,
        simulation.events(),
        series);
  }
}
