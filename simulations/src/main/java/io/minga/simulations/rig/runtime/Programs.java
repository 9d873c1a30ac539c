package io.minga.simulations.rig.runtime;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Small programs of the system, run to their end. */
final class Programs {
  private static final int SECONDS_MAX = 30;

  private Programs() {}

  /** Runs it; what it said if it failed. */
  static Optional<String> failure(List<String> command) throws InterruptedException {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return Optional.of(command.get(0) + " takes too long");
      }
      return process.exitValue() == 0
          ? Optional.empty()
          : Optional.of(said.isBlank() ? command.get(0) + " failed" : said.strip());
    } catch (IOException e) {
      return Optional.of(command.get(0) + " can't be run: " + e.getMessage());
    }
  }

  /** Runs it; what it said, if it ended well. */
  static Optional<String> output(List<String> command) throws InterruptedException {
    try {
      Process process = new ProcessBuilder(command).start();
      process.getOutputStream().close();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return process.waitFor() == 0 ? Optional.of(said) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Runs it, in words with blanks between. */
  static void run(String command) throws InterruptedException, RigException {
    Optional<String> failure = failure(List.of(command.split(" ", -1)));
    if (failure.isPresent()) {
      throw new RigException("%s: %s".formatted(command, failure.get()));
    }
  }
}
