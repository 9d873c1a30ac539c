package io.minga.simulations.cli;

import io.minga.simulations.node.Campaign;
import io.minga.simulations.node.TrialOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import java.util.stream.LongStream;

/** The seeds of several runs; those of a campaign are run on several threads. */
public final class Seeds {
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
   * Runs them all.
   *
   * @param broken is told what broke, a seed at a time
   */
  public Campaign run(int threads, LongFunction<TrialOptions> options, Consumer<String> broken)
      throws InterruptedException {
    AtomicLong next = new AtomicLong(from);
    List<Campaign> parts = new ArrayList<>();
    List<Thread> running = new ArrayList<>();
    for (int i = 0; i < Math.min(threads, count()); i++) {
      Campaign part = new Campaign();
      parts.add(part);
      Thread thread = new Thread(() -> work(next, part, options, broken), "campaign " + i);
      running.add(thread);
      thread.start();
    }
    for (Thread thread : running) {
      thread.join();
    }
    Campaign whole = new Campaign();
    parts.forEach(whole::add);
    return whole;
  }

  private void work(
      AtomicLong next, Campaign part, LongFunction<TrialOptions> options, Consumer<String> broken) {
    for (long seed = next.getAndIncrement(); seed <= to; seed = next.getAndIncrement()) {
      String what = part.run(options.apply(seed));
      if (what != null) {
        synchronized (this) {
          broken.accept(what);
        }
      }
    }
  }

  @Override
  public String toString() {
    return from + ".." + to;
  }
}
