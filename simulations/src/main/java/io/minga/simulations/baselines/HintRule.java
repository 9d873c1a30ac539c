package io.minga.simulations.baselines;

import static io.minga.simulations.events.Simulation.SECOND;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SplittableRandom;

/**
 * Hints and no more: each call goes where it ends first by what its submitter knows, which are
 * loads that come every two seconds, and what it handed out since.
 */
final class HintRule implements Rule {
  private static final long PERIOD_NANOS = 2 * SECOND;

  private final Field field;
  private final SplittableRandom random;

  /** What each peer last said, which all have heard. */
  private final Map<Integer, Load> loads = new LinkedHashMap<>();

  /** What each submitter gave each peer since that said anything. */
  private final Map<Long, Given> given = new LinkedHashMap<>();

  private record Load(long atNanos, double finishSeconds, double rate) {}

  private record Given(long atNanos, double workNanos) {}

  private static final class Level {
    final Station station;
    final double rate;
    double seconds;

    Level(Station station, double rate, double seconds) {
      this.station = station;
      this.rate = rate;
      this.seconds = seconds;
    }
  }

  HintRule(Field field) {
    this.field = field;
    this.random = field.random("hints");
  }

  @Override
  public void came(Station station) {
    loads.put(station.number, load(station));
    field.at(field.nowNanos() + random.nextLong(PERIOD_NANOS), () -> tick(station));
  }

  private Load load(Station station) {
    return new Load(field.nowNanos(), station.finishSeconds(), station.rate());
  }

  private void tick(Station station) {
    if (!station.isThere() || field.calls().open() == 0) {
      return;
    }
    Load load = load(station);
    field.send(station, field.stations().get(0), () -> loads.put(station.number, load));
    field.at(field.nowNanos() + PERIOD_NANOS, () -> tick(station));
  }

  @Override
  public void idle(Station station) {
    // it waits until somebody submits
  }

  @Override
  public void came(Station submitter, Line calls) {
    for (int kind = 0; kind < field.calls().kinds(); kind++) {
      Line its = new Line();
      for (int i = 0; i < calls.size(); i++) {
        if (field.calls().kind(calls.get(i)) == kind) {
          its.add(calls.get(i));
        }
      }
      if (its.size() > 0) {
        pour(submitter, its, kind);
      }
    }
  }

  private void pour(Station submitter, Line calls, int kind) {
    double mean = field.calls().meanNanos(calls.get(0)) / SECOND;
    PriorityQueue<Level> queue =
        new PriorityQueue<>(
            Comparator.comparingDouble((Level level) -> level.seconds + mean / level.rate)
                .thenComparingInt(level -> level.station.number));
    levels(submitter).stream().filter(it -> it.station.mayRun(kind)).forEach(queue::add);
    if (queue.isEmpty()) {
      field.at(field.nowNanos() + PERIOD_NANOS, () -> field.submits(submitter, calls));
      return;
    }
    Map<Integer, Line> shares = new LinkedHashMap<>();
    for (int i = 0; i < calls.size(); i++) {
      Level least = queue.remove();
      shares.computeIfAbsent(least.station.number, it -> new Line()).add(calls.get(i));
      least.seconds += mean / least.rate;
      queue.add(least);
    }
    shares.forEach((number, share) -> hand(submitter, field.stations().get(number), share));
  }

  private List<Level> levels(Station submitter) {
    List<Level> levels = new ArrayList<>();
    for (Station station : field.stations()) {
      Load load = loads.get(station.number);
      if (load == null || !station.isThere() || load.rate <= 0 || field.isCut(submitter, station)) {
        continue;
      }
      double sinceSeconds = (double) (field.nowNanos() - load.atNanos) / SECOND;
      Given its = given.get(pair(submitter, station));
      boolean isNew = its != null && its.atNanos >= load.atNanos;
      double more = its != null && isNew ? its.workNanos / load.rate / SECOND : 0;
      double finish = Math.max(0, load.finishSeconds + more - sinceSeconds);
      levels.add(new Level(station, load.rate, finish));
    }
    return levels;
  }

  private static long pair(Station from, Station to) {
    return (long) from.number << 32 | to.number;
  }

  private void hand(Station submitter, Station to, Line share) {
    double work = 0;
    for (int i = 0; i < share.size(); i++) {
      work += field.calls().meanNanos(share.get(i));
    }
    Load load = loads.get(to.number);
    Given before = given.get(pair(submitter, to));
    boolean isOn = before != null && load != null && before.atNanos >= load.atNanos;
    double sum = work + (before != null && isOn ? before.workNanos : 0);
    given.put(pair(submitter, to), new Given(field.nowNanos(), sum));
    field.send(submitter, to, () -> field.arrives(to, share));
  }
}
