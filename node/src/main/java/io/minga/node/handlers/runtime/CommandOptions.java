package io.minga.node.handlers.runtime;

import java.time.Duration;
import java.util.Locale;

/**
 * What a command may use.
 *
 * @param outputBytesMax how much it may write to its standard output, which is its result
 * @param errorBytesMax how much it may write to its standard error, of which the end is kept
 * @param wallMax how long it may take, if its task may take longer
 * @param limits what the system holds it to
 */
public record CommandOptions(
    long outputBytesMax, long errorBytesMax, Duration wallMax, ProgramLimits limits) {
  /** How large a result may be at most: it is held in memory. */
  public static final long OUTPUT_BYTES_MAX = 64 << 20;

  private static final String NAMES = "cpu, memory, processes, files, output, errors and time";

  /** Checks the limits. */
  public CommandOptions {
    if (outputBytesMax < 0 || outputBytesMax > OUTPUT_BYTES_MAX) {
      throw new IllegalArgumentException(
          "a command may write 0 to %d B, not %d".formatted(OUTPUT_BYTES_MAX, outputBytesMax));
    }
    if (errorBytesMax < 0 || wallMax.isNegative() || wallMax.isZero()) {
      throw new IllegalArgumentException(
          "a command's limits are positive, not %d B of errors and %s"
              .formatted(errorBytesMax, wallMax));
    }
  }

  /** The same with the system's default limits. */
  public CommandOptions(long outputBytesMax, long errorBytesMax, Duration wallMax) {
    this(outputBytesMax, errorBytesMax, wallMax, ProgramLimits.DEFAULT);
  }

  /** 64 MiB of output, 16 MiB of errors, one day, and {@link ProgramLimits#DEFAULT}. */
  public static CommandOptions defaults() {
    return new CommandOptions(OUTPUT_BYTES_MAX, 16 << 20, Duration.ofDays(1));
  }

  /**
   * The defaults but for what {@code text} says, as in {@code cpu=10s,memory=512m,processes=100,
   * files=1g,output=64k,errors=1m,time=30s}.
   *
   * @throws IllegalArgumentException if it says nothing of the kind, or this machine can't
   */
  static CommandOptions parse(String text) {
    CommandOptions options = defaults();
    for (String limit : text.split(",", -1)) {
      int equals = limit.indexOf('=');
      if (equals < 0) {
        throw new IllegalArgumentException(
            "a limit is like cpu=10s or memory=512m, not \"%s\"".formatted(limit));
      }
      options = options.with(limit.substring(0, equals).strip(), limit.substring(equals + 1));
    }
    if (!options.limits.equals(ProgramLimits.DEFAULT) && !ProgramLimits.isPossible()) {
      throw new IllegalArgumentException(
          "limits on cpu, memory, processes and files need prlimit of util-linux, which this"
              + " machine hasn't; leave them out, or install it");
    }
    return options;
  }

  private CommandOptions with(String name, String value) {
    return switch (name) {
      case "output" -> new CommandOptions(bytes(name, value), errorBytesMax, wallMax, limits);
      case "errors" -> new CommandOptions(outputBytesMax, bytes(name, value), wallMax, limits);
      case "time" -> new CommandOptions(outputBytesMax, errorBytesMax, span(name, value), limits);
      default -> new CommandOptions(outputBytesMax, errorBytesMax, wallMax, limits(name, value));
    };
  }

  private ProgramLimits limits(String name, String value) {
    ProgramLimits l = limits;
    return switch (name) {
      case "cpu" ->
          new ProgramLimits(
              Math.max(1, span(name, value).toSeconds()),
              l.memoryBytes(),
              l.processes(),
              l.fileBytes());
      case "memory" ->
          new ProgramLimits(l.cpuSeconds(), bytes(name, value), l.processes(), l.fileBytes());
      case "processes" ->
          new ProgramLimits(
              l.cpuSeconds(), l.memoryBytes(), number(name, value, value), l.fileBytes());
      case "files" ->
          new ProgramLimits(l.cpuSeconds(), l.memoryBytes(), l.processes(), bytes(name, value));
      default ->
          throw new IllegalArgumentException(
              "there is no limit \"%s\" of a command; there are %s".formatted(name, NAMES));
    };
  }

  private static long bytes(String name, String value) {
    String lower = value.strip().toLowerCase(Locale.ROOT);
    int shift = lower.endsWith("k") ? 10 : lower.endsWith("m") ? 20 : lower.endsWith("g") ? 30 : 0;
    String digits = shift == 0 ? lower : lower.substring(0, lower.length() - 1);
    return Math.multiplyExact(number(name, value, digits), 1L << shift);
  }

  private static Duration span(String name, String value) {
    String lower = value.strip().toLowerCase(Locale.ROOT);
    if (lower.endsWith("ms")) {
      return Duration.ofMillis(number(name, value, lower.substring(0, lower.length() - 2)));
    }
    String digits = lower.isEmpty() ? "" : lower.substring(0, lower.length() - 1);
    long seconds =
        lower.endsWith("h") ? 3600 : lower.endsWith("m") ? 60 : lower.endsWith("s") ? 1 : -1;
    return Duration.ofSeconds(number(name, value, seconds < 0 ? "" : digits) * seconds);
  }

  /** A number above zero, small enough to be multiplied by any unit. */
  private static long number(String name, String value, String digits) {
    if (!digits.strip().matches("0*[1-9][0-9]{0,8}")) {
      throw new IllegalArgumentException(
          "the limit %s=%s is none; it should be like %s"
              .formatted(
                  name,
                  value,
                  switch (name) {
                    case "cpu", "time" -> "%s=500ms, %s=10s, %s=5m or %s=1h".replace("%s", name);
                    case "processes" -> "processes=100";
                    default -> "%s=64k, %s=512m or %s=1g".replace("%s", name);
                  }));
    }
    return Long.parseLong(digits.strip());
  }
}
