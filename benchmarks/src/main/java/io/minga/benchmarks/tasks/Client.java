package io.minga.benchmarks.tasks;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The submitter's process of a contender. Its arguments are the contender and the server's address;
 * each line {@code FIGURE MILLISECONDS} on stdin is answered by the figure's numbers.
 */
final class Client implements AutoCloseable {
  private final Contender contender;
  private final String server;
  private @Nullable Grid grid;

  private Client(Contender contender, String server) {
    this.contender = contender;
    this.server = server;
  }

  /** Runs until the end of stdin. */
  public static void main(String[] arguments) throws Exception {
    BufferedReader questions =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    try (Client client = new Client(Contender.valueOf(arguments[0]), arguments[1])) {
      for (String line; (line = questions.readLine()) != null; ) {
        String[] question = line.split(" ", -1);
        long nanos = TimeUnit.MILLISECONDS.toNanos(Long.parseLong(question[1]));
        System.out.println(answer(Figure.named(question[0]).measure(client, nanos)));
      }
    }
  }

  private static String answer(double[] numbers) {
    StringBuilder answer = new StringBuilder();
    for (double number : numbers) {
      answer.append(String.format(Locale.ROOT, "%f ", number));
    }
    return answer.toString().strip();
  }

  Contender contender() {
    return contender;
  }

  /** The grid with the server of this pair, made when it is needed first. */
  Grid grid() throws Exception {
    Grid made = grid;
    if (made == null) {
      made = Grid.connect(contender, server);
      grid = made;
    }
    return made;
  }

  @Override
  public void close() {
    if (grid != null) {
      grid.close();
    }
  }
}
