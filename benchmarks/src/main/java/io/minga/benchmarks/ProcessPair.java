package io.minga.benchmarks;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;

/**
 * A competitor's server process and the client process that is connected to it. The client is asked
 * {@code FIGURE MILLISECONDS} and answers with the numbers.
 */
public record ProcessPair(String title, boolean isOurs, ChildProcess server, ChildProcess client)
    implements Competitor, AutoCloseable {
  @Override
  public double[] measure(String figure, Duration round) throws IOException {
    client.say(figure + " " + round.toMillis());
    return Arrays.stream(client.hear().split(" ", -1)).mapToDouble(Double::parseDouble).toArray();
  }

  @Override
  public void close() {
    client.close();
    server.close();
  }
}
