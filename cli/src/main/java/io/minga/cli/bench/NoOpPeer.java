package io.minga.cli.bench;

import io.minga.libp2p.HostException;
import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.node.Peer;
import io.minga.node.PeerOptions;
import io.minga.node.RemoteFunction;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A peer without slots, connected to one with a slot for each core, which runs its tasks. */
public final class NoOpPeer implements AutoCloseable {
  private static final String NETWORK = "bench";
  private static final String LOOPBACK = "/ip4/127.0.0.1/tcp/0";

  /** How long a server may need until it is known to run tasks. */
  private static final long PATIENCE_NANOS = 30_000_000_000L;

  private final Peer peer;
  private final Map<NoOp, RemoteFunction<Integer, Integer>> functions = new EnumMap<>(NoOp.class);

  /** Connects with the peer at {@code server}, an address that ends in its id. */
  public NoOpPeer(String server) throws HostException {
    peer = Peer.start(options().withSlots(0));
    peer.connect(Multiaddr.parse(server)).join();
    for (NoOp task : NoOp.values()) {
      functions.put(task, peer.function(name(task), Integer.class, Integer.class));
    }
  }

  /** Starts the peer that runs tasks. */
  public static Peer serve() throws HostException {
    Peer peer = Peer.start(options());
    for (NoOp task : NoOp.values()) {
      peer.register(name(task), Integer.class, Integer.class, task::run);
    }
    return peer;
  }

  private static PeerOptions options() {
    return PeerOptions.forNetwork(NETWORK).listeningOn(LOOPBACK);
  }

  private static String name(NoOp task) {
    return task.name().toLowerCase(Locale.ROOT);
  }

  /** Waits until a task has come back from the server. */
  void awaitServer() {
    long startNanos = System.nanoTime();
    while (true) {
      try {
        int unused = call(NoOp.ECHO, 0).join();
        return;
      } catch (CompletionException e) { // it hasn't heard yet what the server runs
        if (System.nanoTime() - startNanos > PATIENCE_NANOS) {
          throw e;
        }
      }
    }
  }

  private RemoteFunction<Integer, Integer> function(NoOp task) {
    RemoteFunction<Integer, Integer> function = functions.get(task);
    if (function == null) {
      throw new IllegalStateException("no function for " + task);
    }
    return function;
  }

  /** Has the server run {@code task}. */
  public CompletableFuture<Integer> call(NoOp task, int argument) {
    return function(task).call(argument);
  }

  /** Has the server run {@code task} for 0 to {@code count} − 1; the results as they come. */
  public Stream<Integer> job(NoOp task, int count) {
    Iterable<Integer> arguments = () -> IntStream.range(0, count).iterator();
    return function(task).map(arguments).resultsAsTheyCome();
  }

  @Override
  public void close() {
    peer.close();
  }
}
