package io.minga.simulations.baselines;

import io.minga.simulations.events.Event;
import io.minga.simulations.events.Simulation;
import io.minga.simulations.network.LinkOptions;
import io.minga.simulations.plan.Machine;
import io.minga.simulations.plan.Plan;
import io.minga.simulations.plan.Split;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * The stations of a run and the ways between them. Nothing is lost: what is sent across a split
 * arrives when that is over, and what a station has that goes comes back to its submitter once that
 * one has noticed.
 */
final class Field {
  static final double SECOND = Simulation.SECOND;

  /** What a caller's thread takes to go on with what comes next. */
  private static final long CALLER_NANOS = 100_000;

  private final Plan plan;
  private final Simulation simulation;
  private final SplittableRandom ways;
  private final Calls calls;
  private final Rule rule;
  private final List<Station> stations = new ArrayList<>();
  private long moves;

  /** What can be called now of a graph. */
  private Line ready = new Line();

  Field(Plan plan, Baseline baseline) {
    this.plan = plan;
    this.simulation = new Simulation(plan.seed());
    this.ways = simulation.random("ways");
    this.calls = new Calls(plan.bursts());
    this.rule = baseline.rule(this);
    for (Machine machine : plan.machines()) {
      stations.add(new Station(this, stations.size(), machine));
    }
    for (Station station : stations) {
      at(station.machine.joinsNanos(), () -> comes(station));
      if (station.machine.leavesNanos() < Machine.NEVER) {
        at(station.machine.leavesNanos(), () -> goes(station));
      }
    }
    for (int burst = 0; burst < plan.bursts().size(); burst++) {
      Station submitter = stations.get(plan.bursts().get(burst).peer());
      Line its = calls.of(burst);
      at(plan.bursts().get(burst).atNanos(), () -> submits(submitter, its));
    }
  }

  Simulation simulation() {
    return simulation;
  }

  Calls calls() {
    return calls;
  }

  Rule rule() {
    return rule;
  }

  List<Station> stations() {
    return stations;
  }

  long nowNanos() {
    return simulation.nowNanos();
  }

  long moves() {
    return moves;
  }

  SplittableRandom random(String purpose) {
    return simulation.random(purpose);
  }

  void at(long nanos, Event event) {
    simulation.at(nanos, event);
  }

  /** Lets one event happen; false if there is none, or the plan's time is over. */
  boolean step() {
    return simulation.step(plan.endNanos());
  }

  /** Another station, drawn from those that are there; null after so many that are not. */
  @Nullable Station another(Station than, SplittableRandom random) {
    for (int i = 0; i < 64; i++) {
      Station drawn = stations.get(random.nextInt(stations.size()));
      if (drawn.isThere() && drawn != than && !isCut(drawn, than)) {
        return drawn;
      }
    }
    return null;
  }

  private @Nullable Split split() {
    for (Split split : plan.splits()) {
      if (split.fromNanos() <= nowNanos() && nowNanos() < split.toNanos()) {
        return split;
      }
    }
    return null;
  }

  boolean isCut(Station one, Station other) {
    Split split = split();
    return split != null && isApart(split, one) != isApart(split, other);
  }

  private boolean isApart(Split split, Station station) {
    return station.number >= Math.round(stations.size() * (1 - split.share()));
  }

  /** Lets something happen when a message that leaves now has come to another station. */
  void send(Station from, Station to, Event event) {
    Split split = split();
    long leaves =
        split != null && isApart(split, from) != isApart(split, to) ? split.toNanos() : nowNanos();
    at(leaves + (from == to ? 0 : delayNanos()), event);
  }

  private long delayNanos() {
    LinkOptions link = plan.link();
    long spread = link.latencyMaxNanos() - link.latencyMinNanos() + link.jitterNanos();
    long nanos = link.latencyMinNanos() + (spread == 0 ? 0 : ways.nextLong(spread));
    boolean isLost = link.loss() > 0 && ways.nextDouble() < link.loss();
    return isLost ? 3 * nanos + Simulation.SECOND / 5 : nanos;
  }

  /** Hands calls over, which counts as moving them. */
  void move(Station from, Station to, Line moved) {
    counts(moved.size());
    if (moved.size() > 0) {
      send(from, to, () -> arrives(to, moved));
    }
  }

  /** So many calls change hands. */
  void counts(int moved) {
    moves += moved;
  }

  /** Calls come to a station; one that has gone by then never had them. */
  void arrives(Station to, Line its) {
    if (to.isThere()) {
      to.addAll(its);
    } else {
      comeBack(to, its);
    }
  }

  private void comes(Station station) {
    station.comes();
    rule.came(station);
    station.start();
  }

  /** A station's caller makes calls, or makes them again. */
  void submits(Station submitter, Line its) {
    if (submitter.isThere()) {
      rule.came(submitter, its);
    } else {
      for (int i = 0; i < its.size(); i++) {
        calls.abandon(its.get(i));
      }
    }
  }

  private void goes(Station station) {
    Line had = station.goes();
    for (int call = 0; call < calls.count(); call++) {
      if (calls.submitter(call) == station.number) {
        calls.abandon(call);
      }
    }
    long noticed = station.machine.exit() == Machine.Exit.VANISH ? plan.link().breakNanos() : 0;
    at(nowNanos() + noticed, () -> comeBack(station, had));
  }

  /** What a station had that is gone returns to those who wait for it. */
  private void comeBack(Station from, Line had) {
    for (Station submitter : stations) {
      Line its = new Line();
      for (int i = 0; i < had.size(); i++) {
        int call = had.get(i);
        if (calls.submitter(call) == submitter.number && !calls.isOver(call)) {
          its.add(call);
        }
      }
      if (its.size() > 0) {
        send(from, submitter, () -> submits(submitter, its));
      }
    }
  }

  void ended(Station station, int call) {
    Station submitter = stations.get(calls.submitter(call));
    send(station, submitter, () -> over(submitter, call));
  }

  private void over(Station submitter, int call) {
    boolean isFirst = ready.size() == 0;
    calls.over((double) nowNanos(), call, ready);
    if (isFirst && ready.size() > 0) {
      at(
          nowNanos() + CALLER_NANOS,
          () -> {
            Line its = ready;
            ready = new Line();
            submits(submitter, its);
          });
    }
  }
}
