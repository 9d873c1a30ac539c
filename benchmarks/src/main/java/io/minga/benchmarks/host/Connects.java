package io.minga.benchmarks.host;

import io.minga.benchmarks.Quantity;
import io.minga.cli.bench.Samples;
import java.util.List;

/**
 * Connections made from scratch, one after the other: TCP, security, muxer, identify, and closed.
 * The rate counts the close, the latency ends when the server is identified; of raw TCP it is the
 * connect and the echo of one byte.
 */
final class Connects implements Figure {
  @Override
  public String name() {
    return "connect";
  }

  @Override
  public List<Quantity> quantities() {
    return List.of(Quantity.rate("rate", "1/s"), Quantity.cost("p50", "µs"));
  }

  @Override
  public boolean suits(Contender contender) {
    return true;
  }

  @Override
  public double[] measure(Peer peer, long nanos) throws Exception {
    Samples latencies = new Samples();
    double perSecond =
        Repetition.perSecond(1, nanos, () -> peer.connectAnew().thenAccept(latencies::add));
    return new double[] {perSecond, latencies.quantile(0.5) / 1e3};
  }
}
