package io.minga.cli;

import java.time.Duration;
import picocli.CommandLine.Option;

/** How long a peer of the moment looks around. */
final class LookOptions {
  @Option(
      names = "--wait",
      paramLabel = "TIME",
      converter = TaskOptions.SpanConverter.class,
      description = "How long to look for other peers if none runs here. Default: 3s")
  private Duration wait = Duration.ofSeconds(3);

  Duration span() {
    return wait;
  }
}
