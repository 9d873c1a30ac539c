package io.minga.cli;

import com.fasterxml.jackson.databind.node.LongNode;
import io.minga.cli.control.Daemon;
import io.minga.cli.control.Json;
import io.minga.cli.text.ProgressBar;
import io.minga.cli.text.Spans;
import io.minga.cli.text.Table;
import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.libp2p.netty.DiscoveryListener;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code minga demo}: four peers as processes of this machine, which compute π together. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    version = Minga.VERSION,
    description = {
      "Computes pi on four peers of this machine, each a process.",
      "They find each other by mDNS on the loopback interface.",
      "Nothing is left running, and nothing else is touched."
    },
    footer = {"", "Example:", "  minga demo --tasks 200"})
final class DemoCommand implements Callable<Integer> {
  private static final String FUNCTION = "pi.sample";
  private static final int PEERS = 4;
  private static final long FIND_NANOS = 60_000_000_000L;
  private static final long LOOK_NANOS = 50_000_000;
  private static final long NANOS_PER_MILLI = 1_000_000;
  private static final int OPEN_MAX = 100_000;

  @Option(names = "--tasks", paramLabel = "N", description = "How many tasks. Default: 1000")
  private int tasks = 1000;

  @Option(names = "--points", paramLabel = "N", description = "Points a task. Default: 1000000")
  private long points = 1_000_000;

  @Option(
      names = "--mdns-interface",
      paramLabel = "IF",
      description = "The loopback interface. Default: lo")
  private String loopback = "lo";

  @Mixin private OutputOptions common = new OutputOptions();

  private final Surroundings around;

  DemoCommand(Surroundings around) {
    this.around = around;
  }

  @Override
  public Integer call() throws Failure {
    Verbosity.set(common.isVerbose());
    if (tasks < 1 || tasks > OPEN_MAX || points < 1) {
      throw new Failure(
          "--tasks is 1 to %d and --points at least 1".formatted(OPEN_MAX), Minga.USAGE);
    }
    String network = "demo-" + ProcessHandle.current().pid();
    int slots = Math.max(1, Runtime.getRuntime().availableProcessors() / PEERS);
    try (DemoPeers others = DemoPeers.start(PEERS - 1, network, slots, loopback);
        OwnPeer peer = self(network, slots)) {
      tell(
          "%d peers start, each a process with %d %s"
              .formatted(PEERS, slots, slots == 1 ? "slot" : "slots"));
      long started = System.nanoTime();
      find(peer, others);
      tell(
          "they found each other after %s"
              .formatted(Spans.ofMillis((System.nanoTime() - started) / NANOS_PER_MILLI)));
      compute(peer);
      return 0;
    }
  }

  private void tell(String sentence) {
    if (!common.isJson()) {
      around.out().println(sentence);
    }
  }

  private OwnPeer self(String network, int slots) throws Failure {
    NetworkOptions options = NetworkOptions.onLink(network, loopback);
    return OwnPeer.start(
        PeerSettings.of(options)
            .withListen(List.of(Multiaddr.parse("/ip4/127.0.0.1/tcp/0")))
            .withSlots(slots, List.of()),
        new DiscoveryListener() {
          @Override
          public void trouble(String sentence) {
            Minga.say(around.err(), sentence);
          }
        });
  }

  /** Waits until all offer the function. */
  private void find(OwnPeer peer, DemoPeers others) throws Failure {
    long deadline = System.nanoTime() + FIND_NANOS;
    while (offering(peer) < PEERS) {
      others.requireAlive();
      if (System.nanoTime() - deadline > 0) {
        throw new Failure(
            "%d of %d peers found each other; does this machine have multicast on %s?"
                .formatted(offering(peer), PEERS, loopback));
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }

  private static int offering(OwnPeer peer) throws Failure {
    return Asking.get(peer.functions()).stream()
        .filter(it -> it.function().equals(FUNCTION))
        .mapToInt(Daemon.FunctionRow::peers)
        .sum();
  }

  private void compute(OwnPeer peer) throws Failure {
    AtomicLong done = new AtomicLong();
    long started = System.nanoTime();
    List<CompletableFuture<Daemon.Outcome>> calls = new ArrayList<>();
    double sum = 0;
    try (ProgressBar bar =
        new ProgressBar(around.err(), FUNCTION, OptionalLong.of(tasks), around.nanos())) {
      for (int i = 0; i < tasks; i++) {
        CompletableFuture<Daemon.Outcome> call =
            peer.call(FUNCTION, LongNode.valueOf(points), Daemon.Way.DEFAULT);
        if (around.isWatched()) {
          call.whenComplete((outcome, failure) -> bar.update(done.incrementAndGet(), 0));
        }
        calls.add(call);
      }
      for (CompletableFuture<Daemon.Outcome> call : calls) {
        sum += value(Asking.get(call));
      }
    }
    long millis = (System.nanoTime() - started) / NANOS_PER_MILLI;
    show(peer, started, sum / tasks, millis);
  }

  private static double value(Daemon.Outcome outcome) throws Failure {
    if (outcome instanceof Daemon.Value value) {
      return value.value().doubleValue();
    }
    throw new Failure(TaskOptions.sentence(FUNCTION, (Daemon.Failed) outcome), Minga.TASK_FAILED);
  }

  private void show(OwnPeer peer, long startedNanos, double pi, long millis) {
    Map<String, Object> all = new LinkedHashMap<>();
    List<Map<String, Object>> peers = new ArrayList<>();
    Table table = new Table("PEER", "TASKS", "FINISHED AFTER");
    peer.tallies()
        .forEach(
            (id, tally) -> {
              long last = (tally.lastNanos() - startedNanos) / NANOS_PER_MILLI;
              String name = id.equals(peer.id()) ? id + " (this one)" : id.toString();
              table.row(name, tally.tasks(), new Table.Right(Spans.ofMillis(last)));
              Map<String, Object> row = new LinkedHashMap<>();
              row.put("peer", id.toString());
              row.put("tasks", tally.tasks());
              row.put("finishedMillis", last);
              peers.add(row);
            });
    all.put("pi", pi);
    all.put("error", Math.abs(pi - Math.PI));
    all.put("tasks", tasks);
    all.put("points", points);
    all.put("millis", millis);
    all.put("peers", peers);
    if (common.isJson()) {
      around.out().println(Json.text(all));
      return;
    }
    table.lines().forEach(around.out()::println);
    around
        .out()
        .println(
            String.format(
                Locale.ROOT,
                "pi is about %.7f, which is off by %.7f: %,d tasks of %,d points in %s",
                pi,
                Math.abs(pi - Math.PI),
                tasks,
                points,
                Spans.ofMillis(millis)));
  }
}
