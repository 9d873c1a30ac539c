package io.minga.simulations.rig.runtime;

import com.fasterxml.jackson.databind.JsonNode;
import io.minga.libp2p.crypto.CryptoProviders;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.runtime.SystemEntropy;
import io.minga.libp2p.store.KeyFile;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A peer of the rig: {@code minga start} in a process, and another one after that is dead, with the
 * same directory and key.
 */
final class RigPeer {
  private final int index;
  private final Path home;
  private final PeerId id;
  private final String address;
  private @Nullable Life life;

  /** One of its processes. */
  private static final class Life {
    final Process process;
    final CountDownLatch up = new CountDownLatch(1);
    final List<String> said = new ArrayList<>();
    final long launchedNanos = System.nanoTime();
    volatile long upNanos;

    Life(Process process) {
      this.process = process;
    }

    void read() {
      try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          synchronized (said) {
            said.add(line);
          }
          if (line.startsWith("{\"event\":\"started\"")) {
            upNanos = System.nanoTime();
            up.countDown();
          }
        }
      } catch (IOException e) {
        // It was killed.
      }
      up.countDown();
    }
  }

  /**
   * One that is not started yet.
   *
   * @param home its directory, which is made
   * @param endpoint where it is to listen, without its name
   */
  RigPeer(int index, Path home, String endpoint) throws IOException {
    this.index = index;
    this.home = home;
    Files.createDirectories(
        home.resolve("data"),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    this.id =
        PeerId.of(
            new KeyFile(home.resolve("data/key"), CryptoProviders.best())
                .loadOrCreate(new SystemEntropy())
                .publicKey());
    this.address = endpoint + "/p2p/" + id;
  }

  int index() {
    return index;
  }

  PeerId id() {
    return id;
  }

  /** Where it listens, with its name. */
  String address() {
    return address;
  }

  /** Its data directory. */
  Path data() {
    return home.resolve("data");
  }

  /** What its handlers write. */
  Path log() {
    return home.resolve("ran");
  }

  Control control() {
    return new Control(data().resolve("control.sock"));
  }

  /** Begins a life; {@link #awaitUp} waits until it is up. */
  void start(List<String> command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(name -> name.startsWith("MINGA_"));
    builder.redirectError(ProcessBuilder.Redirect.appendTo(home.resolve("errors").toFile()));
    Life begun = new Life(builder.start());
    life = begun;
    Relay.start(begun::read, "peer" + index);
  }

  private Life life() {
    Life now = life;
    if (now == null) {
      throw new IllegalStateException("peer %d was never started".formatted(index));
    }
    return now;
  }

  /** Waits until it is up, or has ended. */
  boolean awaitUp(long deadlineNanos) throws InterruptedException {
    Life now = life();
    boolean isTold = now.up.await(deadlineNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
    return isTold && now.upNanos != 0;
  }

  /** How long it took from its process' start until it was up. */
  double upSeconds() {
    Life now = life();
    return now.upNanos == 0 ? Double.NaN : (now.upNanos - now.launchedNanos) / 1e9;
  }

  boolean isAlive() {
    Life now = life;
    return now != null && now.process.isAlive();
  }

  long pid() {
    return life().process.pid();
  }

  /** Ends it by SIGKILL and waits for that; when it was done. */
  long kill() throws InterruptedException {
    long now = System.nanoTime();
    if (life != null) {
      life().process.toHandle().destroyForcibly();
      life().process.waitFor();
    }
    return now;
  }

  /** Sends it a signal, such as STOP. */
  void signal(String name) throws InterruptedException, RigException {
    Programs.run("kill -%s %d".formatted(name, pid()));
  }

  /** Its exit code, if it ends in time; -1 if not. */
  int awaitExit(long deadlineNanos) throws InterruptedException {
    return life().process.waitFor(deadlineNanos - System.nanoTime(), TimeUnit.NANOSECONDS)
        ? life().process.exitValue()
        : -1;
  }

  /** What it complained of in this life. */
  List<String> troubles() {
    List<String> said;
    synchronized (life().said) {
      said = List.copyOf(life().said);
    }
    return said.stream().filter(line -> line.startsWith("{\"event\":\"trouble\"")).toList();
  }

  /** The last lines that it wrote to standard error, in any life. */
  String lastErrors() {
    try {
      List<String> lines = Files.readAllLines(home.resolve("errors"));
      return String.join(" / ", lines.subList(Math.max(0, lines.size() - 3), lines.size()));
    } catch (IOException e) {
      return "";
    }
  }

  /** How many other peers it is connected with; -1 if it does not answer. */
  int connected() {
    try {
      int count = 0;
      for (JsonNode row : control().ask("peers", request -> {})) {
        count += row.path("state").asText().equals("connected") ? 1 : 0;
      }
      return count;
    } catch (IOException | Control.RefusedException e) {
      return -1;
    }
  }
}
