package io.minga.benchmarks.gossip;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The publisher's process of a contender of ours. Its arguments are the contender and the server's
 * address; each line {@code FIGURE MILLISECONDS} on stdin is answered by the figure's numbers.
 */
final class Client implements AutoCloseable {
  private final Contender contender;
  private final String server;
  private @Nullable Link link;
  private @Nullable Crowd crowd;

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

  /** The link to the server, made when it is needed first. */
  Link link() throws Exception {
    Link made = link;
    if (made == null) {
      made = new Link(contender, server);
      link = made;
    }
    return made;
  }

  /** The nodes in this process, made when they are needed first. */
  Crowd crowd() throws Exception {
    Crowd made = crowd;
    if (made == null) {
      made = new Crowd(contender);
      crowd = made;
    }
    return made;
  }

  @Override
  public void close() {
    if (link != null) {
      link.close();
    }
    if (crowd != null) {
      crowd.close();
    }
  }
}
