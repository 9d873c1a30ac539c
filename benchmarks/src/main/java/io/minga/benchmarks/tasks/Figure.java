package io.minga.benchmarks.tasks;

import io.minga.benchmarks.Quantity;
import java.util.List;

/** Something to measure of tasks. */
interface Figure {
  /** All figures, in the order in which they are measured. */
  List<Figure> ALL =
      List.of(new Start(), new Singly(), new WholeJob(), new SingleCall(), new Queued());

  /** Rounds shorter than this are a look whether everything runs. */
  long SERIOUS_NANOS = 1_000_000_000;

  /** The name by which clients are asked for it; one word. */
  String name();

  /** What it gives, the one that is to become steady first. */
  List<Quantity> quantities();

  /** Whether {@code contender} has a way to do it. */
  boolean suits(Contender contender);

  /** Measures for about {@code nanos}: one number for each quantity, NaN for none. */
  double[] measure(Client client, long nanos) throws Exception;

  /** The figure called {@code name}. */
  static Figure named(String name) {
    return ALL.stream().filter(figure -> figure.name().equals(name)).findFirst().orElseThrow();
  }
}
