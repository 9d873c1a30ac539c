package io.minga.node.handlers.runtime;

import io.minga.node.handlers.Call;
import io.minga.node.handlers.FailureKind;
import io.minga.node.handlers.Handler;
import io.minga.node.handlers.HandlerException;
import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A function that runs a program for each task, in a slot of its own as long as the program runs.
 *
 * <p>The program finds its input and leaves its output in files, not pipes: so nobody waits for a
 * program that doesn't read, nor for descendants that keep a pipe open, and a slot is free as soon
 * as it is interrupted. It works in an empty directory, of which nothing is left after it, and its
 * environment has {@code PATH} and {@code LANG} only, and {@code MINGA_EPOCH} for an exclusive
 * task, which has a process of its own. When it is late, cancelled, or writes too much, it is
 * killed with its descendants. What else it may use, the system holds it to.
 */
public final class CommandHandler implements Handler.Computing {
  /** What tells a program its task's epoch, by which it can be fenced. */
  private static final String EPOCH = "MINGA_EPOCH";

  private static final int ERROR_TAIL_BYTES = 4 << 10;

  /** How long a launcher is kept that has nothing to do. */
  private static final Duration IDLE = Duration.ofSeconds(10);

  /** How often the size of the output is looked at, at first and at last. */
  private static final long LOOK_MILLIS_MIN = 1;

  private static final long LOOK_MILLIS_MAX = 20;

  /** What shells and the JVM make of a signal that ended a program. */
  private static final int SIGNALLED = 128;

  private static final int SIGXCPU = 24;
  private static final int SIGXFSZ = 25;
  private static final String NOT_STARTED = "prlimit: failed to execute";

  private final CommandLine command;
  private final CommandOptions options;
  private final CommandFormat format;
  private final Launchers launchers;

  /** A handler that runs {@code command}, within the options that it has. */
  public CommandHandler(CommandLine command, CommandFormat format) {
    this(command, command.options(), format);
  }

  /** The same with other options. */
  public CommandHandler(CommandLine command, CommandOptions options, CommandFormat format) {
    this(command, options, format, IDLE);
  }

  CommandHandler(CommandLine command, CommandOptions options, CommandFormat format, Duration idle) {
    this.command = command;
    this.options = options;
    this.format = format;
    this.launchers = new Launchers(command.words(), options.limits(), idle);
  }

  @Override
  public byte[] handle(Call call, byte[] input) throws IOException, InterruptedException {
    byte[] given = format.toProgram(input);
    boolean alone = command.inputIsArgument() || call.exclusive();
    return format.toResult(alone ? alone(call, given) : launched(given));
  }

  /**
   * Runs the program with what is the task's, in a process and directory of its own: its arguments,
   * or its token.
   */
  private byte[] alone(Call call, byte[] given) throws IOException, InterruptedException {
    List<String> words = command.inputIsArgument() ? command.with(given) : command.words();
    requireProgram();
    try (Scratch scratch = Scratch.create()) {
      File input = new File("/dev/null");
      if (!command.inputIsArgument()) {
        Files.write(scratch.input(), given);
        input = scratch.input().toFile();
      }
      Program program = new Program.Alone(start(call, words, input, scratch));
      try {
        await(program, scratch);
      } finally {
        program.kill();
      }
      return result(program.exitCode(), scratch);
    }
  }

  private Process start(Call call, List<String> words, File input, Scratch scratch) {
    ProcessBuilder builder = new ProcessBuilder(options.limits().around(words));
    builder.directory(scratch.work().toFile());
    builder.redirectInput(input);
    builder.redirectOutput(scratch.output().toFile());
    builder.redirectError(scratch.error().toFile());
    ProgramEnvironment.set(builder);
    if (call.exclusive()) {
      builder.environment().put(EPOCH, Integer.toString(call.epoch()));
    }
    try {
      return builder.start();
    } catch (IOException notStarted) {
      throw notStarted();
    }
  }

  /** Runs the program with the arguments that it always has. */
  private byte[] launched(byte[] given) throws IOException, InterruptedException {
    requireProgram();
    Launcher launcher = launchers.take();
    try {
      Scratch scratch = launcher.scratch();
      Files.write(scratch.input(), given);
      launcher.begin();
      await(launcher, scratch);
      if (!launcher.hasAnswered()) {
        throw lost(tail(scratch.trouble()));
      }
      return result(launcher.exitCode(), scratch);
    } finally {
      launchers.giveBack(launcher);
    }
  }

