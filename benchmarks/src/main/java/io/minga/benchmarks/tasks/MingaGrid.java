package io.minga.benchmarks.tasks;

import io.minga.cli.bench.NoOp;
import io.minga.cli.bench.NoOpPeer;
import io.minga.libp2p.HostException;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/** A peer of ours without slots, connected to one with a slot for each core. */
final class MingaGrid implements Grid {
  private final NoOpPeer peer;

  MingaGrid(String server) throws HostException {
    peer = new NoOpPeer(server);
  }

  @Override
  public CompletableFuture<Integer> call(NoOp task, int argument) {
    return peer.call(task, argument);
  }

  @Override
  public Stream<Integer> job(NoOp task, int count) {
    return peer.job(task, count);
  }

  @Override
  public void close() {
    peer.close();
  }
}
