package io.minga.benchmarks.gossip;

import io.minga.benchmarks.Quantity;
import java.util.List;

/**
 * How far a stream of messages was at one moment.
 *
 * @param delivered how many had been delivered
 * @param cost what all processes that take part had used
 */
record Progress(long nanos, long delivered, Cost cost) {
  /** What {@link #since} gives. */
  static final List<Quantity> QUANTITIES =
      List.of(
          Quantity.rate("rate", "1/s"),
          Quantity.cost("CPU time", "µs/delivery"),
          Quantity.cost("allocation", "B/delivery"));

  double[] since(Progress earlier) {
    double count = delivered - earlier.delivered;
    Cost used = cost.minus(earlier.cost);
    return new double[] {
      count * 1e9 / (nanos - earlier.nanos),
      used.cpuNanos() / 1e3 / count,
      used.allocatedBytes() / count
    };
  }
}
