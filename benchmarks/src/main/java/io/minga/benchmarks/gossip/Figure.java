package io.minga.benchmarks.gossip;

import io.minga.benchmarks.Quantity;
import java.util.List;

/** Something to measure of gossip. */
interface Figure {
  /** All figures, in the order in which they are measured. */
  List<Figure> ALL = List.of(new Throughput(), new Propagation(), new CrowdThroughput());

  /** The name by which clients are asked for it; one word. */
  String name();

  /** What it gives, the one that is to become steady first. */
  List<Quantity> quantities();

  /** Whether {@code contender} does it in a way of its own. */
  boolean suits(Contender contender);

  /** Measures for about {@code nanos}: one number for each quantity. */
  double[] measure(Client client, long nanos) throws Exception;

  /** The figure called {@code name}. */
  static Figure named(String name) {
    return ALL.stream().filter(figure -> figure.name().equals(name)).findFirst().orElseThrow();
  }
}
