package io.minga.benchmarks.tasks;

import io.minga.libp2p.HostException;
import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.node.Peer;
import io.minga.node.PeerOptions;
import io.minga.node.RemoteFunction;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A peer of ours without slots, connected to one with a slot for each core. */
final class MingaGrid implements Grid {
  private static final String NETWORK = "bench";
  private static final String LOOPBACK = "/ip4/127.0.0.1/tcp/0";

  private final Peer peer;
  private final Map<Task, RemoteFunction<Integer, Integer>> functions = new EnumMap<>(Task.class);

  MingaGrid(String server) throws HostException {
    peer = Peer.start(options().withSlots(0));
    peer.connect(Multiaddr.parse(server)).join();
    for (Task task : Task.values()) {
      functions.put(task, peer.function(name(task), Integer.class, Integer.class));
    }
  }

  /** Starts the peer that runs tasks. */
  static Peer serve() throws HostException {
    Peer peer = Peer.start(options());
    for (Task task : Task.values()) {
      peer.register(name(task), Integer.class, Integer.class, task::run);
    }
    return peer;
  }

  private static PeerOptions options() {
    return PeerOptions.forNetwork(NETWORK).listeningOn(LOOPBACK);
  }

  private static String name(Task task) {
    return task.name().toLowerCase(Locale.ROOT);
  }

  private RemoteFunction<Integer, Integer> function(Task task) {
    RemoteFunction<Integer, Integer> function = functions.get(task);
    if (function == null) {
      throw new IllegalStateException("no function for " + task);
    }
    return function;
  }

  @Override
  public CompletableFuture<Integer> call(Task task, int argument) {
    return function(task).call(argument);
  }

  @Override
  public Stream<Integer> job(Task task, int count) {
    Iterable<Integer> arguments = () -> IntStream.range(0, count).iterator();
    return function(task).map(arguments).resultsAsTheyCome();
  }

  @Override
  public void close() {
    peer.close();
  }
}
