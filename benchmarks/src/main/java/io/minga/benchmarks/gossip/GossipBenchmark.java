package io.minga.benchmarks.gossip;

import io.minga.benchmarks.Arguments;
import io.minga.benchmarks.ChildProcess;
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

/** Gossip's figures beside those of js-libp2p's gossipsub, which takes turns with ours. */
public final class GossipBenchmark {
  /** Ten routers remember two million ids of messages between them. */
  private static final int CLIENT_HEAP_MIB = 1536;

  private GossipBenchmark() {}

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
    run(
        arguments.schedule(),
        arguments.figures().stream().map(Figure::named).toList(),
        contenders,
        arguments.js() == null ? Path.of(".") : arguments.js(),
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
        pairs.put(contender, start(contender, js));
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

  private static ProcessPair start(Contender contender, Path js) throws IOException {
    String serverName = contender + "-server";
    String clientName = contender + "-client";
    ChildProcess server;
    ChildProcess client;
    if (contender == Contender.JS) {
      server = ChildProcess.startNode(serverName, js, "gossip-server.js");
      client = ChildProcess.startNode(clientName, js, "gossip-client.js", server.hear());
    } else {
      server = ChildProcess.startJava(serverName, Server.class, contender.name());
      client =
          ChildProcess.startJava(
              clientName, CLIENT_HEAP_MIB, Client.class, contender.name(), server.hear());
    }
    return new ProcessPair(contender.title(), contender.isOurs(), server, client);
  }
}
