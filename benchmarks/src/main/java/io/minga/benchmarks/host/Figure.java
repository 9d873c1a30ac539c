package io.minga.benchmarks.host;

import io.minga.benchmarks.Quantity;
import java.util.List;
import java.util.Optional;

/** Something to measure of a peer. */
interface Figure {
  /** All figures, in the order in which they are measured. */
  List<Figure> ALL =
      List.of(
          new IdleHosts(10),
          new IdleHosts(100),
          new Connects(),
          new Opens(1),
          new Opens(100),
          new RoundTrips(1),
          new RoundTrips(RoundTrips.PIPELINED),
          new Bulk());

  /** The name by which clients are asked for it; one word. */
  String name();

  /** What it gives, the one that is to become steady first. */
  List<Quantity> quantities();

  /** Whether {@code contender} can do it, and does it in a way of its own. */
  boolean suits(Contender contender);

  /** Measures for about {@code nanos}: one number for each quantity. */
  double[] measure(Peer peer, long nanos) throws Exception;

  /** The figure called {@code name}. */
  static Optional<Figure> named(String name) {
    return ALL.stream().filter(figure -> figure.name().equals(name)).findFirst();
  }
}
