package io.minga.benchmarks;

/**
 * One number that a figure gives.
 *
 * @param name what it is, within its figure: {@code p50}
 * @param unit {@code MB/s}, {@code 1/s}, {@code µs}, …
 * @param largerIsBetter whether it is a rate; otherwise it is a latency or a cost
 */
public record Quantity(String name, String unit, boolean largerIsBetter) {
  /** A quantity of which more is better. */
  public static Quantity rate(String name, String unit) {
    return new Quantity(name, unit, true);
  }

  /** A quantity of which less is better. */
  public static Quantity cost(String name, String unit) {
    return new Quantity(name, unit, false);
  }
}
