package io.minga.cli;

import io.minga.cli.control.Daemon;
import io.minga.cli.control.Json;
import io.minga.cli.text.Spans;
import io.minga.cli.text.Table;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The commands that show what a running peer knows. */
final class ListCommands {
  private static final String LOOKS_AROUND =
      "It is what the running peer knows; if none runs, a peer of the moment looks around.";

  private ListCommands() {}

  private static void print(Surroundings around, List<?> rows, boolean json, Table table) {
    PrintStream out = around.out();
    if (json) {
      rows.forEach(row -> out.println(Json.text(row)));
    } else {
      table.lines().forEach(out::println);
    }
  }

  private static Table.Right span(long millis) {
    return new Table.Right(Spans.ofMillis(millis));
  }

  private static String dash(String text) {
    return text.isEmpty() ? "-" : text;
  }

  /** {@code minga status}. */
  @Command(
      name = "status",
      mixinStandardHelpOptions = true,
      version = Minga.VERSION,
      description = {"Says how the running peer is.", LOOKS_AROUND},
      footer = {"", "Examples:", "  minga status", "  minga status --json --data /var/lib/minga"})
  static final class StatusCommand implements Callable<Integer> {
    @Mixin private CommonOptions common = new CommonOptions();
    @Mixin private NetworkOptions network = new NetworkOptions();
    @Mixin private LookOptions look = new LookOptions();
    private final Surroundings around;

    StatusCommand(Surroundings around) {
      this.around = around;
    }

    @Override
    public Integer call() throws Failure {
      Verbosity.set(common.isVerbose());
      try (Daemon daemon = Asking.anyAfter(around, common, network, look)) {
        Daemon.Status status = Asking.get(daemon.status());
        if (common.isJson()) {
          around.out().println(Json.text(status));
        } else {
          print(status);
        }
      }
      return 0;
    }

    private void print(Daemon.Status status) {
      line("peer", status.peer());
      line("network", "%s, %s other peers".formatted(status.network(), n(status.peers())));
      status.addresses().forEach(address -> line("address", address));
      line("up", Spans.ofMillis(status.upMillis()));
      line("slots", "%s, %s of them busy".formatted(n(status.slots()), n(status.running())));
      line(
          "waiting here",
          "%s tasks, %s of work"
              .formatted(n(status.queued()), Spans.ofMillis(status.workMillis())));
      line("ran here", "%s tasks, whoever's they are".formatted(n(status.ran())));
      line("done", "%s tasks of this peer's callers".formatted(n(status.done())));
      line("open", "%s tasks of this peer's callers".formatted(n(status.open())));
      line("keeps", "%s batches of other peers' durable jobs".formatted(n(status.kept())));
      for (Daemon.KeptOff each : status.keptOff()) {
        line(
            "kept off",
            "%s gets no %s for %s, since it fails what others do not"
                .formatted(each.peer(), each.function(), Spans.ofMillis(each.forMillis())));
      }
    }

    private static String n(long count) {
      return Table.count(count);
    }

    private void line(String name, String value) {
      around.out().println(String.format(Locale.ROOT, "%-13s %s", name, Table.printable(value)));
    }
  }

  /** {@code minga peers}. */
  @Command(
      name = "peers",
      mixinStandardHelpOptions = true,
      version = Minga.VERSION,
      description = {
        "Lists the peers of the network, and when each will be through.",
        LOOKS_AROUND
      },
      footer = {"", "Examples:", "  minga peers", "  minga peers --network lab --wait 10s"})
  static final class PeersCommand implements Callable<Integer> {
    @Mixin private CommonOptions common = new CommonOptions();
    @Mixin private NetworkOptions network = new NetworkOptions();
    @Mixin private LookOptions look = new LookOptions();
    private final Surroundings around;

    PeersCommand(Surroundings around) {
      this.around = around;
    }

    @Override
    public Integer call() throws Failure {
      Verbosity.set(common.isVerbose());
      try (Daemon daemon = Asking.anyAfter(around, common, network, look)) {
        List<Daemon.PeerRow> rows = Asking.get(daemon.peers());
        Table table = new Table("PEER", "STATE", "SLOTS", "QUEUED", "DONE", "FINISHES IN", "TAGS");
        for (Daemon.PeerRow row : rows) {
          table.row(
              row.peer(),
              row.self() ? "self" : row.state(),
              row.slots(),
              row.queued(),
              row.done(),
              span(row.finishMillis()),
              dash(String.join(" ", row.tags())));
        }
        ListCommands.print(around, rows, common.isJson(), table);
      }
      return 0;
    }
  }

  /** {@code minga functions}. */
  @Command(
      name = "functions",
      mixinStandardHelpOptions = true,
      version = Minga.VERSION,
      description = {"Lists the functions that the network offers.", LOOKS_AROUND},
      footer = {"", "Example:", "  minga functions"})
  static final class FunctionsCommand implements Callable<Integer> {
    @Mixin private CommonOptions common = new CommonOptions();
    @Mixin private NetworkOptions network = new NetworkOptions();
    @Mixin private LookOptions look = new LookOptions();
    private final Surroundings around;

    FunctionsCommand(Surroundings around) {
      this.around = around;
    }

    @Override
    public Integer call() throws Failure {
      Verbosity.set(common.isVerbose());
      try (Daemon daemon = Asking.anyAfter(around, common, network, look)) {
        List<Daemon.FunctionRow> rows = Asking.get(daemon.functions());
        Table table = new Table("FUNCTION", "PEERS", "HERE", "TAKES");
        for (Daemon.FunctionRow row : rows) {
          table.row(
              row.function(), row.peers(), row.here() ? "yes" : "no", takes(row.meanMillis()));
        }
        ListCommands.print(around, rows, common.isJson(), table);
      }
      return 0;
    }

    private static Table.Right takes(double millis) {
      if (millis == 0) {
        return new Table.Right("-");
      }
      return millis < 10
          ? new Table.Right(String.format(Locale.ROOT, "%.3f ms", millis))
          : span(Math.round(millis));
    }
  }
}
