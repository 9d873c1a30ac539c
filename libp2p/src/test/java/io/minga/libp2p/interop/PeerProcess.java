package io.minga.libp2p.interop;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A peer as a process, driven by the contract of interop/README.md: a JSON line for each command,
 * and one for each answer. All waits are bounded; what goes wrong is an {@link AssertionError} that
 * names the peer and the command. What the process says on stderr is in its log.
 */
public final class PeerProcess implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration START_TIMEOUT = Duration.ofSeconds(60);
  private static final int KILL_SECONDS_MAX = 10;

  private final String name;
  private final Path log;
  private final Process process;
  private final BufferedWriter commands;
  private final AtomicLong lastId = new AtomicLong();
  private final CompletableFuture<JsonNode> ready = new CompletableFuture<>();
  private final Map<Long, CompletableFuture<JsonNode>> waiting = new ConcurrentHashMap<>();

  /**
   * Starts a peer and doesn't wait for it to be ready.
   *
   * @param executable the program and its first arguments
   * @param security {@code noise} or {@code tls}
   * @param more further arguments
   */
  public PeerProcess(
      String name, List<String> executable, String security, Path log, String... more) {
    this.name = name;
    this.log = log;
    List<String> command = new ArrayList<>(executable);
    command.addAll(List.of("--listen", "/ip4/127.0.0.1/tcp/0", "--security", security));
    command.addAll(List.of(more));
    try {
      Files.createDirectories(log.toAbsolutePath().getParent());
      process = new ProcessBuilder(command).redirectError(log.toFile()).start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    commands = process.outputWriter();
    Thread reader = new Thread(this::read, "answers of " + name);
    reader.setDaemon(true);
    reader.start();
  }

  private void read() {
    try (BufferedReader answers = process.inputReader()) {
      for (String line; (line = answers.readLine()) != null; ) {
        JsonNode answer = JSON.readTree(line);
        CompletableFuture<JsonNode> asked =
            answer.path("event").asText().equals("ready")
                ? ready
                : waiting.remove(answer.path("id").asLong());
        if (asked != null) {
          asked.complete(answer);
        }
      }
      gone("is gone");
    } catch (IOException e) {
      gone("can't be read: " + e);
    }
  }

  private void gone(String how) {
    IOException failure = new IOException("its process " + how + ", see " + log);
    ready.completeExceptionally(failure);
    waiting.values().forEach(asked -> asked.completeExceptionally(failure));
  }

  /** The peer's id in base58. */
  public String id() {
    return ready().path("id").asText();
  }

  /** Where it listens, without the {@code /p2p} part. */
  String listenAddress() {
    return withoutPeer(dialAddress());
  }

  /** Where it listens, with the {@code /p2p} part. */
  public String dialAddress() {
    return ready().path("addrs").path(0).asText();
  }

  static String withoutPeer(String address) {
    int peer = address.indexOf("/p2p/");
    return peer < 0 ? address : address.substring(0, peer);
  }

  private JsonNode ready() {
    return get(ready, START_TIMEOUT, "ready");
  }

  /** A command that is for, or to, nobody. */
  public JsonNode ask(String command, Duration within) {
    return ask(command, JSON.createObjectNode(), within);
  }

  /** A command whose fields, beside its name and id, are {@code fields}. */
  public JsonNode ask(String command, ObjectNode fields, Duration within) {
    JsonNode answer = get(start(command, fields), within, command);
    if (!answer.path("ok").asBoolean()) {
      throw new AssertionError(
          "%s failed at %s: %s".formatted(name, command, answer.path("error").asText()));
    }
    return answer;
  }

  /** A command that concerns {@code other}; give it more fields, then {@link #ask} it. */
  static ObjectNode about(PeerProcess other) {
    return JSON.createObjectNode().put("peer", other.id());
  }

  /** The address of {@code other}, as a field. */
  static ObjectNode to(PeerProcess other) {
    return JSON.createObjectNode().put("addr", other.dialAddress());
  }

  private CompletableFuture<JsonNode> start(String command, ObjectNode fields) {
    long id = lastId.incrementAndGet();
    CompletableFuture<JsonNode> answer = new CompletableFuture<>();
    waiting.put(id, answer);
    String line = fields.put("id", id).put("cmd", command) + "\n";
    try {
      synchronized (commands) {
        commands.write(line);
        commands.flush();
      }
    } catch (IOException e) {
      throw new AssertionError(name + " takes no commands any more, see " + log, e);
    }
    if (ready.isCompletedExceptionally()) {
      throw new AssertionError(name + " is gone, see " + log);
    }
    return answer;
  }

  private JsonNode get(CompletableFuture<JsonNode> answer, Duration within, String what) {
    try {
      return answer.get(within.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError(
          "%s gave no answer to %s in %d s".formatted(name, what, within.toSeconds()), e);
    } catch (ExecutionException e) {
      throw new AssertionError(name + " gave no answer to " + what + ": " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  /** What it said on stderr so far. */
  public String log() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** SIGKILL, and waits until it is gone. */
  public void kill() {
    process.destroyForcibly();
    try {
      if (!process.waitFor(KILL_SECONDS_MAX, TimeUnit.SECONDS)) {
        throw new AssertionError(name + " does not die");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    kill();
  }

  @Override
  public String toString() {
    return name;
  }
}
