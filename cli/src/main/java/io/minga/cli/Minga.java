package io.minga.cli;

import io.minga.cli.text.Table;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The command: exits with 0, with 1 after a failure, with 2 if it was called wrongly, with 3 if a
 * task failed.
 */
@Command(
    name = "minga",
    mixinStandardHelpOptions = true,
    version = Minga.VERSION,
    synopsisSubcommandLabel = "COMMAND",
    description = "A peer-to-peer worker daemon, with nobody in charge.",
    footer = {
      "",
      "Example:",
      "  minga start          in one terminal, on as many machines as there are",
      "  minga peers          in another",
      "  minga call pi.sample 1000000",
      "",
      "Options may be given by the environment, too: --some-name is MINGA_SOME_NAME;",
      "and those of a peer by minga.yaml, in its data directory or in this one."
    })
public final class Minga {
  /** When the program began, for the times that it prints. */
  static final long STARTED_NANOS = System.nanoTime();

  static final String VERSION = "minga 0.1.0";

  static final int FAILURE = 1;
  static final int USAGE = 2;
  static final int TASK_FAILED = 3;

  /** As how many things at most a wrong word may have been meant. */
  private static final int GUESSES_MAX = 3;

  /** Netty's events for the flight recorder, which is loaded with them, and takes 6 MB. */
  private static final String NETTY_EVENTS = "io.netty.jfr.enabled";

  private Minga() {}

  /** Runs the command that {@code arguments} are. */
  public static void main(String[] arguments) {
    if (System.getProperty(NETTY_EVENTS) == null) {
      System.setProperty(NETTY_EVENTS, "false");
    }
    System.exit(execute(Surroundings.ofProcess(), arguments));
  }

  /** Runs a command; returns its exit code. */
  static int execute(Surroundings around, String... arguments) {
    return commandLine(around, arguments).execute(arguments);
  }

  /**
   * The command line that can read {@code arguments}: with the one command that they begin with, or
   * with all if they begin with none. To look through what all of them take is a fifth of what a
   * peer allocates before it is up.
   */
  static CommandLine commandLine(Surroundings around, String... arguments) {
    ConfiguredCommandLine line = new ConfiguredCommandLine(new Minga(), around);
    Map<String, Supplier<Object>> commands = commands(around, line);
    Supplier<Object> wanted = arguments.length == 0 ? null : commands.get(arguments[0]);
    Collection<Supplier<Object>> read = wanted == null ? commands.values() : List.of(wanted);
    read.forEach(command -> line.addSubcommand(command.get()));
    IParameterExceptionHandler wrongly = (e, given) -> usage(e, line, around.err(), given);
    IExecutionExceptionHandler failed = (e, command, result) -> failure(e, around.err());
    return line.setOut(new PrintWriter(around.out(), true, StandardCharsets.UTF_8))
        .setErr(new PrintWriter(around.err(), true, StandardCharsets.UTF_8))
        .setExpandAtFiles(false)
        .setParameterExceptionHandler(wrongly)
        .setExecutionExceptionHandler(failed);
  }

  private static Map<String, Supplier<Object>> commands(
      Surroundings around, ConfiguredCommandLine line) {
    Map<String, Supplier<Object>> commands = new LinkedHashMap<>();
    commands.put("start", () -> new StartCommand(around, line::configuration));
    commands.put("call", () -> new CallCommand(around));
    commands.put("map", () -> new MapCommand(around));
    commands.put("status", () -> new ListCommands.StatusCommand(around));
    commands.put("peers", () -> new ListCommands.PeersCommand(around));
    commands.put("functions", () -> new ListCommands.FunctionsCommand(around));
    commands.put("id", () -> new IdCommand(around));
    commands.put("tasks", () -> new TaskCommands.TasksCommand(around));
    commands.put("explain", () -> new TaskCommands.ExplainCommand(around));
    commands.put("cancel", () -> new TaskCommands.CancelCommand(around));
    commands.put("submit", () -> new JobCommands.SubmitCommand(around));
    commands.put("result", () -> new JobCommands.ResultCommand(around));
    commands.put("jobs", () -> new JobCommands.JobsCommand(around));
    commands.put("doctor", () -> new DoctorCommand(around));
    commands.put("demo", () -> new DemoCommand(around));
    commands.put("trial", () -> new TrialCommand(around));
    commands.put("sim", () -> new SimCommand(around));
    commands.put("bench", () -> new BenchCommand(around));
    return commands;
  }

  private static int usage(
      ParameterException e, ConfiguredCommandLine line, PrintStream err, String... arguments) {
    String name = e.getCommandLine().getCommandSpec().qualifiedName();
    String whence = e.getArgSpec() instanceof OptionSpec it ? line.whence(it, arguments) : "";
    say(err, sentence(e) + whence + "; " + name + " --help shows how it is used");
    return USAGE;
  }

  private static String sentence(ParameterException e) {
    boolean isCommand = e.getCommandLine().getParent() == null;
    if (!(e instanceof UnmatchedArgumentException unmatched)) {
      return isCommand ? "a command is missing" : String.valueOf(e.getMessage());
    }
    String word = unmatched.getUnmatched().get(0);
    List<String> alike = unmatched.getSuggestions();
    String guess = alike.isEmpty() || alike.size() > GUESSES_MAX ? "" : guess(alike);
    if (unmatched.isUnknownOption()) {
      return "there is no option " + word + guess;
    }
    return isCommand ? "there is no command " + word + guess : "'%s' is too much".formatted(word);
  }

  private static String guess(List<String> alike) {
    return " (%s?)".formatted(String.join(" or ", alike));
  }

  private static int failure(Exception e, PrintStream err) {
    boolean expected = e instanceof Failure;
    say(err, expected ? String.valueOf(e.getMessage()) : "this is a bug: " + e);
    if (!expected || Verbosity.isVerbose()) {
      e.printStackTrace(err);
    }
    return e instanceof Failure failure ? failure.exitCode() : FAILURE;
  }

  /** Says something to the person at the command, on one line. */
  static void say(PrintStream err, String sentence) {
    err.println("minga: " + Table.printable(sentence));
  }
}
