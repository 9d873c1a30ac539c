package io.minga.cli;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;

/** The command: exits with 0, with 1 after a failure, with 2 if it was called wrongly. */
@Command(
    name = "minga",
    mixinStandardHelpOptions = true,
    version = Minga.VERSION,
    description = "A peer-to-peer worker daemon, with nobody in charge.",
    subcommands = StartCommand.class)
public final class Minga {
  /** When the program began, for the times that it prints. */
  static final long STARTED_NANOS = System.nanoTime();

  static final String VERSION = "minga 0.1.0";

  private static final int FAILURE = 1;
  private static final int USAGE = 2;

  private Minga() {}

  /** Runs the command that {@code arguments} are. */
  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  static CommandLine commandLine() {
    IParameterExceptionHandler wrongly = (e, arguments) -> usage(e);
    IExecutionExceptionHandler failed = (e, command, result) -> failure(e, command);
    return new CommandLine(new Minga())
        .setParameterExceptionHandler(wrongly)
        .setExecutionExceptionHandler(failed);
  }

  private static int usage(ParameterException e) {
    CommandLine command = e.getCommandLine();
    String name = command.getCommandSpec().qualifiedName();
    say(command.getErr(), e.getMessage() + "; " + name + " --help shows how it is used");
    return USAGE;
  }

  private static int failure(Exception e, CommandLine command) {
    boolean expected = e instanceof Failure;
    say(command.getErr(), expected ? String.valueOf(e.getMessage()) : "this is a bug: " + e);
    if (!expected || Verbosity.isVerbose()) {
      e.printStackTrace(command.getErr());
    }
    return FAILURE;
  }

  private static void say(PrintWriter err, String sentence) {
    err.println("minga: " + sentence);
    err.flush();
  }
}
