package io.minga.benchmarks.host;

import io.minga.benchmarks.Comparison;
import io.minga.benchmarks.Quantity;
import io.minga.benchmarks.Samples;
import io.minga.benchmarks.Schedule;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The host's figures beside those of its rivals. Each contender runs in processes of its own, of
 * which only one pair is busy at a time; in each round of a figure all contenders have their turn.
 */
public final class HostBenchmark {
  private final Schedule schedule;
  private final List<Figure> figures;
  private final List<PeerPair> pairs;
  private final Consumer<Comparison> results;

  private HostBenchmark(
      Schedule schedule, List<Figure> figures, List<PeerPair> pairs, Consumer<Comparison> results) {
    this.schedule = schedule;
    this.figures = figures;
    this.pairs = pairs;
    this.results = results;
  }

  /**
   * Measures and prints one line of JSON for each quantity, of each of ours with each rival.
   *
   * @param arguments {@code --quick}; {@code --only} and figures, separated by commas; {@code
   *     --without} and contenders; {@code --js} and the directory of js-libp2p's scripts
   */
  public static void main(String[] arguments) throws IOException {
    try {
      start(arguments);
    } catch (IllegalArgumentException e) {
      System.err.println("benchmarks: " + e.getMessage());
      System.exit(2);
    }
  }

  private static void start(String[] arguments) throws IOException {
    Schedule schedule = Schedule.FULL;
    List<Figure> figures = Figure.ALL;
    Set<Contender> contenders = EnumSet.of(Contender.NOISE, Contender.TLS, Contender.RAW);
    Path js = Path.of(".");
    Set<Contender> without = EnumSet.noneOf(Contender.class);
    for (int i = 0; i < arguments.length; i++) {
      switch (arguments[i]) {
        case "--quick" -> schedule = Schedule.QUICK;
        case "--only" -> figures = figures(value(arguments, ++i));
        case "--without" -> without.addAll(contenders(value(arguments, ++i)));
        case "--js" -> {
          js = Path.of(value(arguments, ++i));
          contenders.add(Contender.JS);
        }
        default ->
            throw new IllegalArgumentException(
                "unknown argument " + arguments[i] + "; benchmarks/run help lists what there is");
      }
    }
    contenders.removeAll(without);
    run(schedule, figures, contenders, js, result -> System.out.println(result.toJson()));
  }

  /** Measures {@code figures} of {@code contenders}. */
  static void run(
      Schedule schedule,
      List<Figure> figures,
      Set<Contender> contenders,
      Path js,
      Consumer<Comparison> results)
      throws IOException {
    List<PeerPair> pairs = new ArrayList<>();
    try {
      for (Contender contender : contenders) {
        pairs.add(PeerPair.start(contender, js));
      }
      new HostBenchmark(schedule, figures, pairs, results).measureAll();
    } finally {
      pairs.forEach(PeerPair::close);
    }
  }

  private static List<Figure> figures(String names) {
    return List.of(names.split(",", -1)).stream()
        .map(
            name ->
                Figure.named(name)
                    .orElseThrow(
                        () ->
                            new IllegalArgumentException(
                                "unknown figure %s; there are %s"
                                    .formatted(
                                        name, Figure.ALL.stream().map(Figure::name).toList()))))
        .toList();
  }

  private static String value(String[] arguments, int index) {
    if (index == arguments.length) {
      throw new IllegalArgumentException(arguments[index - 1] + " needs a value after it");
    }
    return arguments[index];
  }

  private static List<Contender> contenders(String names) {
    return List.of(names.split(",", -1)).stream()
        .map(
            name ->
                Contender.named(name)
                    .orElseThrow(
                        () ->
                            new IllegalArgumentException(
                                "unknown contender %s; there are noise, tls, raw and js"
                                    .formatted(name))))
        .toList();
  }

  private void measureAll() throws IOException {
    for (Figure figure : figures) {
      List<Turns> turns =
          pairs.stream()
              .filter(pair -> figure.suits(pair.contender()))
              .map(pair -> new Turns(pair, new ArrayList<>()))
              .toList();
      for (Turns turn : turns) {
        System.err.printf(
            "benchmarks: %s: warming up %s%n", figure.name(), turn.contender().title());
        turn.pair.warmUp(figure, schedule);
      }
      for (int round = 1; round <= schedule.rounds(); round++) {
        System.err.printf(
            "benchmarks: %s: round %d of %d, load %.1f%n",
            figure.name(),
            round,
            schedule.rounds(),
            ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
        for (Turns turn : turns) {
          turn.numbers.add(turn.pair.measure(figure, schedule.round()));
        }
      }
      for (int i = 0; i < figure.quantities().size(); i++) {
        compare(figure, i, turns);
      }
    }
  }

  /** What the rounds of one contender gave. */
  private record Turns(PeerPair pair, List<double[]> numbers) {
    Contender contender() {
      return pair.contender();
    }

    double median(int index) {
      return Samples.median(numbers.stream().mapToDouble(round -> round[index]).toArray());
    }
  }

  private void compare(Figure figure, int index, List<Turns> turns) {
    Quantity quantity = figure.quantities().get(index);
    List<Turns> rivals = turns.stream().filter(turn -> !turn.contender().isOurs()).toList();
    for (Turns ours : turns) {
      if (!ours.contender().isOurs()) {
        continue;
      }
      String name = figure.name() + ", " + ours.contender().title() + ",";
      for (Turns rival : rivals) {
        results.accept(
            new Comparison(
                name,
                quantity,
                ours.median(index),
                rival.median(index),
                rival.contender().title()));
      }
      if (rivals.isEmpty()) {
        results.accept(new Comparison(name, quantity, ours.median(index), null, null));
      }
    }
  }
}
