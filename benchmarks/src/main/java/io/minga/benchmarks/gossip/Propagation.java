package io.minga.benchmarks.gossip;

import io.minga.benchmarks.Quantity;
import io.minga.cli.bench.Samples;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * How long a message takes from its publication in one process until the listener in another, when
 * there are a hundred a second.
 */
final class Propagation implements Figure {
  private static final long EVERY_NANOS = 10_000_000;

  @Override
  public String name() {
    return "propagation";
  }

  @Override
  public List<Quantity> quantities() {
    return List.of(Quantity.cost("p50", "µs"), Quantity.cost("p99", "µs"));
  }

  @Override
  public boolean suits(Contender contender) {
    return true;
  }

  @Override
  public double[] measure(Client client, long nanos) throws Exception {
    Link link = client.link();
    Samples latencies = new Samples();
    link.settle();
    link.observe(receipt -> latencies.add(receipt.latencyNanos()));
    long startNanos = System.nanoTime();
    for (long atNanos = 0; atNanos < nanos; atNanos += EVERY_NANOS) {
      for (long leftNanos; (leftNanos = startNanos + atNanos - System.nanoTime()) > 0; ) {
        LockSupport.parkNanos(leftNanos);
      }
      link.publish(true);
    }
    link.settle();
    link.observe(receipt -> {});
    return new double[] {latencies.quantile(0.5) / 1e3, latencies.quantile(0.99) / 1e3};
  }
}
