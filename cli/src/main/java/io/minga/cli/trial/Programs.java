package io.minga.cli.trial;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How this program is started once more, as another process. */
public final class Programs {
  private static final String MAIN = "io.minga.cli.Minga";

  private Programs() {}

  /** The command that is {@code minga} with these arguments, in a JVM like this one. */
  public static List<String> minga(String... arguments) {
    return java(MAIN, arguments);
  }

  /** The command that runs a class of this program. */
  static List<String> java(String main, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xshare:auto");
    String archive = System.getProperty("minga.archive");
    if (archive != null) {
      command.addAll(
          List.of("-XX:SharedArchiveFile=" + archive, "-Xlog:cds=off", "-Xlog:cds+dynamic=off"));
    }
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
