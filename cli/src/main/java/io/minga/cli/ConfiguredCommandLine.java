package io.minga.cli;

import io.minga.cli.config.ConfigException;
import io.minga.cli.config.Configuration;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.PicocliException;
import picocli.CommandLine.Unmatched;

/** A command line whose options may stand in the environment or in a file instead. */
final class ConfiguredCommandLine extends CommandLine {
  /** The commands that are about a peer, which is what a file sets up. */
  private static final List<String> ABOUT_PEERS =
      List.of(
          "start",
          "call",
          "map",
          "status",
          "peers",
          "functions",
          "tasks",
          "cancel",
          "explain",
          "id");

  private static final String FILE = "minga.yaml";

  private final Surroundings around;
  private Configuration configuration;

  ConfiguredCommandLine(Object command, Surroundings around) {
    super(command);
    this.around = around;
    this.configuration = Configuration.of(around.environment());
  }

  /** What is looked for before all else is read. */
  @Command
  private static final class Where {
    @Mixin private CommonOptions common = new CommonOptions();

    @Unmatched
    @SuppressWarnings("UnusedVariable") // takes what is not looked for
    private List<String> rest = new ArrayList<>();
  }

  @Override
  public int execute(String... arguments) {
    try {
      Path file = isAboutPeers(arguments) ? file(arguments) : null;
      if (file != null) {
        Path beside = file.toAbsolutePath().normalize().getParent();
        boolean mayNameData = !data(arguments).toAbsolutePath().normalize().equals(beside);
        configuration = Configuration.read(around.environment(), file, options(), mayNameData);
      }
    } catch (ConfigException e) {
      Minga.say(around.err(), String.valueOf(e.getMessage()));
      return Minga.USAGE;
    }
    setDefaultValueProvider(configuration);
    return super.execute(arguments);
  }

  Configuration configuration() {
    return configuration;
  }

  /** What a file may set: the options of {@code start}, whichever command is to be run. */
  private CommandSpec options() {
    CommandLine start = getSubcommands().get("start");
    return start == null
        ? CommandSpec.forAnnotatedObject(new StartCommand(around, this::configuration))
        : start.getCommandSpec();
  }

  private static boolean isAboutPeers(String... arguments) {
    List<String> all = Arrays.asList(arguments);
    return !all.isEmpty()
        && ABOUT_PEERS.contains(all.get(0))
        && !all.contains("--help")
        && !all.contains("-h");
  }

  /** The file that was named, or the one that is there by itself. */
  private @Nullable Path file(String... arguments) {
    Path named = where(arguments).common.config();
    if (named != null) {
      return named;
    }
    String fromEnvironment = around.environment().get("MINGA_CONFIG");
    if (fromEnvironment != null) {
      return Path.of(fromEnvironment);
    }
    for (Path directory : List.of(data(arguments), around.working())) {
      Path file = directory.resolve(FILE);
      if (Files.isRegularFile(file)) {
        return file;
      }
    }
    return null;
  }

  private Path data(String... arguments) {
    Path named = where(arguments).common.named();
    String fromEnvironment = around.environment().get("MINGA_DATA");
    return named != null
        ? named
        : fromEnvironment != null ? Path.of(fromEnvironment) : around.home().resolve(".minga");
  }

  private static Where where(String... arguments) {
    Where where = new Where();
    try {
      ParseResult unused =
          new CommandLine(where)
              .setUnmatchedOptionsArePositionalParams(true)
              .setExpandAtFiles(false)
              .parseArgs(arguments);
    } catch (PicocliException e) {
      return new Where(); // the command's own reading says what is wrong
    }
    return where;
  }

  /** Where the value of an option that wasn't given is from, for those who are told it is wrong. */
  String whence(OptionSpec option, String... arguments) {
    for (String argument : arguments) {
      for (String name : option.names()) {
        if (argument.equals(name) || argument.startsWith(name + "=")) {
          return "";
        }
      }
    }
    Configuration.Origin origin = configuration.origin(option);
    return origin == null ? "" : " (from %s)".formatted(origin.place());
  }
}
