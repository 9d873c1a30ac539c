package io.minga.cli.trial;

import com.fasterxml.jackson.databind.JsonNode;
import io.minga.cli.control.Json;
import io.minga.libp2p.identity.PeerId;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** {@code minga start} in a process of its own, which ends with this one. */
final class PeerProcess implements AutoCloseable {
  private static final int UP_SECONDS = 60;
  private static final int END_SECONDS = 40;

  private final Process process;
  private final long launchedNanos;
  private final CompletableFuture<Up> up = new CompletableFuture<>();
  private final StringBuilder said = new StringBuilder();

  /** It has told who it is. */
  private record Up(PeerId peer, String address, long atNanos) {}

  private PeerProcess(Process process, long launchedNanos) {
    this.process = process;
    this.launchedNanos = launchedNanos;
  }

  /** Starts one that is told these arguments besides. */
  static PeerProcess launch(String... arguments) throws IOException {
    List<String> all =
        new ArrayList<>(List.of("start", "--json", "--while-stdin", "--no-mdns", "--listen"));
    all.add("/ip4/127.0.0.1/tcp/0");
    all.addAll(List.of(arguments));
    long now = System.nanoTime();
    Process process =
        Programs.undisturbed(Programs.minga(all.toArray(String[]::new)))
            .redirectErrorStream(true)
            .start();
    PeerProcess peer = new PeerProcess(process, now);
    Thread reader = new Thread(peer::read, "minga-trial-" + process.pid());
    reader.setDaemon(true);
    reader.start();
    return peer;
  }

  private void read() {
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        heard(line);
      }
    } catch (IOException e) {
      // It was killed.
    }
    up.completeExceptionally(new IOException("it has ended"));
  }

  private void heard(String line) {
    synchronized (said) {
      said.append(line).append(' ');
    }
    if (line.startsWith("{\"event\":\"started\"")) {
      JsonNode event = Json.parse(line);
      String address = event.path("addresses").path(0).asText();
      up.complete(new Up(PeerId.parse(event.path("peer").asText()), address, System.nanoTime()));
    }
  }

  private String said() {
    synchronized (said) {
      return said.toString().strip();
    }
  }

  private Up up() throws InterruptedException, TrialException {
    try {
      return up.get(UP_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new TrialException("a peer ended: " + said());
    } catch (TimeoutException e) {
      throw new TrialException("a peer was not up after %d s: %s".formatted(UP_SECONDS, said()));
    }
  }

  /** Who it is, once it is up. */
  PeerId id() throws InterruptedException, TrialException {
    return up().peer();
  }

  /** Where it listens, with its id. */
  String address() throws InterruptedException, TrialException {
    return up().address();
  }

  /** When its process was started. */
  long launchedNanos() {
    return launchedNanos;
  }

  /** When it had told that it is up. */
  long upNanos() throws InterruptedException, TrialException {
    return up().atNanos();
  }

  /** Asks it to leave, by SIGTERM. */
  void terminate() {
    process.toHandle().destroy();
  }

  /** Ends it, by SIGKILL. */
  void kill() {
    process.toHandle().destroyForcibly();
  }

  /** Waits until it has ended; its exit code. */
  int exitCode() throws InterruptedException, TrialException {
    if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
      throw new TrialException("a peer still ran %d s after its end".formatted(END_SECONDS));
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    kill();
    process.onExit().join();
  }
}
