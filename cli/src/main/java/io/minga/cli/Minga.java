package io.minga.cli;

import io.minga.cli.text.Table;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;

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
      "An option --some-name may be given by the environment, too, as MINGA_SOME_NAME."
    })
public final class Minga {
  /** When the program began, for the times that it prints. */
  static final long STARTED_NANOS = System.nanoTime();

  static final String VERSION = "minga 0.1.0";

  static final int FAILURE = 1;
  static final int USAGE = 2;
  static final int TASK_FAILED = 3;

  private Minga() {}

  /** Runs the command that {@code arguments} are. */
  public static void main(String[] arguments) {
    int exitCode = commandLine(Surroundings.ofProcess()).execute(arguments);
    System.exit(exitCode);
  }

  static CommandLine commandLine(Surroundings around) {
    return commandLine(around, false);
  }

  /**
   * The command.
   *
   * @param keepsBook whether peers keep book of single tasks, so that one can ask for these
   */
  static CommandLine commandLine(Surroundings around, boolean keepsBook) {
    IParameterExceptionHandler wrongly = (e, arguments) -> usage(e, around.err());
    IExecutionExceptionHandler failed = (e, command, result) -> failure(e, around.err());
    CommandLine line = new CommandLine(new Minga());
    line.addSubcommand(new StartCommand(around));
    line.addSubcommand(new CallCommand(around));
    line.addSubcommand(new MapCommand(around));
    line.addSubcommand(new ListCommands.StatusCommand(around));
    line.addSubcommand(new ListCommands.PeersCommand(around));
    line.addSubcommand(new ListCommands.FunctionsCommand(around));
    line.addSubcommand(new IdCommand(around));
    if (keepsBook) {
      line.addSubcommand(new ListCommands.TasksCommand(around));
      line.addSubcommand(new TaskCommands.CancelCommand(around));
      line.addSubcommand(new TaskCommands.ExplainCommand(around));
    }
    line.addSubcommand(new DemoCommand(around));
    line.addSubcommand(new TrialCommand(around));
    line.addSubcommand(new SimCommand(around));
    return line.setOut(new PrintWriter(around.out(), true, StandardCharsets.UTF_8))
        .setErr(new PrintWriter(around.err(), true, StandardCharsets.UTF_8))
        .setDefaultValueProvider(new EnvironmentDefaults(around.environment()))
        .setParameterExceptionHandler(wrongly)
        .setExecutionExceptionHandler(failed);
  }

  private static int usage(ParameterException e, PrintStream err) {
    String name = e.getCommandLine().getCommandSpec().qualifiedName();
    say(err, e.getMessage() + "; " + name + " --help shows how it is used");
    return USAGE;
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
