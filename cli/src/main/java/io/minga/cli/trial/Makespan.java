package io.minga.cli.trial;

import io.minga.cli.text.Table;
import io.minga.node.task.FunctionName;
import io.minga.node.value.Values;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * Two peers with a slot each compute something, and so do two processes that have half of the work
 * each from the start and no network: the ideal. They take turns, after a round that warms up.
 */
final class Makespan implements Trial {
  private static final int PROCESSES = 2;
  private static final int TASKS = 300;
  private static final long POINTS = 3_000_000;
  private static final int ROUNDS = 5;
  private static final double OVER_IDEAL = 1.02;

  @Override
  public String name() {
    return "makespan";
  }

  @Override
  public String promise() {
    return "two peers compute %d tasks of some 15 ms in at most 1.02 times what is possible"
        .formatted(TASKS);
  }

  @Override
  public Verdict run(long seed) throws IOException, InterruptedException, TrialException {
    List<byte[]> inputs = Collections.nCopies(TASKS, Values.codec(Long.class).encode(POINTS));
    List<Double> plain = new ArrayList<>();
    List<Double> shared = new ArrayList<>();
    Table details = new Table("ROUND", "WITHOUT A NETWORK", "BY PEERS", "RATIO");
    try (Crew crew = Crew.start();
        Loop one = new Loop();
        Loop other = new Loop()) {
      for (int i = 0; i < PROCESSES; i++) {
        crew.add(1);
      }
      crew.awaitAll(new FunctionName(PlainLoop.FUNCTION));
      for (int round = 0; round <= ROUNDS; round++) {
        one.begin();
        other.begin();
        double alone = Math.max(one.end(), other.end());
        Work work = Work.start(crew.caller(), PlainLoop.FUNCTION, inputs);
        work.await();
        if (round > 0) {
          plain.add(alone);
          shared.add(work.seconds());
          details.row(
              round, seconds(alone), seconds(work.seconds()), ratio(work.seconds() / alone));
        }
      }
    }
    double ideal = median(plain);
    double ours = median(shared);
    return new Verdict(
        List.of(
            Figure.of("over ideal", ours / ideal, "").atMost(OVER_IDEAL),
            Figure.of("without a network", ideal, "s"),
            Figure.of("by peers", ours, "s")),
        details);
  }

  private static double median(List<Double> values) {
    return values.stream().sorted().toList().get(values.size() / 2);
  }

  private static Table.Right seconds(double value) {
    return new Table.Right(String.format(Locale.ROOT, "%.3f s", value));
  }

  private static Table.Right ratio(double value) {
    return new Table.Right(String.format(Locale.ROOT, "%.3f", value));
  }

  /** A process that does its part by itself. */
  private static final class Loop implements AutoCloseable {
    private final Process process;
    private final BufferedWriter asks;
    private final BufferedReader answers;

    Loop() throws IOException {
      process =
          Programs.undisturbed(Programs.java(PlainLoop.class.getName()))
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      asks = process.outputWriter(StandardCharsets.UTF_8);
      answers = process.inputReader(StandardCharsets.UTF_8);
    }

    void begin() throws IOException {
      asks.write(TASKS / PROCESSES + " " + POINTS);
      asks.newLine();
      asks.flush();
    }

    double end() throws IOException, TrialException {
      String line = answers.readLine();
      if (line == null) {
        throw new TrialException("the loop without a network has ended");
      }
      return Long.parseLong(line) / 1e9;
    }

    @Override
    public void close() {
      process.destroyForcibly().onExit().join();
    }
  }
}
