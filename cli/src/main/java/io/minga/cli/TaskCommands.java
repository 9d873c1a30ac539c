package io.minga.cli;

import io.minga.cli.control.Daemon;
import io.minga.cli.control.Json;
import io.minga.cli.text.Spans;
import io.minga.cli.text.Table;
import io.minga.node.story.TaskEvent;
import io.minga.node.story.TaskState;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** The commands about single tasks. */
final class TaskCommands {
  /** How many characters of a CID tell tasks apart, for people; they name it, too. */
  private static final int NAME_CHARACTERS = 20;

  private static final int PEER_CHARACTERS = 8;

  private TaskCommands() {}

  /** The beginning of a task's name, by which commands find it. */
  private static String brief(String name) {
    int slash = name.indexOf('/');
    String cid = slash < 0 ? name : name.substring(0, slash);
    String place = slash < 0 ? "" : name.substring(slash);
    return cid.substring(0, Math.min(cid.length(), NAME_CHARACTERS)) + place;
  }

  /** The end of a peer's id, which tells peers apart as its beginning does not. */
  private static String briefPeer(String peer) {
    return peer.length() <= PEER_CHARACTERS
        ? peer
        : "…" + peer.substring(peer.length() - PEER_CHARACTERS);
  }

  /** Reads states, so that a wrong one is a wrong call. */
  static final class StateConverter implements ITypeConverter<TaskState> {
    @Override
    public TaskState convert(String text) {
      try {
        return TaskState.parse(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  /** {@code minga tasks}. */
  @Command(
      name = "tasks",
      mixinStandardHelpOptions = true,
      version = Minga.VERSION,
      description = {
        "Lists the tasks that came in at the running peer and those that it has of others: first the"
            + " open ones, the oldest first, then those that are over, the latest first.",
        "What it calls a task is enough for explain and cancel; --json has the whole CID. Of short"
            + " tasks that went well only the latest are remembered."
      },
      footer = {
        "",
        "Examples:",
        "  minga tasks",
        "  minga tasks --state running,parked --limit 20",
        "  minga tasks --state failed --json",
        "",
        "Exits with 0, with 1 after a failure, 2 if called wrongly."
      })
  static final class TasksCommand implements Callable<Integer> {
    @Mixin private CommonOptions common = new CommonOptions();

    @Option(
        names = "--state",
        split = ",",
        paramLabel = "STATE",
        converter = StateConverter.class,
        description = {
          "Only those that are waiting, handed-out, queued, running, parked, done, failed, cancelled"
              + " or gone. May be given again."
        })
    private List<TaskState> states = List.of();

    @Option(
        names = "--limit",
        paramLabel = "N",
        description = "At most so many, 1 to 10000. Default: 100")
    private int limit = 100;

    private final Surroundings around;

    TasksCommand(Surroundings around) {
      this.around = around;
    }

    @Override
    public Integer call() throws Failure {
      Verbosity.set(common.isVerbose());
      if (limit < 1 || limit > Daemon.ROWS_MAX) {
        throw new Failure(
            "--limit is 1 to %d, not %d".formatted(Daemon.ROWS_MAX, limit), Minga.USAGE);
      }
      try (Daemon daemon = Asking.running(around, common)) {
        List<Daemon.TaskRow> rows =
            Asking.get(daemon.tasks(states.stream().map(TaskState::toString).toList(), limit));
        PrintStream out = around.out();
        if (common.isJson()) {
          rows.forEach(row -> out.println(Json.text(row)));
        } else {
          table(rows, Asking.get(daemon.status()).peer()).lines().forEach(out::println);
        }
      }
      return 0;
    }

    private static Table table(List<Daemon.TaskRow> rows, String self) {
      Table table =
          new Table("TASK", "FUNCTION", "STATE", "AGE", "TOOK", "ATTEMPTS", "WHERE", "FROM");
      for (Daemon.TaskRow row : rows) {
        Long took = row.tookMillis();
        String peer = row.peer();
        table.row(
            brief(row.cid()),
            row.function(),
            row.state(),
            new Table.Right(Spans.ofMillis(row.ageMillis())),
            new Table.Right(took == null ? "-" : Spans.ofMillis(took)),
            row.attempts(),
            peer == null ? "-" : peer.equals(self) ? "here" : briefPeer(peer),
            row.submitter().equals(self) ? "here" : briefPeer(row.submitter()));
      }
      return table;
    }
  }

  /** {@code minga cancel}. */
  @Command(
      name = "cancel",
      mixinStandardHelpOptions = true,
      version = Minga.VERSION,
      description =
          "Cancels tasks that came in at the running peer, wherever they are by now: what runs is"
              + " interrupted, and whoever waits for a result is told.",
      footer = {
        "",
        "Examples:",
        "  minga cancel bafibeigh3mq2x7k5c4tn",
        "  minga cancel --all",
        "",
        "Exits with 0, with 1 if one was not open or after another failure, 2 if called wrongly."
      })
  static final class CancelCommand implements Callable<Integer> {
    @Parameters(
        arity = "0..*",
        paramLabel = "CID",
        description = "The tasks, as minga tasks shows them; 8 characters or more will do.")
    private List<String> names = List.of();

    @Option(names = "--all", description = "All that came in at the peer.")
    private boolean all;

    @Mixin private CommonOptions common = new CommonOptions();
    private final Surroundings around;

    CancelCommand(Surroundings around) {
      this.around = around;
    }

    @Override
    public Integer call() throws Failure {
      Verbosity.set(common.isVerbose());
      if (all == !names.isEmpty()) {
        throw new Failure(
            "name the tasks that are to be cancelled, or say --all; minga tasks lists them",
            Minga.USAGE);
      }
      try (Daemon daemon = Asking.running(around, common)) {
        return all ? cancelAll(daemon) : cancelNamed(daemon);
      }
    }

    private int cancelAll(Daemon daemon) throws Failure {
      long count = Asking.get(daemon.cancelAll());
      around
          .out()
          .println(
              common.isJson()
                  ? Json.text(Map.of("cancelled", count))
                  : "cancelled %s task%s".formatted(Table.count(count), count == 1 ? "" : "s"));
      return 0;
    }

    private int cancelNamed(Daemon daemon) throws Failure {
      String self = Asking.get(daemon.status()).peer();
      List<Failure> failures = new ArrayList<>();
      for (String name : names) {
        try {
          say(Asking.get(daemon.cancel(name)), self);
        } catch (Failure e) {
          failures.add(e);
        }
      }
      for (Failure failure : failures) {
        Minga.say(around.err(), String.valueOf(failure.getMessage()));
      }
      return failures.isEmpty() ? 0 : Minga.FAILURE;
    }

    /** Says what became of a task that was so. */
    private void say(Daemon.TaskRow before, String self) throws Failure {
      boolean wasOpen = TaskState.parse(before.state()).isOpen();
      if (common.isJson()) {
        Map<String, Object> said = new LinkedHashMap<>();
        said.put("cid", before.cid());
        said.put("cancelled", wasOpen);
        said.put("state", wasOpen ? "cancelled" : before.state());
        around.out().println(Json.text(said));
      }
      if (!wasOpen) {
        throw new Failure(
            "%s (%s) is not open any more: it is %s"
                .formatted(brief(before.cid()), before.function(), before.state()));
      }
      if (!common.isJson()) {
        String peer = before.peer();
        String where =
            peer == null ? "nobody had it yet" : "it was " + where(before.state(), peer, self);
        around
            .out()
            .println(
                Table.printable(
                    "cancelled %s (%s): %s"
                        .formatted(brief(before.cid()), before.function(), where)));
      }
    }

    private static String where(String state, String peer, String self) {
      return peer.equals(self) ? state + " here" : state + ", with " + briefPeer(peer);
    }
  }

  /** {@code minga explain}. */
  @Command(
      name = "explain",
      mixinStandardHelpOptions = true,
      version = Minga.VERSION,
      description =
          "Tells the story of a task as the running peer knows it: who had it, when and why, what"
              + " went wrong, and how it ended. Times are since it came in.",
      footer = {
        "",
        "Examples:",
        "  minga explain bafibeigh3mq2x7k5c4tn",
        "  minga explain bafibeiav65zyqbeojaavqwwhf/3 --json",
        "",
        "Exits with 0, with 1 if the peer knows no such task, 2 if called wrongly."
      })
  static final class ExplainCommand implements Callable<Integer> {
    @Parameters(
        index = "0",
        paramLabel = "CID",
        description = {
          "The task, as minga tasks shows it or as a failure names it; 8 characters or more will do."
              + " A batch's CID with /N is its task number N."
        })
    private String name = "";

    @Mixin private CommonOptions common = new CommonOptions();
    private final Surroundings around;

    ExplainCommand(Surroundings around) {
      this.around = around;
    }

    @Override
    public Integer call() throws Failure {
      Verbosity.set(common.isVerbose());
      try (Daemon daemon = Asking.running(around, common)) {
        Daemon.Story story = Asking.get(daemon.explain(name));
        if (common.isJson()) {
          around.out().println(Json.text(story));
        } else {
          tell(story, Asking.get(daemon.status()).peer());
        }
      }
      return 0;
    }

    private void tell(Daemon.Story story, String self) {
      Daemon.TaskRow task = story.task();
      boolean own = task.submitter().equals(self);
      head("task", task.cid());
      head("function", task.function());
      head("came in", own ? "here" : "at %s, which handed it here".formatted(task.submitter()));
      head("state", state(task, self));
      for (Daemon.Event event : story.events()) {
        around.out().println(Table.printable(line(event, self)));
      }
    }

    private void head(String name, String value) {
      around.out().println(String.format(Locale.ROOT, "%-9s %s", name, Table.printable(value)));
    }

    private static String state(Daemon.TaskRow task, String self) {
      StringBuilder words = new StringBuilder(task.state());
      String peer = task.peer();
      Long took = task.tookMillis();
      if (took == null && peer != null) {
        words.append(peer.equals(self) ? ", here" : ", with " + peer);
      }
      words.append(
          took == null
              ? ", for %s so far".formatted(Spans.ofMillis(task.ageMillis()))
              : ", after " + Spans.ofMillis(took));
      return words.append(", ").append(attempts(task.attempts())).toString();
    }

    private static String attempts(int attempts) {
      return attempts == 1 ? "1 attempt" : attempts + " attempts";
    }

    private static String line(Daemon.Event event, String self) {
      StringBuilder line =
          new StringBuilder(String.format(Locale.ROOT, "%11s  ", span(event.afterMillis())));
      line.append(words(event.what()));
      String peer = event.peer();
      if (peer != null) {
        line.append(' ').append(peer.equals(self) ? "this peer" : briefPeer(peer));
      }
      if (event.attempt() > 0) {
        line.append(", attempt ").append(event.attempt());
      }
      return event.why().isEmpty() ? line.toString() : line.append(": ") + event.why();
    }

    private static String span(double millis) {
      return millis < 100
          ? String.format(Locale.ROOT, "%.1f ms", millis)
          : Spans.ofMillis((long) millis);
    }

    private static String words(String what) {
      try {
        return TaskEvent.What.valueOf(what.toUpperCase(Locale.ROOT).replace('-', '_')).toString();
      } catch (IllegalArgumentException e) {
        return what; // a later version's
      }
    }
  }
}
