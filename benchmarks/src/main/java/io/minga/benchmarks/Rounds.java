package io.minga.benchmarks;

import io.minga.cli.bench.Samples;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Measures figures: in each round all competitors have their turn, one at a time. */
public final class Rounds {
  private final Schedule schedule;
  private final Consumer<Comparison> results;

  /** Rounds of {@code schedule}, whose comparisons go to {@code results}. */
  public Rounds(Schedule schedule, Consumer<Comparison> results) {
    this.schedule = schedule;
    this.results = results;
  }

  /**
   * Measures one figure, and compares each of ours with each rival.
   *
   * @param quantities what it gives, the one that is to become steady first
   */
  public void measure(String figure, List<Quantity> quantities, List<? extends Competitor> all)
      throws IOException {
    List<Turns> turns = new ArrayList<>();
    for (Competitor competitor : all) {
      say(figure + ": warming up " + competitor.title());
      warmUp(figure, competitor);
      turns.add(new Turns(competitor, new ArrayList<>()));
    }
    for (int round = 1; round <= schedule.rounds(); round++) {
      say(
          "%s: round %d of %d, load %.1f"
              .formatted(
                  figure,
                  round,
                  schedule.rounds(),
                  ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage()));
      for (Turns turn : turns) {
        turn.numbers.add(turn.competitor.measure(figure, schedule.round()));
      }
    }
    for (int i = 0; i < quantities.size(); i++) {
      compare(figure, quantities.get(i), i, turns);
    }
  }

  private static void say(String line) {
    System.err.println("benchmarks: " + line);
  }

  /** Runs {@code figure} until two rounds in a row agree. */
  private void warmUp(String figure, Competitor competitor) throws IOException {
    if (schedule.warmUpMax().isZero()) {
      return;
    }
    long startNanos = System.nanoTime();
    double last = competitor.measure(figure, schedule.round())[0];
    while (true) {
      long elapsedNanos = System.nanoTime() - startNanos;
      if (elapsedNanos >= schedule.warmUpMax().toNanos()) {
        return;
      }
      double next = competitor.measure(figure, schedule.round())[0];
      boolean steady = Math.abs(next - last) <= Schedule.STEADY * Math.abs(last);
      if (steady && elapsedNanos >= schedule.warmUpMin().toNanos()) {
        return;
      }
      last = next;
    }
  }

  /** What the rounds of one competitor gave. */
  private record Turns(Competitor competitor, List<double[]> numbers) {
    double median(int index) {
      return Samples.median(numbers.stream().mapToDouble(round -> round[index]).toArray());
    }
  }

  private void compare(String figure, Quantity quantity, int index, List<Turns> turns) {
    List<Turns> rivals =
        turns.stream()
            .filter(it -> !it.competitor.isOurs() && !Double.isNaN(it.median(index)))
            .toList();
    for (Turns ours : turns) {
      if (!ours.competitor.isOurs()) {
        continue;
      }
      String name = figure + ", " + ours.competitor.title() + ",";
      double number = ours.median(index);
      for (Turns it : rivals) {
        results.accept(
            new Comparison(name, quantity, number, it.median(index), it.competitor.title()));
      }
      if (rivals.isEmpty()) {
        results.accept(new Comparison(name, quantity, number, null, null));
      }
    }
  }
}
