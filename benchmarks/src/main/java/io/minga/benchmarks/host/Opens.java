package io.minga.benchmarks.host;

import io.minga.benchmarks.Quantity;
import java.util.List;

/** Streams opened on one connection, each for the echo of one byte, and closed by both sides. */
final class Opens implements Figure {
  private final int atOnce;

  Opens(int atOnce) {
    this.atOnce = atOnce;
  }

  @Override
  public String name() {
    return "opens-" + atOnce;
  }

  @Override
  public List<Quantity> quantities() {
    return List.of(Quantity.rate("rate", "1/s"));
  }

  /** Raw TCP has no streams. */
  @Override
  public boolean suits(Contender contender) {
    return contender != Contender.RAW;
  }

  @Override
  public double[] measure(Peer peer, long nanos) throws Exception {
    return new double[] {Repetition.perSecond(atOnce, nanos, peer::openAnew)};
  }
}
