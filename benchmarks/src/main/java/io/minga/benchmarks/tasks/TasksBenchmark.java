package io.minga.benchmarks.tasks;

import io.minga.benchmarks.Arguments;
import io.minga.benchmarks.ChildProcess;
import io.minga.benchmarks.Comparison;
import io.minga.benchmarks.ProcessPair;
import io.minga.benchmarks.Rounds;
import io.minga.benchmarks.Schedule;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** Figures of tasks beside those of rivals, which take turns with ours. */
public final class TasksBenchmark {
  /** A million single calls wait with their futures in the client. */
  private static final int CLIENT_HEAP_MIB = 1536;

  private static final int SERVER_HEAP_MIB = 512;

  /**
   * The compilers of both sides have far to go, and two rounds are alike long before they are
   * through: from the 24th to the 38th second of a job they still used as much of two cores as the
   * loops.
   */
  private static final Duration WARM_UP_MIN = Duration.ofSeconds(60);

  private static final Duration WARM_UP_MAX = Duration.ofSeconds(75);

  private TasksBenchmark() {}

  /**
   * Measures and prints one line of JSON for each quantity.
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
    Set<Contender> contenders = EnumSet.noneOf(Contender.class);
    arguments.contenders().forEach(name -> contenders.add(Contender.named(name)));
    Schedule asked = arguments.schedule();
    Schedule schedule =
        asked.warmUpMax().isZero()
            ? asked
            : new Schedule(WARM_UP_MIN, WARM_UP_MAX, asked.round(), asked.rounds());
    run(
        schedule,
        arguments.figures().stream().map(Figure::named).toList(),
        contenders,
        result -> System.out.println(result.toJson()));
  }

  /** Measures {@code figures} of {@code contenders}. */
  static void run(
      Schedule schedule,
      List<Figure> figures,
      Set<Contender> contenders,
      Consumer<Comparison> results)
      throws IOException {
    Map<Contender, ProcessPair> pairs = new EnumMap<>(Contender.class);
    try {
      for (Contender contender : contenders) {
        if (figures.stream().anyMatch(figure -> figure.suits(contender))) {
          pairs.put(contender, start(contender));
        }
      }
      Rounds rounds = new Rounds(schedule, results);
      for (Figure figure : figures) {
        rounds.measure(
            figure.name(),
            figure.quantities(),
            pairs.keySet().stream().filter(figure::suits).map(pairs::get).toList());
      }
    } finally {
      pairs.values().forEach(ProcessPair::close);
    }
  }

  private static ProcessPair start(Contender contender) throws IOException {
    String name = contender.name();
    ChildProcess server =
        ChildProcess.startJava(contender + "-server", SERVER_HEAP_MIB, Server.class, name);
    ChildProcess client =
        ChildProcess.startJava(
            contender + "-client", CLIENT_HEAP_MIB, Client.class, name, server.hear());
    return new ProcessPair(contender.title(), contender.isOurs(), server, client);
  }
}
