package io.minga.benchmarks.host;

import io.minga.benchmarks.Arguments;
import io.minga.benchmarks.Comparison;
import io.minga.benchmarks.ProcessPair;
import io.minga.benchmarks.Rounds;
import io.minga.benchmarks.Schedule;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The host's figures beside those of its rivals. Each contender runs in processes of its own, of
 * which only one pair is busy at a time; in each round of a figure all contenders have their turn.
 */
public final class HostBenchmark {
  private HostBenchmark() {}

  /**
   * Measures and prints one line of JSON for each quantity, of each of ours with each rival.
   *
   * @param arguments as {@link Arguments} reads them
   */
  public static void main(String[] arguments) throws IOException {
    try {
      start(
          Arguments.parse(
              arguments, Figure.ALL.stream().map(Figure::name).toList(), Contender.names()));
    } catch (IllegalArgumentException e) {
      System.err.println("benchmarks: " + e.getMessage());
      System.exit(2);
    }
  }

  private static void start(Arguments arguments) throws IOException {
    List<Figure> figures =
        arguments.figures().stream().map(name -> Figure.named(name).orElseThrow()).toList();
    Set<Contender> contenders = EnumSet.noneOf(Contender.class);
    arguments.contenders().forEach(name -> contenders.add(Contender.named(name).orElseThrow()));
    Path js = arguments.js() == null ? Path.of(".") : arguments.js();
    run(
        arguments.schedule(),
        figures,
        contenders,
        js,
        result -> System.out.println(result.toJson()));
  }

  /** Measures {@code figures} of {@code contenders}. */
  static void run(
      Schedule schedule,
      List<Figure> figures,
      Set<Contender> contenders,
      Path js,
      Consumer<Comparison> results)
      throws IOException {
    Map<Contender, ProcessPair> pairs = new EnumMap<>(Contender.class);
    try {
      for (Contender contender : contenders) {
        pairs.put(contender, PeerPair.start(contender, js));
      }
      Rounds rounds = new Rounds(schedule, results);
      for (Figure figure : figures) {
        List<ProcessPair> suited =
            pairs.entrySet().stream()
                .filter(it -> figure.suits(it.getKey()))
                .map(Map.Entry::getValue)
                .toList();
        rounds.measure(figure.name(), figure.quantities(), suited);
      }
    } finally {
      pairs.values().forEach(ProcessPair::close);
    }
  }
}
