package io.minga.benchmarks;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What we measured for ourselves beside what a rival reached in the same run.
 *
 * @param ours the median of our rounds
 * @param rival the median of the rival's, or null if it can't do this or was left out
 */
public record Comparison(
    String name,
    Quantity quantity,
    double ours,
    @Nullable Double rival,
    @Nullable String rivalName) {
  /**
   * How many times better ours is: ours / rival for rates, rival / ours for latencies and costs, so
   * that larger is better. Null without a rival, and where one of the two is 0.
   */
  public @Nullable Double ratio() {
    if (rival == null || rival == 0 || ours == 0) {
      return null;
    }
    return quantity.largerIsBetter() ? ours / rival : rival / ours;
  }

  /** One line of JSON: name, unit, ours, rival, rivalName, ratio. */
  public String toJson() {
    return "{\"name\":%s,\"unit\":%s,\"ours\":%s,\"rival\":%s,\"rivalName\":%s,\"ratio\":%s}"
        .formatted(
            text(name + " " + quantity.name()),
            text(quantity.unit()),
            number(ours),
            number(rival),
            text(rivalName),
            number(ratio()));
  }

  private static String number(@Nullable Double value) {
    if (value == null || !Double.isFinite(value)) {
      return "null";
    }
    String digits = Math.abs(value) >= 1000 ? "%.0f" : Math.abs(value) >= 10 ? "%.1f" : "%.3f";
    return String.format(Locale.ROOT, digits, value);
  }

  private static String text(@Nullable String value) {
    return value == null ? "null" : '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
