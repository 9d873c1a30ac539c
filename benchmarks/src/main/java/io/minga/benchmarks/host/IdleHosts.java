package io.minga.benchmarks.host;

import io.minga.benchmarks.Quantity;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

/**
 * What a host costs that listens and has nothing to do, when there are many in one process: heap
 * after garbage collection, and threads. Once for each host beyond the first few, which bring the
 * event loops that all share, and once with these spread over all.
 */
final class IdleHosts implements Figure {
  /** Enough for every shared event loop to have begun. */
  private static final int FIRST = 8;

  private static final int COLLECTIONS = 4;
  private static final int SETTLE_MILLIS = 50;

  private final int count;

  IdleHosts(int count) {
    this.count = count;
  }

  @Override
  public String name() {
    return "idle-" + count;
  }

  @Override
  public List<Quantity> quantities() {
    return List.of(
        Quantity.cost("heap", "B/host"),
        Quantity.cost("threads", "1/host"),
        Quantity.cost("heap with the shared loops", "B/host"),
        Quantity.cost("threads with the shared loops", "1/host"));
  }

  /** It makes no difference how a connection would be secured. */
  @Override
  public boolean suits(Contender contender) {
    return contender != Contender.TLS;
  }

  @Override
  public double[] measure(Peer peer, long nanos) throws Exception {
    List<AutoCloseable> hosts = new ArrayList<>();
    try {
      Cost none = Cost.now();
      start(peer, FIRST, hosts);
      Cost few = Cost.now();
      start(peer, count - hosts.size(), hosts);
      Cost all = Cost.now();
      double beyond = count - FIRST;
      return new double[] {
        (all.heapBytes - few.heapBytes) / beyond,
        (all.threads - few.threads) / beyond,
        (double) (all.heapBytes - none.heapBytes) / count,
        (double) (all.threads - none.threads) / count
      };
    } finally {
      for (AutoCloseable host : hosts) {
        host.close();
      }
    }
  }

  private static void start(Peer peer, int more, List<AutoCloseable> hosts) throws Exception {
    for (int i = 0; i < more; i++) {
      hosts.add(peer.startIdle());
    }
  }

  private record Cost(long heapBytes, int threads) {
    static Cost now() throws InterruptedException {
      for (int i = 0; i < COLLECTIONS; i++) {
        System.gc();
        Thread.sleep(SETTLE_MILLIS);
      }
      return new Cost(
          ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(),
          ManagementFactory.getThreadMXBean().getThreadCount());
    }
  }
}
