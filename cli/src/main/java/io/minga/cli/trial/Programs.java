package io.minga.cli.trial;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How this program is started once more, as another process. */
public final class Programs {
  private static final String MAIN = "io.minga.cli.Minga";

  /** A peer lies idle for long: what compiling took of memory is given back. */
  private static final List<String> LASTING =
      List.of(
          "-XX:+IgnoreUnrecognizedVMOptions",
          "-XX:+UnlockExperimentalVMOptions",
          "-XX:TrimNativeHeapInterval=10000");

  /** A command is over before compiling well pays. */
  private static final List<String> BRIEF = List.of("-XX:TieredStopAtLevel=1");

  private Programs() {}

  /**
   * The command that is {@code minga} with these arguments, in a JVM as the launcher starts it.
   *
   * @param arguments the command first: {@code start} or one that is soon over
   */
  public static List<String> minga(String... arguments) {
    return java(arguments[0].equals("start") ? LASTING : BRIEF, MAIN, arguments);
  }

  /** The command that runs a class of this program. */
  static List<String> java(String main, String... arguments) {
    return java(List.of(), main, arguments);
  }

  private static List<String> java(List<String> options, String main, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xshare:auto");
    String archive = System.getProperty("minga.archive");
    if (archive != null) {
      command.addAll(
          List.of("-XX:SharedArchiveFile=" + archive, "-Xlog:cds=off", "-Xlog:cds+dynamic=off"));
    }
    command.addAll(options);
    command.add("--enable-native-access=ALL-UNNAMED");
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main));
    command.addAll(List.of(arguments));
    return command;
  }

  /** Takes what the user's environment says to commands out of that of a process to be. */
  public static ProcessBuilder undisturbed(List<String> command) {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(name -> name.startsWith("MINGA_"));
    return builder;
  }
}
