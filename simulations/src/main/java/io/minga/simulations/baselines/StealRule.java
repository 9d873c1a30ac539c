package io.minga.simulations.baselines;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Random stealing: who runs dry asks a random peer, which gives it half of what waits there; after
 * a refusal it asks another at once.
 */
final class StealRule implements Rule {
  private static final long NOBODY_NANOS = 100_000_000;

  private final Field field;
  private final SplittableRandom random;
  private boolean[] isAsking = new boolean[16];

  StealRule(Field field) {
    this.field = field;
    this.random = field.random("steal");
  }

  @Override
  public void came(Station station) {
    if (station.number >= isAsking.length) {
      isAsking = Arrays.copyOf(isAsking, 2 * station.number);
    }
    isAsking[station.number] = false;
  }

  @Override
  public void came(Station submitter, Line calls) {
    submitter.addAll(calls);
  }

  @Override
  public void idle(Station station) {
    if (isAsking[station.number] || field.calls().open() == 0 || station.machine.slots() == 0) {
      return;
    }
    isAsking[station.number] = true;
    Station victim = field.another(station, random);
    if (victim == null) {
      field.at(field.nowNanos() + NOBODY_NANOS, () -> answered(station, new Line()));
    } else {
      field.send(station, victim, () -> asked(victim, station));
    }
  }

  private void asked(Station victim, Station thief) {
    int half = (victim.waitingFor(thief) + 1) / 2;
    Line given = victim.give(half, thief);
    field.counts(given.size());
    field.send(victim, thief, () -> answered(thief, given));
  }

  private void answered(Station thief, Line given) {
    isAsking[thief.number] = false;
    field.arrives(thief, given); // which asks again if slots are free still
  }
}
