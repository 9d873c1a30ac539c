package io.minga.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What every command understands. */
final class CommonOptions {
  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "The data directory of the peer. Default: ~/.minga")
  private @Nullable Path data;

  @Option(names = "--json", description = "Print JSON, an object a line.")
  private boolean json;

  @Option(names = "--verbose", description = "Log what goes on to standard error.")
  private boolean verbose;

  /** The directory that was named; null if none was. */
  @Nullable Path named() {
    return data;
  }

  /** The directory that was named, or the default. */
  Path data(Surroundings around) {
    Path named = data;
    return named == null ? around.home().resolve(".minga") : named;
  }

  boolean isJson() {
    return json;
  }

  boolean isVerbose() {
    return verbose;
  }
}
