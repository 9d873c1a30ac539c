package io.minga.cli;

import io.minga.cli.control.Daemon;
import io.minga.cli.control.Window;
import io.minga.cli.text.ProgressBar;
import io.minga.cli.text.Table;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code minga map}: a task a line. */
@Command(
    name = "map",
    mixinStandardHelpOptions = true,
    version = Minga.VERSION,
    description = {
      "Calls a function for each line of a file, on all peers that offer it, and prints the results"
          + " as JSON, a line each, in the order of the file.",
      "An empty line of JSON is no task. With --text every line is one, as it is, an empty one the"
          + " empty text.",
      "Of a task that failed the line is null, and standard error says why."
    },
    footer = {
      "",
      "Examples:",
      "  minga map pi.sample samples.txt >results.txt",
      "  seq 1000 | minga map fib - --timeout 30s",
      "  find . -name '*.png' | minga map --text image.thumb - --json",
      "",
      "Exits with 0, with 3 if a task failed, 1 after another failure, 2 if called wrongly."
    })
final class MapCommand implements Callable<Integer> {
  private static final int CALLS_MAX = 4096;
  private static final long RESULT_BYTES = 64 << 20;
  private static final int COUNT_BYTES = 64 << 10;

  @Parameters(index = "0", paramLabel = "FUNCTION", description = "What to call.")
  private String function = "";

  @Parameters(
      index = "1",
      paramLabel = "FILE",
      description = "The arguments, each in JSON on a line of its own; - is standard input.")
  private String file = "";

  @Mixin private TaskOptions task = new TaskOptions();
  @Mixin private CommonOptions common = new CommonOptions();
  @Mixin private NetworkOptions network = new NetworkOptions();

  private final Surroundings around;

  MapCommand(Surroundings around) {
    this.around = around;
  }

  @Override
  public Integer call() throws Failure {
    Verbosity.set(common.isVerbose());
    OptionalLong total = total();
    try (InputStream lines = open();
        Daemon daemon = Asking.any(around, common, network);
        ProgressBar bar = new ProgressBar(around.err(), function, total, around.nanos())) {
      Window window = new Window(CALLS_MAX, RESULT_BYTES);
      var unused =
          daemon
              .peers()
              .thenAccept(rows -> window.follow(rows.stream().mapToInt(it -> it.slots()).sum()));
      Mapping mapping =
          new Mapping(
              daemon,
              function,
              task,
              total,
              new MapOutput(around, function, task, common.isJson()),
              window,
              around.isWatched() ? bar::update : (done, failed) -> {});
      return run(mapping, lines, daemon);
    } catch (IOException e) {
      throw new Failure("%s can't be read: %s".formatted(file, e.getMessage()));
    }
  }

  /** Runs the job; Ctrl-C cancels it, and leaves nothing of it behind in the network. */
  private int run(Mapping mapping, InputStream lines, Daemon daemon) throws Failure {
    AtomicBoolean stopped = new AtomicBoolean();
    Thread hook =
        new Thread(
            () -> {
              stopped.set(true);
              mapping.cancel();
              daemon.close();
              Minga.say(
                  around.err(),
                  "stopped; %s tasks had ended, the others are cancelled"
                      .formatted(Table.count(mapping.done())));
            },
            "minga-map-stop");
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      return mapping.run(lines) == 0 ? 0 : Minga.TASK_FAILED;
    } catch (Failure e) {
      if (stopped.get()) {
        return Minga.FAILURE; // the hook says it, and the system sets the exit code
      }
      throw e;
    } finally {
      forget(hook);
    }
  }

  private static void forget(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // It is running.
    }
  }

  private boolean isStandardInput() {
    return file.equals("-");
  }

  private InputStream open() throws Failure, IOException {
    if (isStandardInput()) {
      return around.in();
    }
    try {
      return Files.newInputStream(Path.of(file));
    } catch (NoSuchFileException e) {
      throw new Failure("there is no file %s; - is standard input".formatted(file));
    }
  }

  /** How many tasks there are, if that can be known. */
  private OptionalLong total() throws Failure {
    if (isStandardInput() || !Files.isRegularFile(Path.of(file))) {
      return OptionalLong.empty();
    }
    try (InputStream in = Files.newInputStream(Path.of(file))) {
      return OptionalLong.of(countLines(in));
    } catch (IOException e) {
      throw new Failure("%s can't be read: %s".formatted(file, e.getMessage()));
    }
  }

  /** Counts lines as {@link Mapping} does: empty ones of JSON are none. */
  private long countLines(InputStream in) throws IOException {
    byte[] buffer = new byte[COUNT_BYTES];
    long count = 0;
    boolean begun = false;
    boolean counts = false;
    for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
      for (int i = 0; i < read; i++) {
        boolean ends = buffer[i] == '\n';
        count += ends && (counts || task.isText()) ? 1 : 0;
        begun = !ends;
        counts = !ends && (counts || !Mapping.isSpace(buffer[i]));
      }
    }
    return begun && (counts || task.isText()) ? count + 1 : count;
  }
}
