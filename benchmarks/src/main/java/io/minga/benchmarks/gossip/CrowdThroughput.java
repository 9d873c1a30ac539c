package io.minga.benchmarks.gossip;

import io.minga.benchmarks.Quantity;
import java.util.List;

/**
 * Messages among ten nodes of one process, all publishing, as fast as they are delivered to all:
 * deliveries, of which each message has nine.
 */
final class CrowdThroughput implements Figure {
  @Override
  public String name() {
    return "crowd-" + Crowd.NODES;
  }

  @Override
  public List<Quantity> quantities() {
    return Progress.QUANTITIES;
  }

  /** As every message is also forwarded, ours verifies every signature anyway. */
  @Override
  public boolean suits(Contender contender) {
    return contender != Contender.VERIFYING;
  }

  @Override
  public double[] measure(Client client, long nanos) throws Exception {
    Crowd crowd = client.crowd();
    Progress begin = crowd.settle();
    while (System.nanoTime() - begin.nanos() < nanos) {
      crowd.publish();
    }
    return crowd.settle().since(begin);
  }
}
