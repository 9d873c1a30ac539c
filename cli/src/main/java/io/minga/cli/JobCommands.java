package io.minga.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.minga.cli.control.Daemon;
import io.minga.cli.control.Json;
import io.minga.cli.text.Spans;
import io.minga.cli.text.Table;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The commands about durable jobs. */
final class JobCommands {
  private JobCommands() {}

  /** {@code minga submit}. */
  @Command(
      name = "submit",
      mixinStandardHelpOptions = true,
      version = Minga.VERSION,
      description = {
        "Gives the running peer a durable job, a task for each input, and prints the job's id when"
            + " it is on the peer's disk, and on those of two others where there are that many.",
        "From then on it is done, also if the peer dies: others go on when it stays away, and it"
            + " has their results when it is back. Tasks that are --exclusive wait for it instead."
            + " minga result fetches the results, minga jobs"
            + " lists the jobs."
      },
      footer = {
        "",
        "Examples:",
        "  minga submit pi.sample 1000000",
        "  minga submit pi.sample 1000000 2000000 3000000 --keep 7d",
        "  minga submit --text text.count --lines names.txt",
        "",
        "Exits with 0, with 1 if the job was not taken, 2 if called wrongly."
      })
  static final class SubmitCommand implements Callable<Integer> {
    private static final long INPUT_BYTES_MAX = 64 << 20;

    private static final String WAITS =
        "exclusive tasks wait while this peer is away: no other grants leases for them";

    @Parameters(index = "0", paramLabel = "FUNCTION", description = "What to call.")
    private String function = "";

    @Parameters(
        index = "1..*",
        arity = "0..*",
        paramLabel = "INPUT",
        description = "Arguments in JSON, a task for each. Default: null, once")
    private List<String> inputs = List.of();

    @Option(
        names = "--lines",
        paramLabel = "FILE",
        description = "A task for each line of a file; - is standard input.")
    private @Nullable String file;

    @Option(
        names = "--keep",
        paramLabel = "TIME",
        converter = TaskOptions.SpanConverter.class,
        description =
            "How long the job may take, and its results are kept, like 2h or 7d; 30 days at most."
                + " Default: 1d")
    private Duration keep = Duration.ofDays(1);

    @Mixin private TaskOptions task = new TaskOptions();
    @Mixin private CommonOptions common = new CommonOptions();
    private final Surroundings around;

    SubmitCommand(Surroundings around) {
      this.around = around;
    }

    @Override
    public Integer call() throws Failure {
      Verbosity.set(common.isVerbose());
      List<JsonNode> arguments = arguments();
      try (Daemon daemon = Asking.running(around, common)) {
        String job = Asking.get(daemon.submit(function, arguments, task.way(), keep.toMillis()));
        Integer copies = Asking.get(daemon.job(job, false)).copies();
        if (common.isJson()) {
          Map<String, Object> row = new LinkedHashMap<>();
          row.put("job", job);
          row.put("copies", copies);
          around.out().println(Json.text(row));
        } else {
          around.out().println(job);
          Minga.say(around.err(), kept(copies == null ? 0 : copies));
          if (task.way().exclusive()) {
            Minga.say(around.err(), WAITS);
          }
        }
      }
      return 0;
    }

    private static String kept(int copies) {
      return switch (copies) {
        case 0 -> "no other peer keeps a copy: if this one's disk is lost, the job is lost";
        case 1 -> "one other peer keeps a copy";
        default -> "%d other peers keep a copy".formatted(copies);
      };
    }

    private List<JsonNode> arguments() throws Failure {
      String lines = file;
      if (lines != null && !inputs.isEmpty()) {
        throw new Failure("give inputs, or a file of them with --lines, not both", Minga.USAGE);
      }
      if (lines == null && inputs.isEmpty()) {
        return List.of(NullNode.getInstance());
      }
      List<JsonNode> arguments = new ArrayList<>();
      for (String text : lines == null ? inputs : read(lines)) {
        arguments.add(argument(text));
      }
      if (arguments.isEmpty()) {
        throw new Failure("%s has no lines, so there are no tasks".formatted(lines));
      }
      return arguments;
    }

    private JsonNode argument(String text) throws Failure {
      if (task.isText()) {
        return TextNode.valueOf(text);
      }
      try {
        return Json.parse(text);
      } catch (IllegalArgumentException e) {
        throw new Failure(
            "an input is no JSON: %s; --text takes it as a text".formatted(e.getMessage()),
            Minga.USAGE);
      }
    }

    private List<String> read(String name) throws Failure {
      try {
        byte[] bytes =
            name.equals("-")
                ? around.in().readNBytes((int) INPUT_BYTES_MAX + 1)
                : Files.readAllBytes(Path.of(name));
        if (bytes.length > INPUT_BYTES_MAX) {
          throw new Failure(
              "the inputs have more than the %d B that a job may".formatted(INPUT_BYTES_MAX));
        }
        return new String(bytes, StandardCharsets.UTF_8)
            .lines()
            .filter(line -> !line.isEmpty())
            .toList();
      } catch (NoSuchFileException e) {
        throw new Failure("there is no file %s; - is standard input".formatted(name));
      } catch (IOException e) {
        throw new Failure("%s can't be read: %s".formatted(name, e.getMessage()));
      }
    }
  }

