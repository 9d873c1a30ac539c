package io.minga.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.minga.cli.control.Daemon;
import io.minga.cli.control.Json;
import io.minga.cli.text.Spans;
import io.minga.cli.text.Table;
import java.time.Duration;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** How tasks are given, and what is said of them. */
final class TaskOptions {
  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      converter = SpanConverter.class,
      description =
          "How long an attempt may run, like 500ms, 30s or 5m. Default: as long as it likes")
  private @Nullable Duration timeout;

  @Option(
      names = "--exclusive",
      description =
          "One peer at a time may run a task, under a lease. Programs find their token in MINGA_EPOCH.")
  private boolean exclusive;

  @Option(
      names = "--text",
      description = "The input is a text, not JSON, and a result that is one is shown as it is.")
  private boolean text;

  /** Reads spans of time, so that a wrong one is a wrong call. */
  static final class SpanConverter implements ITypeConverter<Duration> {
    @Override
    public Duration convert(String words) {
      try {
        return Spans.parse(words);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  private OptionalLong timeoutMillis() {
    Duration given = timeout;
    return given == null ? OptionalLong.empty() : OptionalLong.of(given.toMillis());
  }

  /** How calls are run. */
  Daemon.Way way() {
    return new Daemon.Way(timeoutMillis(), exclusive);
  }

  boolean isText() {
    return text;
  }

  /** A result as it is printed, on one line unless it is a text with several. */
  String shown(JsonNode value) {
    return text && value.isTextual() ? value.textValue() : Json.text(value);
  }

  /** What went wrong with a task. */
  static String sentence(String function, Daemon.Failed failed) {
    StringBuilder words = new StringBuilder(function).append(" failed (").append(failed.kind());
    if (failed.attempts() > 1) {
      words.append(", ").append(failed.attempts()).append(" attempts");
    }
    if (failed.peer() != null) {
      words.append(", on ").append(failed.peer());
    }
    if (failed.cid() != null) {
      words.append(", task ").append(failed.cid());
    }
    words.append(')');
    if (!failed.message().isEmpty()) {
      words.append(": ").append(failed.message());
    }
    return Table.printable(words.toString());
  }
}
