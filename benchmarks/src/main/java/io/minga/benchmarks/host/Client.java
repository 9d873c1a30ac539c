package io.minga.benchmarks.host;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * The client process of a Java contender. Its arguments are the contender and the server's address;
 * each line {@code FIGURE MILLISECONDS} on stdin is answered by the figure's numbers.
 */
final class Client {
  private Client() {}

  /** Runs until the end of stdin. */
  public static void main(String[] arguments) throws Exception {
    Contender contender = Contender.valueOf(arguments[0]);
    BufferedReader questions =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    try (Peer peer =
        contender == Contender.RAW
            ? new RawPeer(arguments[1])
            : new MingaPeer(contender, arguments[1])) {
      for (String line; (line = questions.readLine()) != null; ) {
        String[] question = line.split(" ", -1);
        Figure figure = Figure.named(question[0]).orElseThrow();
        long nanos = TimeUnit.MILLISECONDS.toNanos(Long.parseLong(question[1]));
        System.out.println(answer(figure.measure(peer, nanos)));
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
}
