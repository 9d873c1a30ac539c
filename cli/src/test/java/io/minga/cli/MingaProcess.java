package io.minga.cli;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** {@code minga} in a JVM of its own, and the lines that it printed. */
final class MingaProcess implements AutoCloseable {
  private static final long EXIT_SECONDS_MAX = 60;

  /** Nobody's, so that a test touches no data of the user's. */
  private static final Path HOME = Path.of("target", "home").toAbsolutePath();

  private final Process process;
  private final List<String> out = new CopyOnWriteArrayList<>();
  private final List<String> err = new CopyOnWriteArrayList<>();
  private final List<Thread> readers;

  private MingaProcess(Process process) {
    this.process = process;
    this.readers =
        List.of(
            reader(process.inputReader(StandardCharsets.UTF_8), out),
            reader(
                new BufferedReader(
                    new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8)),
                err));
  }

  static MingaProcess start(String... arguments) throws IOException {
    return start(List.of(), arguments);
  }

  /** The same in a JVM with these options. */
  static MingaProcess start(List<String> options, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED", // as the jar's manifest says
            "-Duser.home=" + HOME,
            "-cp",
            System.getProperty("java.class.path"),
            "io.minga.cli.Minga"));
    command.addAll(List.of(arguments));
    return new MingaProcess(new ProcessBuilder(command).start());
  }

  private static Thread reader(BufferedReader from, List<String> to) {
    Thread thread =
        new Thread(
            () -> {
              try (Stream<String> lines = from.lines()) {
                lines.forEach(to::add);
              } catch (UncheckedIOException e) {
                // The process was killed.
              }
            });
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  List<String> out() {
    return out;
  }

  List<String> err() {
    return err;
  }

  /** The JSON objects that it printed, of this event. */
  List<JsonNode> events(String event) {
    List<JsonNode> events = new ArrayList<>();
    for (String line : out) {
      JsonNode node = parse(line);
      if (node.path("event").asText().equals(event)) {
        events.add(node);
      }
    }
    return events;
  }

  /** Waits for the first line of this event. */
  JsonNode awaitEvent(String event) {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> !events(event).isEmpty() || !process.isAlive());
    if (events(event).isEmpty()) {
      throw new AssertionError("no " + event + "; it said " + out + " and " + err);
    }
    return events(event).get(0);
  }

  private static JsonNode parse(String line) {
    try {
      return new ObjectMapper().readTree(line);
    } catch (IOException e) {
      throw new AssertionError("not JSON: " + line, e);
    }
  }

  /** Sends SIGTERM; unlike {@link Process#destroy} this leaves its last words to be read. */
  void terminate() {
    process.toHandle().destroy();
  }

  /** The processes that it started and that still run. */
  List<ProcessHandle> children() {
    return process.descendants().toList();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  int exitCode() throws InterruptedException {
    if (!process.waitFor(EXIT_SECONDS_MAX, TimeUnit.SECONDS)) {
      throw new AssertionError("still runs; it said " + out + " and " + err);
    }
    for (Thread reader : readers) {
      reader.join(TimeUnit.SECONDS.toMillis(EXIT_SECONDS_MAX));
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
