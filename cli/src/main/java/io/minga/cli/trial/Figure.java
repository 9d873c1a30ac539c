package io.minga.cli.trial;

import java.util.Locale;

/**
 * Something that a trial measured.
 *
 * @param name what, in a few words
 * @param value how much
 * @param unit of what; empty for a plain number
 * @param least the least that was promised, or negative infinity
 * @param most the most that was promised, or infinity
 */
public record Figure(String name, double value, String unit, double least, double most) {
  /** One that is told, and of which nothing was promised. */
  static Figure of(String name, double value, String unit) {
    return new Figure(name, value, unit, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);
  }

  Figure atMost(double bound) {
    return new Figure(name, value, unit, least, bound);
  }

  Figure atLeast(double bound) {
    return new Figure(name, value, unit, bound, most);
  }

  Figure exactly(double bound) {
    return new Figure(name, value, unit, bound, bound);
  }

  /** Whether it is as promised. */
  public boolean holds() {
    return value >= least && value <= most;
  }

  /** The value with its unit. */
  public String text() {
    return text(value);
  }

  /** What was promised of it; empty if nothing was. */
  public String promise() {
    if (least == most) {
      return text(least);
    }
    String from = least == Double.NEGATIVE_INFINITY ? "" : "≥ " + text(least);
    String to = most == Double.POSITIVE_INFINITY ? "" : "≤ " + text(most);
    return from + to;
  }

  private String text(double number) {
    String digits =
        number == Math.rint(number) && Math.abs(number) < 1e15
            ? String.format(Locale.ROOT, "%,.0f", number)
            : String.format(Locale.ROOT, Math.abs(number) < 100 ? "%.2f" : "%,.0f", number);
    return unit.isEmpty() || unit.equals("%") ? digits + unit : digits + " " + unit;
  }
}
