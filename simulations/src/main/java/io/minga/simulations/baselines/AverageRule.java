package io.minga.simulations.baselines;

import static io.minga.simulations.events.Simulation.SECOND;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * What p2pqueue does (github.com/fsvieira/p2pqueue).
 *
 * <p>Every two seconds a peer blends its own finish time into an average of its own, and tells four
 * random peers that average, who blend it with theirs. If its finish time is a tenth above it, it
 * splits its surplus over the same four, whatever they have: so many that it and an average peer
 * would end together, unless that is less than a tenth of what it has. Tags it doesn't know; here,
 * what a peer cannot run goes to the first that it tells who can.
 */
final class AverageRule implements Rule {
  private static final long PERIOD_NANOS = 2 * SECOND;
  private static final int RECEIVERS = 4;
  private static final double SURPLUS_SHARE = 0.1;

  private final Field field;
  private final SplittableRandom random;
  private final List<Average> averages = new ArrayList<>();

  /** What a peer takes the network to be like. */
  private static final class Average {
    double calls;
    double finishSeconds;
  }

  AverageRule(Field field) {
    this.field = field;
    this.random = field.random("average");
  }

  @Override
  public void came(Station station) {
    averages(station); // so that it is there
    field.at(field.nowNanos() + random.nextLong(PERIOD_NANOS), () -> tick(station));
  }

  private Average averages(Station station) {
    while (averages.size() <= station.number) {
      averages.add(new Average());
    }
    return averages.get(station.number);
  }

  @Override
  public void came(Station submitter, Line calls) {
    submitter.addAll(calls);
  }

  @Override
  public void idle(Station station) {
    // it waits until somebody has too much
  }

  private void tick(Station station) {
    if (!station.isThere() || field.calls().open() == 0) {
      return;
    }
    double finish = station.waitingSeconds();
    Average average = averages(station);
    average.calls = (average.calls + station.waiting()) / 2;
    average.finishSeconds = (average.finishSeconds + finish) / 2;
    tell(station, surplus(station, finish, average));
    field.at(field.nowNanos() + PERIOD_NANOS, () -> tick(station));
  }

  private static int surplus(Station station, double finish, Average average) {
    if (average.finishSeconds <= 0 || finish / average.finishSeconds - 1 < SURPLUS_SHARE) {
      return 0;
    }
    double each = finish / station.waiting();
    double eachThere = average.finishSeconds / average.calls;
    long surplus = Math.round((finish - average.finishSeconds) / (each + eachThere));
    return surplus >= SURPLUS_SHARE * station.waiting() ? (int) surplus : 0;
  }

  private void tell(Station station, int surplus) {
    int each = (surplus + RECEIVERS - 1) / RECEIVERS;
    int left = surplus;
    List<Station> told = new ArrayList<>();
    for (int i = 0; i < RECEIVERS; i++) {
      Station to = another(station, told);
      if (to == null) {
        return;
      }
      told.add(to);
      field.move(station, to, station.giveForeign(to));
      Line given = station.give(Math.min(each, left), to);
      left -= given.size();
      double calls = averages(station).calls;
      double finish = averages(station).finishSeconds;
      field.move(station, to, given);
      field.send(station, to, () -> hear(to, calls, finish));
    }
  }

  private @Nullable Station another(Station than, List<Station> but) {
    for (int i = 0; i < 2 * RECEIVERS; i++) {
      Station drawn = field.another(than, random);
      if (drawn != null && !but.contains(drawn)) {
        return drawn;
      }
    }
    return null;
  }

  private void hear(Station station, double calls, double finishSeconds) {
    Average average = averages(station);
    average.calls = (average.calls + station.waiting() + calls) / 3;
    average.finishSeconds = (average.finishSeconds + station.waitingSeconds() + finishSeconds) / 3;
  }
}