  /** {@code minga result}. */
  @Command(
      name = "result",
      mixinStandardHelpOptions = true,
      version = Minga.VERSION,
      description = {
        "Prints the results of a durable job in the order of its inputs, a line of JSON each.",
        "They can be fetched again until the job's time is over, at whatever peer of the network:"
            + " one that the job didn't come in at asks those that it is connected with, who have"
            + " copies, also when the first is gone."
      },
      footer = {
        "",
        "Examples:",
        "  minga result 3f9a1c2b7d8e4f60-12",
        "  minga result 3f9a1c2b7d8e4f60-12 --wait --json",
        "",
        "Exits with 0, with 3 if a task failed, 1 if the job is not done or unknown, 2 if called"
            + " wrongly."
      })
  static final class ResultCommand implements Callable<Integer> {
    @Parameters(
        index = "0",
        paramLabel = "ID",
        description = "The job, as minga submit printed it.")
    private String name = "";

    @Option(names = "--wait", description = "Wait until all its tasks have ended.")
    private boolean waits;

    @Option(names = "--text", description = "A result that is a text is shown as it is.")
    private boolean text;

    @Mixin private CommonOptions common = new CommonOptions();
    private final Surroundings around;

    ResultCommand(Surroundings around) {
      this.around = around;
    }

    @Override
    public Integer call() throws Failure {
      Verbosity.set(common.isVerbose());
      try (Daemon daemon = Asking.running(around, common)) {
        Daemon.JobRow job = Asking.get(daemon.job(name, waits));
        if (!job.state().equals("done")) {
          throw new Failure(
              "%s of %s tasks of job %s have ended; --wait waits for the others"
                  .formatted(Table.count(job.ended()), Table.count(job.tasks()), job.job()));
        }
        boolean failed = job.failed() > 0;
        for (long from = 0; from < job.tasks(); from += Daemon.PAGE_TASKS) {
          for (Daemon.JobEnd end : Asking.get(daemon.outcomes(name, from))) {
            failed |= end.failure() != null;
            print(job.function(), end);
          }
        }
        if (job.lost() > 0) {
          throw new Failure(
              "%s tasks of job %s were lost with a damaged journal"
                  .formatted(Table.count(job.lost()), job.job()));
        }
        return failed ? Minga.TASK_FAILED : 0;
      }
    }

    private void print(String function, Daemon.JobEnd end) {
      PrintStream out = around.out();
      Daemon.Failed failure = end.failure();
      JsonNode value = end.value();
      if (common.isJson()) {
        out.println(Json.text(end));
      } else if (failure != null) {
        out.println("null");
        Minga.say(
            around.err(),
            "task %d: %s".formatted(end.index(), TaskOptions.sentence(function, failure)));
      } else if (value != null) {
        out.println(text && value.isTextual() ? value.textValue() : Json.text(value));
      } else {
        out.println("null");
      }
    }
  }

  /** {@code minga jobs}. */
  @Command(
      name = "jobs",
      mixinStandardHelpOptions = true,
      version = Minga.VERSION,
      description =
          "Lists the durable jobs that came in at the running peer, in this life or an earlier one,"
              + " and those of which the peers know that it is connected with, until their time is"
              + " over.",
      footer = {
        "",
        "Examples:",
        "  minga jobs",
        "  minga jobs --json",
        "",
        "Exits with 0, with 1 after a failure, 2 if called wrongly."
      })
  static final class JobsCommand implements Callable<Integer> {
    @Mixin private CommonOptions common = new CommonOptions();
    private final Surroundings around;

    JobsCommand(Surroundings around) {
      this.around = around;
    }

    @Override
    public Integer call() throws Failure {
      Verbosity.set(common.isVerbose());
      try (Daemon daemon = Asking.running(around, common)) {
        List<Daemon.JobRow> rows = Asking.get(daemon.jobs());
        PrintStream out = around.out();
        if (common.isJson()) {
          rows.forEach(row -> out.println(Json.text(row)));
        } else {
          table(rows).lines().forEach(out::println);
        }
      }
      return 0;
    }

    private static Table table(List<Daemon.JobRow> rows) {
      Table table =
          new Table(
              "JOB",
              "FUNCTION",
              "STATE",
              "TASKS",
              "ENDED",
              "FAILED",
              "COPIES",
              "AGE",
              "KEPT FOR",
              "SUBMITTED AT");
      for (Daemon.JobRow row : rows) {
        table.row(
            row.job(),
            row.function(),
            row.lost() > 0 ? row.state() + ", some lost" : row.state(),
            row.tasks(),
            row.ended(),
            row.failed(),
            new Table.Right(copies(row.copies())),
            new Table.Right(Spans.ofMillis(row.ageMillis())),
            new Table.Right(Spans.ofMillis(row.expiresInMillis())),
            row.here() ? "this peer" : row.submitter());
      }
      return table;
    }

    private static String copies(@Nullable Integer copies) {
      return copies == null ? "-" : String.valueOf(copies);
    }
  }
}
