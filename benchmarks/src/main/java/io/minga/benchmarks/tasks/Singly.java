package io.minga.benchmarks.tasks;

import io.minga.benchmarks.Quantity;
import io.minga.cli.bench.Flight;
import io.minga.cli.bench.NoOp;
import io.minga.cli.bench.Wire;
import java.util.List;

/** Calls one at a time, a thousand under way; what they cost on the wire, both ways together. */
final class Singly implements Figure {
  private static final int PER_LOOK = 64;

  @Override
  public String name() {
    return "singly";
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
    Flight flight = new Flight(argument -> grid.call(NoOp.ECHO, argument));
    double wireBytes = Wire.bytes();
    long startNanos = System.nanoTime();
    int calls = 0;
    do {
      for (int i = 0; i < PER_LOOK; i++) {
        flight.call(calls++);
      }
    } while (System.nanoTime() - startNanos < nanos);
    flight.settle();
    long elapsedNanos = System.nanoTime() - startNanos;
    return new double[] {calls * 1e9 / elapsedNanos, (Wire.bytes() - wireBytes) / calls};
  }
}
