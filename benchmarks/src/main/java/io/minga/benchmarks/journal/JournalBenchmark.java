package io.minga.benchmarks.journal;

import io.minga.benchmarks.Arguments;
import io.minga.benchmarks.Quantity;
import io.minga.benchmarks.Rounds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Figures of durable work, all in this process: jobs that a peer acknowledges when they are on the
 * disk, beside a queue in SQLite that does the same and a grid's durable executor, which keeps
 * tasks in memory.
 */
public final class JournalBenchmark {
  /** A job whose tasks are known at once. */
  static final String JOB = "job";

  /** Tasks that are given one by one, a thousand of them not acknowledged yet. */
  static final String SINGLY = "singly";

  /** One task after the other, each acknowledged before the next is given. */
  static final String ONE = "one";

  /** A start with a million tasks that have no outcome. */
  static final String RECOVER = "recover";

  private static final Map<String, List<Quantity>> FIGURES =
      new TreeMap<>(
          Map.of(
              JOB, List.of(Quantity.rate("rate", "1/s")),
              SINGLY, List.of(Quantity.rate("rate", "1/s")),
              ONE, List.of(Quantity.rate("rate", "1/s"), Quantity.cost("p50", "µs")),
              RECOVER, List.of(Quantity.cost("time", "s"))));

  private static final List<String> CONTENDERS = List.of("minga", "sqlite", "hazelcast");

  private JournalBenchmark() {}

  /**
   * Measures and prints one line of JSON for each quantity.
   *
   * @param arguments as {@link Arguments} reads them
   */
  public static void main(String[] arguments) throws IOException {
    try {
      run(Arguments.parse(arguments, List.copyOf(FIGURES.keySet()), CONTENDERS));
    } catch (IllegalArgumentException e) {
      System.err.println("benchmarks: " + e.getMessage());
      System.exit(2);
    }
    System.exit(0); // threads of a grid may linger
  }

  private static void run(Arguments arguments) throws IOException {
    Path home = Files.createTempDirectory("minga-bench-journal-");
    System.err.printf(
        "benchmarks: files are in %s, on %s%n", home, Files.getFileStore(home).type());
    Store.Scale scale =
        arguments.schedule().warmUpMax().isZero() ? Store.Scale.LOOK : Store.Scale.FULL;
    List<Store> stores = new ArrayList<>();
    try {
      for (String contender : arguments.contenders()) {
        stores.add(
            switch (contender) {
              case "minga" -> new MingaStore(home, scale);
              case "sqlite" -> new SqliteStore(home, scale);
              default -> new HazelcastStore(scale);
            });
      }
      Rounds rounds =
          new Rounds(arguments.schedule(), result -> System.out.println(result.toJson()));
      for (String figure : arguments.figures()) {
        rounds.measure(figure, FIGURES.getOrDefault(figure, List.of()), stores);
      }
    } finally {
      stores.forEach(Store::close);
      Store.delete(home);
    }
  }
}
