package io.minga.cli;

import picocli.CommandLine.Option;

/** How a command says what it says. */
final class OutputOptions {
  @Option(names = "--json", description = "Print JSON, an object a line.")
  private boolean json;

  @Option(names = "--verbose", description = "Log what goes on to standard error.")
  private boolean verbose;

  boolean isJson() {
    return json;
  }

  boolean isVerbose() {
    return verbose;
  }
}
