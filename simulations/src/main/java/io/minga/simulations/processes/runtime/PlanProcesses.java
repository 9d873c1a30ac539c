package io.minga.simulations.processes.runtime;

import io.minga.simulations.plan.Oracle;
import io.minga.simulations.plan.Plan;
import io.minga.simulations.plan.Score;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Carries out a plan with a process for each of its peers, all on this machine. */
public final class PlanProcesses implements AutoCloseable {
  private static final int UP_SECONDS = 60;
  private static final int END_SECONDS = 150;

  /** How long before the plan's time is zero all are told. */
  private static final long AHEAD_NANOS = 500_000_000;

  private final Plan plan;
  private final List<Peer> peers = new ArrayList<>();
  private final Thread hook = new Thread(this::end, "processes-end");

  private PlanProcesses(Plan plan) {
    this.plan = plan;
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** One of them. */
  private record Peer(Process process, BufferedWriter orders, BufferedReader words) {
    void order(String line) throws IOException {
      orders.write(line + "\n");
      orders.flush();
    }

    /** What it says next, which begins with {@code word}; without that. */
    String hear(String word) throws IOException {
      String line = words.readLine();
      if (line == null || !line.startsWith(word)) {
        throw new IOException("a peer should have said '%s', not '%s'".formatted(word, line));
      }
      return line.substring(word.length()).strip();
    }
  }

  /**
   * Carries it out.
   *
   * @param plan without faults of the network, comings and goings
   * @return how well it was mastered
   * @throws IOException if a peer ended, took too long, or a call had not the outcome that it
   *     should
   */
  public static Score run(Plan plan) throws IOException, InterruptedException {
    try (PlanProcesses processes = new PlanProcesses(plan)) {
      processes.start();
      within(UP_SECONDS, processes::connect);
      double[] ends = new double[plan.bursts().size()];
      within(END_SECONDS, () -> processes.play(ends));
      return Score.of(plan, ends, Oracle.endsNanos(plan));
    }
  }

  private interface Part {
    void run() throws IOException;
  }

  private static void within(int seconds, Part part) throws IOException, InterruptedException {
    CompletableFuture<Void> done = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                part.run();
                done.complete(null);
              } catch (IOException e) {
                done.completeExceptionally(e);
              }
            },
            "processes");
    thread.setDaemon(true);
    thread.start();
    try {
      done.get(seconds, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new IOException(String.valueOf(e.getMessage()), e);
    } catch (TimeoutException e) {
      throw new IOException("it was not over after %d s".formatted(seconds), e);
    }
  }

  private void start() throws IOException {
    String network = "plan-" + ProcessHandle.current().pid() + "-" + System.nanoTime();
    for (int i = 0; i < plan.machines().size(); i++) {
      Process process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xmx128m",
                  "-XX:+UseSerialGC",
                  "-XX:TieredStopAtLevel=1",
                  "-XX:-UsePerfData",
                  "-Dslf4j.internal.verbosity=ERROR",
                  "-cp",
                  System.getProperty("java.class.path"),
                  PlanPeer.class.getName(),
                  plan.name(),
                  String.valueOf(plan.machines().size()),
                  String.valueOf(plan.seed()),
                  String.valueOf(i),
                  network)
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      peers.add(
          new Peer(
              process,
              process.outputWriter(StandardCharsets.UTF_8),
              process.inputReader(StandardCharsets.UTF_8)));
    }
  }

  /** Each with all others. */
  private void connect() throws IOException {
    List<String> addresses = new ArrayList<>();
    for (Peer peer : peers) {
      addresses.add(peer.hear("up"));
    }
    for (int i = 0; i < peers.size(); i++) {
      for (String before : addresses.subList(0, i)) {
        peers.get(i).order("connect " + before);
      }
    }
    for (Peer peer : peers) {
      peer.order("whole " + (peers.size() - 1));
    }
    for (Peer peer : peers) {
      peer.hear("whole");
    }
  }

  private void play(double[] endsNanos) throws IOException {
    long origin = System.nanoTime() + AHEAD_NANOS;
    for (Peer peer : peers) {
      peer.order("begin " + origin);
    }
    for (int i = 0; i < endsNanos.length; i++) {
      String[] words = peers.get(plan.bursts().get(i).peer()).hear("ended").split(" ", -1);
      endsNanos[Integer.parseInt(words[0])] = Double.parseDouble(words[1]);
      if (!words[2].equals("0")) {
        throw new IOException(words[2] + " calls had not the outcome that they should");
      }
    }
  }

  private synchronized void end() {
    for (Peer peer : peers) {
      peer.process().destroyForcibly();
    }
  }

  @Override
  public void close() {
    end();
    peers.forEach(peer -> peer.process().onExit().join());
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The hook is running already, and does the same.
    }
  }
}
