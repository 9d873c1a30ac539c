package io.minga.benchmarks.tasks;

import io.minga.benchmarks.Quantity;
import io.minga.cli.bench.NoOp;
import io.minga.cli.bench.Wire;
import java.util.List;
import java.util.stream.Stream;

/** A million tasks that are known at once; what they cost on the wire, both ways together. */
final class WholeJob implements Figure {
  private static final int TASKS = 1_000_000;
  private static final int TASKS_TO_LOOK = 10_000;

  @Override
  public String name() {
    return "job";
  }

  @Override
  public List<Quantity> quantities() {
    return List.of(Quantity.rate("rate", "1/s"), Quantity.cost("wire", "B/task"));
  }

  @Override
  public boolean suits(Contender contender) {
    return contender != Contender.BARE;
  }

  @Override
  public double[] measure(Client client, long nanos) throws Exception {
    Grid grid = client.grid();
    int tasks = nanos < SERIOUS_NANOS ? TASKS_TO_LOOK : TASKS;
    double wireBytes = Wire.bytes();
    long startNanos = System.nanoTime();
    long sum;
    try (Stream<Integer> results = grid.job(NoOp.ECHO, tasks)) {
      sum = results.mapToLong(Integer::longValue).sum();
    }
    long elapsedNanos = System.nanoTime() - startNanos;
    if (sum != (long) tasks * (tasks - 1) / 2) {
      throw new IllegalStateException("results are missing, or came twice");
    }
    return new double[] {tasks * 1e9 / elapsedNanos, (Wire.bytes() - wireBytes) / tasks};
  }
}
