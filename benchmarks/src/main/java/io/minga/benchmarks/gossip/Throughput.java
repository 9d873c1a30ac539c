package io.minga.benchmarks.gossip;

import io.minga.benchmarks.Quantity;
import java.util.List;

/**
 * Messages from one process to another, as fast as they are delivered, until the last of them is;
 * costs are of both.
 */
final class Throughput implements Figure {
  /** One message of so many wants a receipt. */
  private static final int PER_RECEIPT = 32;

  @Override
  public String name() {
    return "throughput";
  }

  @Override
  public List<Quantity> quantities() {
    return Progress.QUANTITIES;
  }

  @Override
  public boolean suits(Contender contender) {
    return true;
  }

  @Override
  public double[] measure(Client client, long nanos) throws Exception {
    Link link = client.link();
    Progress begin = link.settle();
    for (int i = 1; System.nanoTime() - begin.nanos() < nanos; i++) {
      link.publish(i % PER_RECEIPT == 0);
    }
    return link.settle().since(begin);
  }
}
