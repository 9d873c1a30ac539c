package io.minga.benchmarks.host;

import io.minga.benchmarks.ChildProcess;
import io.minga.benchmarks.Schedule;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A contender's server process and the client process that is connected to it. */
final class PeerPair implements AutoCloseable {
  private final Contender contender;
  private final ChildProcess server;
  private final ChildProcess client;

  private PeerPair(Contender contender, ChildProcess server, ChildProcess client) {
    this.contender = contender;
    this.server = server;
    this.client = client;
  }

  /**
   * Starts both.
   *
   * @param js where {@code node} and the scripts are, for {@link Contender#JS}
   */
  static PeerPair start(Contender contender, Path js) throws IOException {
    String serverName = contender + "-server";
    String clientName = contender + "-client";
    if (contender == Contender.JS) {
      ChildProcess server = ChildProcess.start(serverName, node(js, "server.js"));
      return new PeerPair(
          contender, server, ChildProcess.start(clientName, node(js, "client.js", server.hear())));
    }
    ChildProcess server = ChildProcess.startJava(serverName, Server.class, contender.name());
    return new PeerPair(
        contender,
        server,
        ChildProcess.startJava(clientName, Client.class, contender.name(), server.hear()));
  }

  private static List<String> node(Path js, String script, String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                js.resolve("node_modules/.bin/node").toString(),
                "--expose-gc",
                js.resolve(script).toString()));
    command.addAll(List.of(arguments));
    return command;
  }

  Contender contender() {
    return contender;
  }

  /** Runs {@code figure} until two rounds in a row agree. */
  void warmUp(Figure figure, Schedule schedule) throws IOException {
    if (schedule.warmUpMax().isZero()) {
      return;
    }
    long startNanos = System.nanoTime();
    double last = measure(figure, schedule.round())[0];
    while (true) {
      long elapsedNanos = System.nanoTime() - startNanos;
      if (elapsedNanos >= schedule.warmUpMax().toNanos()) {
        return;
      }
      double next = measure(figure, schedule.round())[0];
      boolean steady = Math.abs(next - last) <= Schedule.STEADY * Math.abs(last);
      if (steady && elapsedNanos >= schedule.warmUpMin().toNanos()) {
        return;
      }
      last = next;
    }
  }

  /** One round of {@code figure}. */
  double[] measure(Figure figure, Duration round) throws IOException {
    client.say(figure.name() + " " + round.toMillis());
    return Arrays.stream(client.hear().split(" ", -1)).mapToDouble(Double::parseDouble).toArray();
  }

  @Override
  public void close() {
    client.close();
    server.close();
  }
}
