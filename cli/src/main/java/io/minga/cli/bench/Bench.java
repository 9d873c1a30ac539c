package io.minga.cli.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The measurement: this process submits, another one that it starts runs. Closing it leaves nothing
 * running.
 */
public final class Bench implements AutoCloseable {
  private static final int QUEUED_JOBS = 10;
  private static final int WARM_JOB_TASKS = 100_000;
  private static final int WARM_CALLS = 200;

  private final Effort effort;
  private final Consumer<String> progress;
  private final ServerProcess server;
  private final NoOpPeer peer;

  private Bench(Effort effort, Consumer<String> progress, ServerProcess server, NoOpPeer peer) {
    this.effort = effort;
    this.progress = progress;
    this.server = server;
    this.peer = peer;
  }

  /**
   * Starts both peers.
   *
   * @param progress told what is being done, in a few words
   */
  public static Bench start(Effort effort, Consumer<String> progress) throws IOException {
    progress.accept("starting the other peer");
    ServerProcess server = ServerProcess.start();
    try {
      NoOpPeer peer = new NoOpPeer(server.address());
      peer.awaitServer();
      return new Bench(effort, progress, server, peer);
    } catch (IOException | RuntimeException e) {
      server.close();
      throw e;
    }
  }

  /** Measures; once. */
  public BenchFigures run() throws IOException, InterruptedException {
    warmUp();
    double singly =
        median("calls", effort.rounds(), () -> Flight.perSecond(this::echo, effort.roundNanos()));
    List<double[]> jobs = jobs();
    List<double[]> calls = new ArrayList<>();
    for (int round = 1; round <= effort.rounds(); round++) {
      say("call", round, effort.rounds());
      calls.add(calls(effort.roundNanos()));
    }
    double bare = bareMicros(effort.roundNanos());
    double pool = poolPerSecond();
    return new BenchFigures(
        singly,
        median(jobs, 0),
        median(calls, 0),
        median(calls, 1),
        median(jobs, 1),
        queuedBytes(),
        pool,
        bare);
  }

  private interface Round {
    double measure() throws IOException;
  }

  private double median(String what, int rounds, Round round) throws IOException {
    double[] all = new double[rounds];
    for (int i = 0; i < rounds; i++) {
      say(what, i + 1, rounds);
      all[i] = round.measure();
    }
    return Samples.median(all);
  }

  private static double median(List<double[]> rounds, int index) {
    return Samples.median(rounds.stream().mapToDouble(round -> round[index]).toArray());
  }

  private void say(String what, int round, int rounds) {
    progress.accept("%s, round %d of %d".formatted(what, round, rounds));
  }

  /** All that is measured, in turns: the compilers of both processes have far to go. */
  private void warmUp() throws IOException {
    long startNanos = System.nanoTime();
    long left = effort.warmUpNanos();
    while (left > 0) {
      progress.accept("warming up, %d s to go".formatted(TimeUnit.NANOSECONDS.toSeconds(left) + 1));
      double unused = Flight.perSecond(this::echo, Math.min(left, effort.roundNanos()) / 2);
      double[] unusedJob = job(Math.min(WARM_JOB_TASKS, effort.jobTasks()));
      for (int i = 0; i < WARM_CALLS; i++) {
        int unusedResult = echo(i).join();
      }
      left = effort.warmUpNanos() - (System.nanoTime() - startNanos);
    }
  }

  private CompletableFuture<Integer> echo(int argument) {
    return peer.call(NoOp.ECHO, argument);
  }

  private List<double[]> jobs() throws IOException {
    List<double[]> rounds = new ArrayList<>();
    long startNanos = System.nanoTime();
    do {
      say("jobs", rounds.size() + 1, effort.rounds());
      rounds.add(job(effort.jobTasks()));
    } while (rounds.size() < effort.rounds() && System.nanoTime() - startNanos < effort.jobNanos());
    return rounds;
  }

  /** Tasks a second, and bytes a task. */
  private double[] job(int tasks) throws IOException {
    double wireBytes = Wire.bytes();
    long startNanos = System.nanoTime();
    long sum;
    try (Stream<Integer> results = peer.job(NoOp.ECHO, tasks)) {
      sum = results.mapToLong(Integer::longValue).sum();
    }
    long elapsedNanos = System.nanoTime() - startNanos;
    if (sum != (long) tasks * (tasks - 1) / 2) {
      throw new IllegalStateException("results are missing, or came twice");
    }
    return new double[] {tasks * 1e9 / elapsedNanos, (Wire.bytes() - wireBytes) / tasks};
  }

  /** Micros of half of calls, and of 99 in 100. */
  private double[] calls(long nanos) {
    Samples latencies = new Samples();
    long startNanos = System.nanoTime();
    int calls = 0;
    for (long nowNanos = startNanos; nowNanos - startNanos < nanos; ) {
      if (echo(calls).join() != calls++) {
        throw new IllegalStateException("another result than the argument");
      }
      long endNanos = System.nanoTime();
      latencies.add(endNanos - nowNanos);
      nowNanos = endNanos;
    }
    return new double[] {latencies.quantile(0.5) / 1e3, latencies.quantile(0.99) / 1e3};
  }

  private double bareMicros(long nanos) throws IOException {
    progress.accept("a bare round trip");
    Samples latencies = new Samples();
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.barePort())) {
      socket.setTcpNoDelay(true);
      InputStream in = socket.getInputStream();
      OutputStream out = socket.getOutputStream();
      long startNanos = System.nanoTime();
      for (long nowNanos = startNanos; nowNanos - startNanos < nanos; ) {
        out.write(1);
        if (in.read() != 1) {
          throw new IOException("the other peer's process has ended");
        }
        long endNanos = System.nanoTime();
        latencies.add(endNanos - nowNanos);
        nowNanos = endNanos;
      }
    }
    return latencies.quantile(0.5) / 1e3;
  }

  private double poolPerSecond() throws IOException {
    ExecutorService pool = Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
    try {
      return median(
          "a thread pool",
          effort.rounds(),
          () ->
              Flight.perSecond(
                  argument -> CompletableFuture.supplyAsync(() -> argument, pool),
                  effort.roundNanos() / 4));
    } finally {
      pool.shutdown();
    }
  }

  private double queuedBytes() throws IOException, InterruptedException {
    progress.accept("%,d tasks in queues".formatted(effort.queuedTasks()));
    LiveHeap.Other there = () -> Long.parseLong(server.ask(NoOpServer.LIVE_BYTES));
    int each = effort.queuedTasks() / QUEUED_JOBS;
    long before = LiveHeap.settled(there);
    List<Stream<Integer>> jobs = new ArrayList<>();
    for (int i = 0; i < QUEUED_JOBS; i++) {
      jobs.add(peer.job(NoOp.GATED, each));
    }
    double bytes = (LiveHeap.settled(there) - before) / (double) (each * QUEUED_JOBS);
    String unused = server.ask(NoOpServer.OPEN);
    for (Stream<Integer> job : jobs) {
      if (job.count() != each) {
        throw new IllegalStateException("a job has lost results");
      }
    }
    return bytes;
  }

  @Override
  public void close() {
    stop();
  }

  /** Ends both peers; for any thread. */
  public void stop() {
    server.close(); // first, so that nobody waits for what it runs
    peer.close();
  }
}
