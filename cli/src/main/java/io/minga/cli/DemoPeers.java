package io.minga.cli;

import io.minga.cli.trial.Programs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Peers as processes of this program. They end with it, however it ends: their standard input is a
 * pipe from it, and they stop when that does.
 */
final class DemoPeers implements AutoCloseable {
  private static final int STOP_SECONDS = 10;

  private final Path directory;
  private final List<Process> processes = new ArrayList<>();
  private final Thread hook = new Thread(this::stop, "minga-demo-stop");

  private DemoPeers(Path directory) {
    this.directory = directory;
  }

  static DemoPeers start(int count, String network, int slots, String link) throws Failure {
    try {
      DemoPeers peers = new DemoPeers(Files.createTempDirectory("minga-demo-"));
      Runtime.getRuntime().addShutdownHook(peers.hook);
      try {
        for (int i = 0; i < count; i++) {
          peers.launch(i, network, slots, link);
        }
        return peers;
      } catch (IOException e) {
        peers.close();
        throw e;
      }
    } catch (IOException e) {
      throw new Failure("a peer can't be started: " + e.getMessage());
    }
  }

  private void launch(int number, String network, int slots, String link) throws IOException {
    List<String> command =
        Programs.minga(
            "start",
            "--while-stdin",
            "--network",
            network,
            "--slots",
            String.valueOf(slots),
            "--listen",
            "/ip4/127.0.0.1/tcp/0",
            "--mdns-interface",
            link,
            "--config", // not what the user has
            Files.write(directory.resolve("minga.yaml"), new byte[0]).toString(),
            "--data",
            directory.resolve("peer" + number).toString());
    Path log = directory.resolve("peer" + number + ".log");
    processes.add(
        Programs.undisturbed(command)
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start());
  }

  /** Fails if one has ended, with what it said. */
  void requireAlive() throws Failure {
    for (int i = 0; i < processes.size(); i++) {
      if (!processes.get(i).isAlive()) {
        throw new Failure("peer %d ended: %s".formatted(i + 1, said(i)));
      }
    }
  }

  private String said(int number) {
    try {
      return String.join(" ", Files.readAllLines(directory.resolve("peer" + number + ".log")));
    } catch (IOException e) {
      return "it left no words";
    }
  }

  /** Ends them, and waits until they have. */
  @Override
  public void close() {
    stop();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The hook is running already, and does the same.
    }
  }

  private synchronized void stop() {
    processes.forEach(process -> process.toHandle().destroy());
    try {
      for (Process process : processes) {
        if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
          process.destroyForcibly().waitFor();
        }
      }
      processes.clear();
      if (Files.exists(directory)) {
        DataDirectory.delete(directory);
      }
    } catch (InterruptedException e) {
      processes.forEach(Process::destroyForcibly);
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      // The system clears its temporary files.
    }
  }
}
