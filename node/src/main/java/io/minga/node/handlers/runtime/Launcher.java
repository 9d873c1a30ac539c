package io.minga.node.handlers.runtime;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A small process that starts the same program again and again, once for each line that it is sent:
 * a fork and one execution a run, where the JVM needs three executions, one of its own helper, one
 * that sets the limits, and the program's.
 *
 * <p>It is a shell, of which this is all that it ever reads: its script, and the names of working
 * directories. It has the limits and the environment that the program shall have. When its input
 * ends, because the peer has no use for it or has died, it deletes the directory and ends.
 */
final class Launcher implements Program {
  /**
   * After how many runs another takes its place: what it uses itself counts against the program's
   * limit of processor time, which may be one second.
   */
  static final int RUNS_MAX = 256;

  /** What its complaints begin with. */
  static final String NAME = "minga-launcher";

  private static final String SHELL = "/bin/sh";

  /** {@code $1} is the directory, the others are the program's words. */
  private static final String SCRIPT =
      """
      root=$1
      shift
      while read -r work; do
        (cd "$work" && unset root work PWD OLDPWD && exec "$@" <../input >../output 2>../error)
        echo $?
      done
      cd /
      exec rm -rf -- "$root"
      """;

  private final Scratch scratch;
  private final Process process;
  private final OutputStream requests;
  private int runs;

  // Guarded by this.
  private boolean running;
  private boolean over;
  private int exitCode;

  private Launcher(Scratch scratch, Process process) {
    this.scratch = scratch;
    this.process = process;
    this.requests = process.getOutputStream();
    Thread reader = new Thread(this::read, "minga-command-" + process.pid());
    reader.setDaemon(true);
    reader.start();
  }

  /** One for a program with these words, within these limits. */
  static Launcher start(List<String> words, ProgramLimits limits) throws IOException {
    Scratch scratch = Scratch.create();
    List<String> all =
        new ArrayList<>(List.of(SHELL, "-c", SCRIPT, NAME, scratch.root().toString()));
    all.addAll(words);
    ProcessBuilder builder = new ProcessBuilder(limits.around(all));
    ProgramEnvironment.set(builder);
    builder.directory(scratch.root().toFile());
    builder.redirectError(Redirect.to(scratch.trouble().toFile()));
    try {
      return new Launcher(scratch, builder.start());
    } catch (IOException notStarted) {
      scratch.close();
      throw notStarted;
    }
  }

  /** Where the program finds its input, works, and leaves its output. */
  Scratch scratch() {
    return scratch;
  }

  /** Starts the program. */
  void begin() throws IOException {
    synchronized (this) {
      running = true;
    }
    runs++;
    requests.write((scratch.work().getFileName() + "\n").getBytes(StandardCharsets.UTF_8));
    requests.flush();
  }

  private void read() {
    try (BufferedReader answers = process.inputReader(StandardCharsets.US_ASCII)) {
      for (String line = answers.readLine(); line != null; line = answers.readLine()) {
        ended(Integer.parseInt(line));
      }
    } catch (IOException | NumberFormatException e) {
      // It is told below that no more answers come.
    }
    synchronized (this) {
      over = true;
      notifyAll();
    }
  }

  private synchronized void ended(int code) {
    exitCode = code;
    running = false;
    notifyAll();
  }

  @Override
  public synchronized boolean hasEnded(long millis) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    while (running && !over) {
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        return false;
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    return true;
  }

  /** Whether it has said how the program ended; else, when it has ended, it never will. */
  synchronized boolean hasAnswered() {
    return !running;
  }

  @Override
  public synchronized int exitCode() {
    if (running) {
      throw new IllegalStateException("the program runs");
    }
    return exitCode;
  }

  /** Whether it may start the program once more. */
  synchronized boolean isFit() {
    return !running && !over && runs < RUNS_MAX && process.isAlive();
  }

  /** Ends it, which no program may need any more. */
  void close() {
    try {
      requests.close();
    } catch (IOException e) {
      kill(); // it is gone already, and can't clean up
    }
  }

  @Override
  public void kill() {
    ProcessTree.kill(process);
    scratch.close();
  }
}
