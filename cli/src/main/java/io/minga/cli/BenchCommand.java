package io.minga.cli;

import io.minga.cli.bench.Bench;
import io.minga.cli.bench.BenchFigures;
import io.minga.cli.bench.Effort;
import io.minga.cli.control.Json;
import io.minga.cli.text.Table;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code minga bench}: what this machine does with tasks that cost nothing. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    version = Minga.VERSION,
    description = {
      "Measures this machine, in about a minute.",
      "Tasks that cost nothing go from this process to a second peer that it starts, over the"
          + " loopback interface, with encryption and all.",
      "A third of the time is warm-up, for the JVM takes 15 to 25 s to compile what it runs; each"
          + " figure is the median of its rounds. What else the machine does meanwhile shows in"
          + " them. Nothing is left running."
    },
    footer = {
      "",
      "Examples:",
      "  minga bench",
      "  minga bench --json --seconds 30",
      "",
      "Exits with 0, 1 after a failure, 2 if called wrongly."
    })
final class BenchCommand implements Callable<Integer> {
  private static final int SECONDS = 60;
  private static final int SECONDS_QUICK = 6;
  private static final int SECONDS_MAX = 3600;
  private static final int TASKS = 1_000_000;
  private static final int TASKS_QUICK = 100_000;
  private static final int TASKS_MIN = 1_000;
  private static final int TASKS_MAX = 10_000_000;
  private static final String ERASE = "\r\033[2K";

  @Option(
      names = "--tasks",
      paramLabel = "N",
      description = "How many tasks a job has, and how many are queued. Default: 1000000")
  private @Nullable Integer tasks;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      description = "About how long to measure, warm-up included. Default: 60")
  private @Nullable Integer seconds;

  @Option(
      names = "--quick",
      description = "A look whether all works, in some 10 s; nothing is warm, so it says little.")
  private boolean quick;

  @Mixin private OutputOptions output = new OutputOptions();

  private final Surroundings around;

  BenchCommand(Surroundings around) {
    this.around = around;
  }

  @Override
  public Integer call() throws Failure {
    Verbosity.set(output.isVerbose());
    int time = seconds == null ? quick ? SECONDS_QUICK : SECONDS : seconds;
    int many = tasks == null ? quick ? TASKS_QUICK : TASKS : tasks;
    if (time < 1 || time > SECONDS_MAX || many < TASKS_MIN || many > TASKS_MAX) {
      throw new Failure(
          "--seconds is 1 to %d and --tasks %d to %d".formatted(SECONDS_MAX, TASKS_MIN, TASKS_MAX),
          Minga.USAGE);
    }
    Effort effort = Effort.of(time, many);
    BenchFigures figures = measure(effort);
    if (output.isJson()) {
      around.out().println(Json.text(json(figures)));
    } else {
      show(figures, effort, time);
    }
    return 0;
  }

  private BenchFigures measure(Effort effort) throws Failure {
    AtomicBoolean stopped = new AtomicBoolean();
    try (Bench bench = Bench.start(effort, this::progress)) {
      Thread hook =
          new Thread(
              () -> {
                stopped.set(true);
                bench.stop();
              },
              "minga-bench-stop");
      Runtime.getRuntime().addShutdownHook(hook);
      try {
        return bench.run();
      } finally {
        if (!stopped.get()) {
          Runtime.getRuntime().removeShutdownHook(hook);
        }
      }
    } catch (IOException e) {
      throw new Failure("the measurement broke off: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Failure("interrupted");
    } catch (RuntimeException e) {
      if (stopped.get()) {
        throw new Failure("stopped");
      }
      throw e;
    } finally {
      if (around.isWatched()) {
        around.err().print(ERASE);
        around.err().flush();
      }
    }
  }

  private void progress(String doing) {
    if (around.isWatched()) {
      around.err().print(ERASE + "bench: " + doing);
      around.err().flush();
    }
  }

  static Map<String, Object> json(BenchFigures figures) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("noopTasksPerSecond", whole(figures.noopTasksPerSecond()));
    object.put("jobTasksPerSecond", whole(figures.jobTasksPerSecond()));
    object.put("callP50Micros", tenths(figures.callP50Micros()));
    object.put("callP99Micros", tenths(figures.callP99Micros()));
    object.put("wireBytesPerTask", tenths(figures.wireBytesPerTask()));
    object.put("heapBytesPerQueuedTask", tenths(figures.heapBytesPerQueuedTask()));
    object.put("poolTasksPerSecond", whole(figures.poolTasksPerSecond()));
    object.put("bareRoundTripP50Micros", tenths(figures.bareP50Micros()));
    return object;
  }

  private static long whole(double number) {
    return Math.round(number);
  }

  private static @Nullable Double tenths(double number) {
    return Double.isNaN(number) ? null : (Double) (Math.round(number * 10) / 10.0);
  }

  private void show(BenchFigures figures, Effort effort, int time) {
    Table table = new Table("FIGURE", "VALUE", "", "WHAT IT MEANS");
    table.row(
        "single calls",
        right("%,.0f", figures.noopTasksPerSecond()),
        "tasks/s",
        "1000 calls under way, each on its own; a thread pool here: %,.0f/s (%.2f of that)"
            .formatted(
                figures.poolTasksPerSecond(),
                figures.noopTasksPerSecond() / figures.poolTasksPerSecond()));
    table.row(
        "a job",
        right("%,.0f", figures.jobTasksPerSecond()),
        "tasks/s",
        "a map over %,d arguments".formatted(effort.jobTasks()));
    table.row(
        "one call, half",
        right("%,.1f", figures.callP50Micros()),
        "µs",
        "there and back, with nothing else going on; a bare byte: %,.1f µs (%.1f times that)"
            .formatted(figures.bareP50Micros(), figures.callP50Micros() / figures.bareP50Micros()));
    table.row(
        "one call, 99 in 100", right("%,.1f", figures.callP99Micros()), "µs", "took no longer");
    table.row(
        "on the wire",
        Double.isNaN(figures.wireBytesPerTask())
            ? new Table.Right("-")
            : right("%,.1f", figures.wireBytesPerTask()),
        "B/task",
        "of a job, result included, both ways, encrypted (by ss of iproute2)");
    table.row(
        "in queues",
        right("%,.1f", figures.heapBytesPerQueuedTask()),
        "B/task",
        "of heap in both peers together, %,d tasks of jobs that wait"
            .formatted(effort.queuedTasks()));
    table.lines().forEach(around.out()::println);
    around
        .out()
        .println(
            time < SECONDS
                ? "A run of %d s is too short for the JVM to be warm: the default says more."
                    .formatted(time)
                : "Medians of rounds after a warm-up of %d s.".formatted(time / 3));
  }

  private static Table.Right right(String format, double number) {
    return new Table.Right(String.format(Locale.ROOT, format, number));
  }
}
