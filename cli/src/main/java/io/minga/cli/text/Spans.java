package io.minga.cli.text;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;

/** Spans of time, as people write them. */
public final class Spans {
  private static final long SECOND = 1_000;
  private static final long MINUTE = 60 * SECOND;
  private static final long HOUR = 60 * MINUTE;
  private static final long DAY = 24 * HOUR;

  private Spans() {}

  /** Two units at most: {@code 340 ms}, {@code 2.5 s}, {@code 4 min 10 s}, {@code 3 d 2 h}. */
  public static String ofMillis(long millis) {
    if (millis < SECOND) {
      return millis + " ms";
    }
    if (millis < MINUTE) {
      return String.format(Locale.ROOT, "%.1f s", Math.floor(millis / 100.0) / 10);
    }
    if (millis < HOUR) {
      return two(millis / MINUTE, "min", millis % MINUTE / SECOND, "s");
    }
    if (millis < DAY) {
      return two(millis / HOUR, "h", millis % HOUR / MINUTE, "min");
    }
    return two(millis / DAY, "d", millis % DAY / HOUR, "h");
  }

  private static String two(long large, String unit, long small, String smallUnit) {
    return small == 0
        ? "%d %s".formatted(large, unit)
        : "%d %s %d %s".formatted(large, unit, small, smallUnit);
  }

  /** A clock's view of a span: {@code 0:07}, {@code 12:40}, {@code 3:00:00}. */
  public static String clock(long seconds) {
    long hours = seconds / 3600;
    long minutes = seconds / 60 % 60;
    return hours > 0
        ? String.format(Locale.ROOT, "%d:%02d:%02d", hours, minutes, seconds % 60)
        : String.format(Locale.ROOT, "%d:%02d", minutes, seconds % 60);
  }

  /**
   * The span that a person typed: {@code 500ms}, {@code 30s}, {@code 5m}, {@code 2h}, {@code 1d}.
   *
   * @throws IllegalArgumentException if it is none, or not above zero
   */
  public static Duration parse(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    try {
      Duration span =
          lower.endsWith("ms")
              ? Duration.ofMillis(Long.parseLong(lower.substring(0, lower.length() - 2)))
              : lower.endsWith("d") ? Duration.parse("p" + lower) : Duration.parse("pt" + lower);
      if (span.toMillis() < 1) {
        throw new IllegalArgumentException("'%s' is not above zero".formatted(text));
      }
      return span;
    } catch (DateTimeParseException | NumberFormatException | ArithmeticException e) {
      throw new IllegalArgumentException(
          "'%s' is no time; it should be like 500ms, 30s, 5m, 2h or 1d".formatted(text), e);
    }
  }
}
