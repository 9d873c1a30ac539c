package io.minga.simulations.baselines;

import io.minga.simulations.plan.Machine;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A peer of which only the queue and the slots matter. */
final class Station {
  final int number;
  final Machine machine;
  private final Field field;

  /** What waits, by its kind. */
  private final List<Line> lines = new ArrayList<>();

  /** When each call ends that runs here. */
  private final Map<Integer, Double> running = new LinkedHashMap<>();

  private boolean isThere;
  private int waiting;
  private double waitingNanos;

  Station(Field field, int number, Machine machine) {
    this.field = field;
    this.number = number;
    this.machine = machine;
    for (int kind = 0; kind < field.calls().kinds(); kind++) {
      lines.add(new Line());
    }
  }

  boolean isThere() {
    return isThere;
  }

  /** How many calls wait. */
  int waiting() {
    return waiting;
  }

  boolean hasFreeSlot() {
    return running.size() < machine.slots();
  }

  boolean mayRun(int kind) {
    return machine.slots() > 0 && machine.tags().containsAll(field.calls().tags(kind));
  }

  /** How much of the measure all slots do in a unit of time, as things are. */
  double rate() {
    boolean isSlow = field.nowNanos() >= machine.slowsNanos();
    return machine.slots() * machine.speed() / (isSlow ? machine.slowsTimes() : 1);
  }

  /** In how long it would be through with what waits, would its slots end together. */
  double waitingSeconds() {
    return waitingNanos / Math.max(1e-9, rate()) / Field.SECOND;
  }

  /** In how long it would be through with all it has. */
  double finishSeconds() {
    double left = 0;
    for (double end : running.values()) {
      left += Math.max(0, end - (double) field.nowNanos());
    }
    return waitingSeconds() + left / Math.max(1, machine.slots()) / Field.SECOND;
  }

  void comes() {
    isThere = true;
  }

  /** It goes; what it had, running or not. */
  Line goes() {
    isThere = false;
    Line had = new Line();
    running.keySet().forEach(had::add);
    running.clear();
    lines.forEach(
        line -> {
          had.addAll(line);
          line.clear();
        });
    waiting = 0;
    waitingNanos = 0;
    return had;
  }

  void addAll(Line calls) {
    for (int i = 0; i < calls.size(); i++) {
      int call = calls.get(i);
      lines.get(field.calls().kind(call)).add(call);
      waiting++;
      waitingNanos += field.calls().meanNanos(call);
    }
    start();
  }

  /** Takes out at most so many of the newest calls that another may run. */
  Line give(int most, Station to) {
    Line given = new Line();
    for (int kind = lines.size() - 1; kind >= 0; kind--) {
      Line line = lines.get(kind);
      while (to.mayRun(kind) && line.size() > 0 && given.size() < most) {
        given.add(remove(line.removeLast()));
      }
    }
    return given;
  }

  /** Takes out what another may run, and this one may not. */
  Line giveForeign(Station to) {
    Line given = new Line();
    for (int kind = 0; kind < lines.size(); kind++) {
      Line line = lines.get(kind);
      while (!mayRun(kind) && to.mayRun(kind) && line.size() > 0) {
        given.add(remove(line.removeLast()));
      }
    }
    return given;
  }

  /** How many of those that wait another may run. */
  int waitingFor(Station other) {
    int count = 0;
    for (int kind = 0; kind < lines.size(); kind++) {
      count += other.mayRun(kind) ? lines.get(kind).size() : 0;
    }
    return count;
  }

  private int remove(int call) {
    waiting--;
    waitingNanos = waiting == 0 ? 0 : waitingNanos - field.calls().meanNanos(call);
    return call;
  }

  /** Lets free slots run the oldest of what waits. */
  void start() {
    while (isThere && hasFreeSlot()) {
      Line oldest = null;
      for (int kind = 0; kind < lines.size(); kind++) {
        Line line = lines.get(kind);
        boolean isOlder =
            line.size() > 0 && mayRun(kind) && (oldest == null || line.get(0) < oldest.get(0));
        oldest = isOlder ? line : oldest;
      }
      if (oldest == null) {
        field.rule().idle(this);
        return;
      }
      run(remove(oldest.removeFirst()));
    }
  }

  private void run(int call) {
    double end = machine.endNanos((double) field.nowNanos(), field.calls().lengthNanos(call));
    running.put(call, end);
    field.at(
        Math.round(end),
        () -> {
          Double its = running.get(call);
          if (its != null && its == end) {
            running.remove(call);
            field.ended(this, call);
            start();
          }
        });
  }
}
