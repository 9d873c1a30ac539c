package io.minga.simulations.scenarios;

import static io.minga.simulations.events.Simulation.MILLI;
import static io.minga.simulations.events.Simulation.SECOND;

import io.minga.simulations.network.LinkOptions;
import io.minga.simulations.plan.Burst;
import io.minga.simulations.plan.Graph;
import io.minga.simulations.plan.Lengths;
import io.minga.simulations.plan.Machine;
import io.minga.simulations.plan.Plan;
import java.util.List;

/**
 * A graph of 10,000 nodes, a hundred times over, 7.2 ms a node, on a local network: one caller
 * makes each call once those are over that it comes after.
 */
final class GraphOfCalls implements Scenario {
  private static final int NODES = 10_000;
  private static final int LAYERS = 20;
  private static final int EPOCHS = 100;
  private static final double NODE_NANOS = 7.2 * MILLI;

  /** Half a millisecond from peer to peer, a gigabit a second. */
  private static final LinkOptions LOCAL =
      new LinkOptions(MILLI / 2, MILLI / 2, MILLI / 10, 125_000_000, 0, 0, 0, 15 * SECOND);

  @Override
  public String name() {
    return "S10";
  }

  @Override
  public String what() {
    return "a graph of 10,000 nodes × 100 epochs, 7.2 ms a node, on a local network";
  }

  @Override
  public double bound() {
    return 1.05;
  }

  @Override
  public Plan plan(int peers, long seed) {
    Draw draw = new Draw(name(), seed);
    List<Machine> machines = Draw.equal(peers);
    Graph graph = Graph.epochs(draw.random, NODES, LAYERS, EPOCHS);
    Lengths lengths = Lengths.fixed(graph.size(), NODE_NANOS);
    Lengths few = Lengths.fixed(4 * Draw.slots(machines), NODE_NANOS);
    Burst warmUp = Burst.job(Plan.BEGIN_NANOS, 0, few).asWarmUp();
    Burst burst = Burst.job(Draw.afterWarmUp(machines), 0, lengths).after(graph);
    return Plan.of(name(), seed, machines, List.of(warmUp, burst)).with(LOCAL);
  }
}
