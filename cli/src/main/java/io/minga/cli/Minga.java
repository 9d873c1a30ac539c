package io.minga.cli;

import io.minga.cli.text.Table;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
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

  private Minga() {}

  /** Runs the command that {@code arguments} are. */
  public static void main(String[] arguments) {
    int exitCode = commandLine(Surroundings.ofProcess()).execute(arguments);
    System.exit(exitCode);
  }

  static CommandLine commandLine(Surroundings around) {
    ConfiguredCommandLine line = new ConfiguredCommandLine(new Minga(), around);
    IParameterExceptionHandler wrongly = (e, arguments) -> usage(e, line, around.err(), arguments);
    IExecutionExceptionHandler failed = (e, command, result) -> failure(e, around.err());
    line.addSubcommand(new StartCommand(around, line::configuration));
    line.addSubcommand(new CallCommand(around));
    line.addSubcommand(new MapCommand(around));
    line.addSubcommand(new ListCommands.StatusCommand(around));
    line.addSubcommand(new ListCommands.PeersCommand(around));
    line.addSubcommand(new ListCommands.FunctionsCommand(around));
    line.addSubcommand(new IdCommand(around));
    line.addSubcommand(new TaskCommands.TasksCommand(around));
    line.addSubcommand(new TaskCommands.ExplainCommand(around));
    line.addSubcommand(new TaskCommands.CancelCommand(around));
    line.addSubcommand(new JobCommands.SubmitCommand(around));
    line.addSubcommand(new JobCommands.ResultCommand(around));
    line.addSubcommand(new JobCommands.JobsCommand(around));
    line.addSubcommand(new DoctorCommand(around));
    line.addSubcommand(new DemoCommand(around));
    line.addSubcommand(new TrialCommand(around));
    line.addSubcommand(new SimCommand(around));
    line.addSubcommand(new BenchCommand(around));
    return line.setOut(new PrintWriter(around.out(), true, StandardCharsets.UTF_8))
        .setErr(new PrintWriter(around.err(), true, StandardCharsets.UTF_8))
        .setExpandAtFiles(false)
        .setParameterExceptionHandler(wrongly)
        .setExecutionExceptionHandler(failed);
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
