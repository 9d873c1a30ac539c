package io.minga.benchmarks.tasks;

import io.minga.benchmarks.Quantity;
import io.minga.cli.bench.NoOp;
import io.minga.cli.bench.Samples;
import java.util.List;

/** How long a call takes when there is no other. */
final class SingleCall implements Figure {
  @Override
  public String name() {
    return "call";
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
    Grid grid = client.grid();
    Samples latencies = new Samples();
    long startNanos = System.nanoTime();
    int calls = 0;
    for (long nowNanos = startNanos; nowNanos - startNanos < nanos; ) {
      if (grid.call(NoOp.ECHO, calls).join() != calls++) {
        throw new IllegalStateException("another result than the argument");
      }
      long endNanos = System.nanoTime();
      latencies.add(endNanos - nowNanos);
      nowNanos = endNanos;
    }
    return new double[] {latencies.quantile(0.5) / 1e3, latencies.quantile(0.99) / 1e3};
  }
}
