package io.minga.cli;

import io.minga.cli.control.Daemon;
import io.minga.cli.control.Json;
import io.minga.cli.text.Table;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** The commands about one task. */
final class TaskCommands {
  private TaskCommands() {}

  /** {@code minga cancel}. */
  @Command(
      name = "cancel",
      mixinStandardHelpOptions = true,
      version = Minga.VERSION,
      description = "Cancels a task that came in at the running peer, wherever it is by now.",
      footer = {"", "Example:", "  minga cancel bafybei..."})
  static final class CancelCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "CID", description = "The task, as minga tasks shows it.")
    private String cid = "";

    @Mixin private CommonOptions common = new CommonOptions();
    private final Surroundings around;

    CancelCommand(Surroundings around) {
      this.around = around;
    }

    @Override
    public Integer call() throws Failure {
      Verbosity.set(common.isVerbose());
      int cancelled;
      try (Daemon daemon = Asking.running(around, common)) {
        cancelled = Asking.get(daemon.cancel(cid));
      }
      if (common.isJson()) {
        around.out().println(Json.text(Map.of("cancelled", cancelled)));
      } else if (cancelled > 0) {
        around
            .out()
            .println(cancelled == 1 ? "cancelled" : "cancelled %d tasks".formatted(cancelled));
      }
      if (cancelled == 0) {
        throw new Failure(
            "no open task of this peer's callers is %s; minga tasks lists them".formatted(cid));
      }
      return 0;
    }
  }

  /** {@code minga explain}. */
  @Command(
      name = "explain",
      mixinStandardHelpOptions = true,
      version = Minga.VERSION,
      description = "Tells the story of a task: who held it, when and why it moved, how it ended.",
      footer = {"", "Example:", "  minga explain bafybei..."})
  static final class ExplainCommand implements Callable<Integer> {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss.SSS");

    @Parameters(index = "0", paramLabel = "CID", description = "The task, as minga tasks shows it.")
    private String cid = "";

    @Mixin private CommonOptions common = new CommonOptions();
    private final Surroundings around;

    ExplainCommand(Surroundings around) {
      this.around = around;
    }

    @Override
    public Integer call() throws Failure {
      Verbosity.set(common.isVerbose());
      List<Daemon.Event> events;
      try (Daemon daemon = Asking.running(around, common)) {
        events = Asking.get(daemon.explain(cid));
      }
      if (events.isEmpty()) {
        throw new Failure("this peer knows of no task %s; minga tasks lists them".formatted(cid));
      }
      for (Daemon.Event event : events) {
        around.out().println(common.isJson() ? Json.text(event) : line(event));
      }
      return 0;
    }

    private static String line(Daemon.Event event) {
      return "%s  %s"
          .formatted(
              TIME.format(Instant.ofEpochMilli(event.atMillis()).atZone(ZoneId.systemDefault())),
              Table.printable(event.what()));
    }
  }
}
