package io.minga.benchmarks;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A process of a contender: it is asked by lines on stdin, answers by lines on stdout, and ends at
 * the end of stdin. What it says on stderr comes out on ours.
 */
public final class ChildProcess implements AutoCloseable {
  /** Flags of every JVM of a benchmark, ours and the rivals'. */
  private static final List<String> JVM_FLAGS =
      List.of(
          // Else the first gigabytes of garbage are written into pages that the kernel has to
          // clear.
          "-XX:+AlwaysPreTouch",
          "--enable-native-access=ALL-UNNAMED",
          "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn");

  private static final int HEAP_MIB = 256;
  private static final int END_WAIT_SECONDS = 10;

  private final String name;
  private final Process process;
  private final BufferedReader answers;
  private final BufferedWriter questions;

  private ChildProcess(String name, List<String> command) throws IOException {
    this.name = name;
    this.process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    this.answers = process.inputReader();
    this.questions = process.outputWriter();
  }

  /** Starts {@code command}. */
  public static ChildProcess start(String name, List<String> command) throws IOException {
    return new ChildProcess(name, command);
  }

  /** Starts {@code main} in a JVM with a heap that is enough for a host or two. */
  public static ChildProcess startJava(String name, Class<?> main, String... arguments)
      throws IOException {
    return startJava(name, HEAP_MIB, main, arguments);
  }

  /**
   * Starts {@code main} in a JVM with our class path and the flags that all have. Those in the
   * environment's MINGA_BENCH_JAVA_OPTS come after them, {@code %n} in it is the name.
   */
  public static ChildProcess startJava(String name, int heapMib, Class<?> main, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xms" + heapMib + "m", "-Xmx" + heapMib + "m"));
    command.addAll(JVM_FLAGS);
    String more = System.getenv().getOrDefault("MINGA_BENCH_JAVA_OPTS", "").strip();
    if (!more.isEmpty()) {
      command.addAll(List.of(more.replace("%n", name).split("\\s+", -1)));
    }
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(arguments));
    return start(name, command);
  }

  /**
   * Starts {@code script} of {@code js}, a directory with packages that contain {@code node}; it
   * may collect its garbage when it likes.
   */
  public static ChildProcess startNode(String name, Path js, String script, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(js.resolve("node_modules/.bin/node").toString());
    command.addAll(List.of("--expose-gc", js.resolve(script).toString()));
    command.addAll(List.of(arguments));
    return start(name, command);
  }

  /** Says a line. */
  public void say(String line) throws IOException {
    questions.write(line);
    questions.newLine();
    questions.flush();
  }

  /** Waits for the next line. */
  public String hear() throws IOException {
    String line = answers.readLine();
    if (line == null) {
      throw new IOException(name + " has ended; the reason should be above");
    }
    return line;
  }

  @Override
  public void close() {
    try {
      questions.close();
      if (process.waitFor(END_WAIT_SECONDS, TimeUnit.SECONDS)) {
        return;
      }
    } catch (IOException e) {
      // It is gone already.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    process.destroyForcibly();
  }
}