  private HandlerException lost(String words) {
    return new HandlerException(
        FailureKind.COMMAND_START,
        "the program %s of %s could not be started%s"
            .formatted(command.program(), command.name(), lastLine(words)),
        words);
  }

  private void requireProgram() {
    if (!Files.isExecutable(command.program())) {
      throw notStarted();
    }
  }

  private HandlerException notStarted() {
    return new HandlerException(
        FailureKind.COMMAND_START,
        "the program %s of %s could not be started; is it still there and executable?"
            .formatted(command.program(), command.name()));
  }

  private void await(Program program, Scratch scratch) throws IOException, InterruptedException {
    long start = System.nanoTime();
    long look = LOOK_MILLIS_MIN;
    while (!program.hasEnded(look)) {
      requireModest(scratch);
      if (System.nanoTime() - start >= options.wallMax().toNanos()) {
        throw new HandlerException(
            FailureKind.TIMED_OUT,
            "the program of %s ran longer than the %d ms that it may"
                .formatted(command.name(), options.wallMax().toMillis()));
      }
      look = Math.min(2 * look, LOOK_MILLIS_MAX);
    }
    requireModest(scratch);
  }

  private void requireModest(Scratch scratch) throws IOException {
    require("output", size(scratch.output()), options.outputBytesMax());
    require("errors", size(scratch.error()), options.errorBytesMax());
  }

  /** Of a file that may not be there yet. */
  private static long size(Path file) throws IOException {
    try {
      return Files.size(file);
    } catch (NoSuchFileException notYet) {
      return 0;
    }
  }

  private void require(String what, long bytes, long bytesMax) {
    if (bytes > bytesMax) {
      throw new HandlerException(
          FailureKind.OUTPUT_FLOOD,
          "the program of %s wrote more than the %d B of %s that it may"
              .formatted(command.name(), bytesMax, what));
    }
  }

  private byte[] result(int exitCode, Scratch scratch) throws IOException {
    if (exitCode != 0) {
      throw failure(exitCode, tail(scratch.error()));
    }
    byte[] output =
        new byte[(int) Math.min(Files.size(scratch.output()), options.outputBytesMax())];
    try (RandomAccessFile file = new RandomAccessFile(scratch.output().toFile(), "r")) {
      file.readFully(output); // no more, though a descendant may still write
    }
    return output;
  }

  private HandlerException failure(int code, String words) {
    ProgramLimits limits = options.limits();
    if (words.startsWith(NOT_STARTED) || words.startsWith(Launcher.NAME + ": ")) {
      return notStarted();
    }
    if (code == SIGNALLED + SIGXCPU && limits.cpuSeconds() > 0) {
      return new HandlerException(
          FailureKind.TIMED_OUT,
          "the program of %s used more than the %d s of processor time that it may"
              .formatted(command.name(), limits.cpuSeconds()),
          words);
    }
    if (code == SIGNALLED + SIGXFSZ && limits.fileBytes() > 0) {
      return new HandlerException(
          FailureKind.OUTPUT_FLOOD,
          "the program of %s wrote a file of more than the %d B that it may"
              .formatted(command.name(), limits.fileBytes()),
          words);
    }
    String signal =
        code > SIGNALLED && code < SIGNALLED + 32
            ? ", as one that signal %d ended".formatted(code - SIGNALLED)
            : "";
    return new HandlerException(
        FailureKind.COMMAND_EXIT,
        "the program of %s ended with code %d%s%s"
            .formatted(command.name(), code, signal, lastLine(words)),
        words);
  }

  private static String lastLine(String words) {
    return words.isEmpty() ? "" : ": " + words.substring(words.lastIndexOf('\n') + 1);
  }

  private static String tail(Path errors) throws IOException {
    if (!Files.exists(errors)) {
      return "";
    }
    try (RandomAccessFile file = new RandomAccessFile(errors.toFile(), "r")) {
      long from = Math.max(0, file.length() - ERROR_TAIL_BYTES);
      byte[] tail = new byte[(int) (file.length() - from)];
      file.seek(from);
      file.readFully(tail);
      return new String(tail, StandardCharsets.UTF_8).strip();
    }
  }
}
