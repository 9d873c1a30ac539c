package io.minga.benchmarks;

import java.time.Duration;

/**
 * How long things are measured.
 *
 * @param warmUpMin how long each contender runs each figure at least before any round counts
 * @param warmUpMax when it is taken for warm, though the last two rounds still differ
 * @param round how long one round takes
 * @param rounds how many rounds there are; their median is the result
 */
public record Schedule(Duration warmUpMin, Duration warmUpMax, Duration round, int rounds) {
  /** Two rounds that differ by less than this are steady. */
  public static final double STEADY = 0.05;

  /** For results: medians of five rounds, after a minute and more of warm-up for each process. */
  public static final Schedule FULL =
      new Schedule(Duration.ofSeconds(6), Duration.ofSeconds(30), Duration.ofSeconds(2), 5);

  /** For a look whether everything runs; the numbers mean nothing. */
  public static final Schedule QUICK =
      new Schedule(Duration.ZERO, Duration.ZERO, Duration.ofMillis(200), 1);
}
