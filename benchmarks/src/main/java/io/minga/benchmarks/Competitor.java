package io.minga.benchmarks;

import java.io.IOException;
import java.time.Duration;

/** Who takes part in a benchmark, in processes of its own. */
public interface Competitor {
  /** What it is called in results. */
  String title();

  /** Whether it is of this project; the others are its rivals. */
  boolean isOurs();

  /**
   * One round of {@code figure}: one number for each of its quantities, NaN for one that it has no
   * way to find.
   */
  double[] measure(String figure, Duration round) throws IOException;
}
