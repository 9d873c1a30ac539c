package io.minga.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What every command about a peer understands. */
final class CommonOptions {
  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "The data directory of the peer. Default: ~/.minga")
  private @Nullable Path data;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "Options that aren't given, as YAML. Default: minga.yaml in the data directory or here")
  private @Nullable Path config;

  @Mixin private OutputOptions output = new OutputOptions();

  /** The directory that was named; null if none was. */
  @Nullable Path named() {
    return data;
  }

  /** The directory that was named, or the default. */
  Path data(Surroundings around) {
    Path named = data;
    return named == null ? around.home().resolve(".minga") : named;
  }

  /** The configuration file that was named; null if none was. */
  @Nullable Path config() {
    return config;
  }

  boolean isJson() {
    return output.isJson();
  }

  boolean isVerbose() {
    return output.isVerbose();
  }
}
