package io.minga.benchmarks.host;

import io.minga.benchmarks.ChildProcess;
import io.minga.benchmarks.ProcessPair;
import java.io.IOException;
import java.nio.file.Path;

/** Starts a contender's server process and the client process that is connected to it. */
final class PeerPair {
  private PeerPair() {}

  /**
   * Starts both.
   *
   * @param js where {@code node} and the scripts are, for {@link Contender#JS}
   */
  static ProcessPair start(Contender contender, Path js) throws IOException {
    String serverName = contender + "-server";
    String clientName = contender + "-client";
    ChildProcess server;
    ChildProcess client;
    if (contender == Contender.JS) {
      server = ChildProcess.startNode(serverName, js, "server.js");
      client = ChildProcess.startNode(clientName, js, "client.js", server.hear());
    } else {
      server = ChildProcess.startJava(serverName, Server.class, contender.name());
      client = ChildProcess.startJava(clientName, Client.class, contender.name(), server.hear());
    }
    return new ProcessPair(contender.title(), contender.isOurs(), server, client);
  }
}
