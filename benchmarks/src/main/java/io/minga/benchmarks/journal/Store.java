package io.minga.benchmarks.journal;

import io.minga.benchmarks.Competitor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;

/** Somewhere that tasks are kept. */
abstract class Store implements Competitor, AutoCloseable {
  private static final int IN_FLIGHT = 1000;

  final Scale scale;

  /**
   * How much there is to do.
   *
   * @param jobTasks tasks of one job
   * @param outstanding tasks that a start finds
   */
  record Scale(int jobTasks, int outstanding) {
    static final Scale FULL = new Scale(1_000_000, 1_000_000);
    static final Scale LOOK = new Scale(10_000, 20_000);
  }

  Store(Scale scale) {
    this.scale = scale;
  }

  @Override
  public double[] measure(String figure, Duration round) throws IOException {
    try {
      return switch (figure) {
        case JournalBenchmark.JOB -> new double[] {job()};
        case JournalBenchmark.SINGLY -> new double[] {singly(round.toNanos())};
        case JournalBenchmark.ONE -> oneByOne(round.toNanos());
        default -> new double[] {recover()};
      };
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(title() + ", " + figure, e);
    }
  }

  /** Begins with nothing in it, and has a job of many tasks acknowledged: tasks a second. */
  abstract double job() throws Exception;

  /** Begins with nothing in it. */
  abstract void begin() throws Exception;

  /** A task that was given, and may be waited for. */
  @FunctionalInterface
  interface Given {
    /** Returns when it is acknowledged. */
    void await() throws Exception;
  }

  /** Gives one task. */
  abstract Given give(int number) throws Exception;

  /** How long a start with many tasks takes, in seconds; NaN if nothing survives an end. */
  abstract double recover() throws Exception;

  /** Tasks a second. */
  private double singly(long nanos) throws Exception {
    begin();
    Deque<Given> inFlight = new ArrayDeque<>();
    long startNanos = System.nanoTime();
    int count = 0;
    while (System.nanoTime() - startNanos < nanos) {
      inFlight.add(give(count++));
      if (inFlight.size() == IN_FLIGHT) {
        inFlight.remove().await();
      }
    }
    while (!inFlight.isEmpty()) {
      inFlight.remove().await();
    }
    return count * 1e9 / (System.nanoTime() - startNanos);
  }

  private double[] oneByOne(long nanos) throws Exception {
    begin();
    long[] took = new long[1 << 16];
    int count = 0;
    long startNanos = System.nanoTime();
    long nowNanos = startNanos;
    for (; nowNanos - startNanos < nanos && count < took.length; count++) {
      give(count).await();
      long thenNanos = System.nanoTime();
      took[count] = thenNanos - nowNanos;
      nowNanos = thenNanos;
    }
    long[] sorted = Arrays.copyOf(took, count);
    Arrays.sort(sorted);
    return new double[] {count * 1e9 / (nowNanos - startNanos), sorted[count / 2] / 1e3};
  }

  static void delete(Path directory) throws IOException {
    if (Files.exists(directory)) {
      List<Path> all;
      try (Stream<Path> paths = Files.walk(directory)) {
        all = paths.sorted(Comparator.reverseOrder()).toList();
      }
      for (Path each : all) {
        Files.deleteIfExists(each);
      }
    }
  }

  @Override
  public abstract void close();
}
