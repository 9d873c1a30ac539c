package io.minga.simulations.cli;

import io.minga.simulations.node.Campaign;
import io.minga.simulations.node.TrialOptions;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** The seeds of several runs, of which some are made at a time. */
public final class Seeds {
  /** How many runs may be over while an earlier one is not. */
  private static final int AHEAD_MAX = 1000;

  private final long from;
  private final long to;

  /** Seeds from one to another, both of them too. */
  public Seeds(long from, long to) {
    if (to < from) {
      throw new IllegalArgumentException(
          "seeds go upwards, such as 1..100, not %d..%d".formatted(from, to));
    }
    this.from = from;
    this.to = to;
  }

  /**
   * Reads so many seeds from a first one on, such as 100, or a range, such as 1..20000.
   *
   * @throws IllegalArgumentException if it is neither
   */
  public static Seeds parse(long first, String text) {
    int dots = text.indexOf("..");
    try {
      return dots < 0
          ? new Seeds(first, first + Long.parseLong(text) - 1)
          : new Seeds(
              Long.parseLong(text.substring(0, dots)), Long.parseLong(text.substring(dots + 2)));
    } catch (NumberFormatException wrong) {
      throw new IllegalArgumentException(
          "--seeds is a number, such as 100, or a range, such as 1..20000, not '" + text + "'");
    }
  }

  /** The first. */
  long from() {
    return from;
  }

  /** The last. */
  long to() {
    return to;
  }

  /** All of them, upwards. */
  public LongStream all() {
    return LongStream.rangeClosed(from, to);
  }

  /** How many there are. */
  public long count() {
    return to - from + 1;
  }

  /**
   * Runs each, on so many threads.
   *
   * @param run what a seed gives; called on those threads, whose first exception ends all
   * @param told gets what each gave, upwards, on this thread
   */
  public <T> void each(int threads, LongFunction<T> run, Consumer<T> told)
      throws InterruptedException {
    ExecutorService pool =
        Executors.newFixedThreadPool((int) Math.min(threads, count()), Seeds::thread);
    try {
      Queue<Future<T>> begun = new ArrayDeque<>();
      for (long next = from; next <= to || !begun.isEmpty(); ) {
        if (next <= to && begun.size() < AHEAD_MAX) {
          long seed = next++;
          begun.add(pool.submit(() -> run.apply(seed)));
        } else {
          told.accept(outcome(begun.remove()));
        }
      }
    } finally {
      pool.shutdownNow();
    }
  }

  /** One that doesn't keep the process when what all seeds gave isn't wanted any more. */
  private static Thread thread(Runnable work) {
    Thread thread = new Thread(work, "seed");
    thread.setDaemon(true);
    return thread;
  }

  private static <T> T outcome(Future<T> run) throws InterruptedException {
    try {
      return run.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      if (e.getCause() instanceof RuntimeException thrown) {
        throw thrown;
      }
      throw new IllegalStateException(e);
    }
  }

  /**
   * Runs a campaign of them all.
   *
   * @param told is told of each seed what broke, null if nothing did
   */
  public Campaign run(
      int threads, LongFunction<TrialOptions> options, Consumer<@Nullable String> told)
      throws InterruptedException {
    Campaign whole = new Campaign();
    each(
        threads,
        seed -> {
          Campaign one = new Campaign();
          return new Ended(one, one.run(options.apply(seed)));
        },
        ended -> {
          whole.add(ended.campaign);
          told.accept(ended.broken);
        });
    return whole;
  }

  private record Ended(Campaign campaign, @Nullable String broken) {}

  @Override
  public String toString() {
    return from + ".." + to;
  }
}
