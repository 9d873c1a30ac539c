package io.minga.cli;

import io.minga.cli.text.Terminal;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * What a command finds around it.
 *
 * @param out for results, in UTF-8
 * @param err for people
 * @param isWatched whether {@code err} is a terminal
 * @param nanos the clock
 * @param home the user's directory
 * @param working the directory that the command was given in
 * @param peers how a peer is found or started
 */
record Surroundings(
    InputStream in,
    PrintStream out,
    PrintStream err,
    Map<String, String> environment,
    boolean isWatched,
    LongSupplier nanos,
    Path home,
    Path working,
    Peers peers) {

  /** Those of this process. */
  static Surroundings ofProcess() {
    Map<String, String> environment = System.getenv();
    return new Surroundings(
        System.in,
        stream(FileDescriptor.out),
        stream(FileDescriptor.err),
        environment,
        Terminal.isWatchingErrors(environment),
        System::nanoTime,
        Path.of(System.getProperty("user.home", ".")),
        Path.of(""),
        new RealPeers());
  }

  private static PrintStream stream(FileDescriptor descriptor) {
    return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
  }
}
