package io.minga.cli.bench;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** {@link NoOpServer} as a process of this one, which ends with it. */
final class ServerProcess implements AutoCloseable {
  private static final int END_SECONDS = 10;

  private final Process process;
  private final BufferedReader answers;
  private final BufferedWriter questions;
  private final String address;
  private final int barePort;

  private ServerProcess(Process process) throws IOException {
    this.process = process;
    this.answers = process.inputReader();
    this.questions = process.outputWriter();
    this.address = hear();
    this.barePort = Integer.parseInt(hear());
  }

  static ServerProcess start() throws IOException {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
            "-cp",
            System.getProperty("java.class.path"),
            NoOpServer.class.getName());
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try {
      return new ServerProcess(process);
    } catch (IOException | RuntimeException e) {
      process.destroyForcibly();
      throw e;
    }
  }

  String address() {
    return address;
  }

  int barePort() {
    return barePort;
  }

  /** Says a word, and waits for the answer. */
  String ask(String word) throws IOException {
    questions.write(word);
    questions.newLine();
    questions.flush();
    return hear();
  }

  private String hear() throws IOException {
    String line = answers.readLine();
    if (line == null) {
      throw new IOException("the other peer's process has ended");
    }
    return line;
  }

  /** Ends it, and waits until it has. */
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
        int unused = process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
