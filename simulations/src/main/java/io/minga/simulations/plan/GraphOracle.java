package io.minga.simulations.plan;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.IntToDoubleFunction;

/**
 * When a graph of calls would be over if its caller knew at once which slot is free when: each call
 * is sent so early that it is there when its slot is free, the one with the longest way to the end
 * before others, to a slot that is near before others; and takes its way there, and its outcome the
 * way back.
 */
final class GraphOracle {
  private final Burst burst;
  private final Graph graph;

  /** How long the longest way is from a call's begin to the graph's end, ways aside. */
  private final double[] leftNanos;

  /** For how many others each call waits. */
  private final int[] waits;

  private final PriorityQueue<Moment> moments =
      new PriorityQueue<>(Comparator.comparingDouble(Moment::atNanos));
  private final PriorityQueue<Integer> ready;
  private final PriorityQueue<Slot> idle;

  /** A slot, how far from the caller, and when it is free. */
  private static final class Slot {
    final Machine machine;
    final double wayNanos;
    double freeNanos;

    Slot(Machine machine, double wayNanos, double freeNanos) {
      this.machine = machine;
      this.wayNanos = wayNanos;
      this.freeNanos = freeNanos;
    }
  }

  /** From then on a slot can be sent something; or the outcome of a call is there. */
  private record Moment(double atNanos, List<Slot> slots, int call) {}

  private GraphOracle(Burst burst, Graph graph) {
    this.burst = burst;
    this.graph = graph;
    this.leftNanos = new double[graph.size()];
    this.waits = new int[graph.size()];
    for (int call = graph.size() - 1; call >= 0; call--) {
      int its = call;
      waits[call] = graph.parents(call);
      graph.children(call, child -> leftNanos[its] = Math.max(leftNanos[its], leftNanos[child]));
      leftNanos[call] += burst.lengthNanos(call);
    }
    this.ready =
        new PriorityQueue<>(
            Comparator.comparingDouble((Integer call) -> -leftNanos[call])
                .thenComparing(Comparator.naturalOrder()));
    this.idle =
        new PriorityQueue<>(
            Comparator.comparingDouble((Slot slot) -> slot.wayNanos)
                .thenComparingDouble(slot -> -slot.machine.speed()));
  }

  /**
   * When the last outcome is there; {@link Double#MAX_VALUE} if nobody could run them all.
   *
   * @param wayNanos how long it is from the caller to a machine, by number
   */
  static double endNanos(Plan plan, Burst burst, Graph graph, IntToDoubleFunction wayNanos) {
    GraphOracle oracle = new GraphOracle(burst, graph);
    for (int number = 0; number < plan.machines().size(); number++) {
      oracle.add(plan.machines().get(number), wayNanos.applyAsDouble(number));
    }
    return oracle.run();
  }

  private void add(Machine machine, double wayNanos) {
    if (!machine.tags().containsAll(burst.tags())) {
      return;
    }
    double free = (double) Math.max(burst.atNanos(), machine.joinsNanos());
    List<Slot> slots = new ArrayList<>(machine.slots());
    for (int slot = 0; slot < machine.slots(); slot++) {
      slots.add(new Slot(machine, wayNanos, free));
    }
    moments.add(new Moment(free, slots, -1));
  }

  private double run() {
    for (int call = 0; call < waits.length; call++) {
      if (waits[call] == 0) {
        ready.add(call);
      }
    }
    double last = (double) burst.atNanos();
    int over = 0;
    while (over < waits.length && !moments.isEmpty()) {
      double now = moments.element().atNanos;
      while (!moments.isEmpty() && moments.element().atNanos == now) {
        Moment moment = moments.remove();
        idle.addAll(moment.slots);
        if (moment.call >= 0) {
          over(moment.call);
          over++;
          last = now;
        }
      }
      send(now);
    }
    return over < waits.length ? Double.MAX_VALUE : last;
  }

  private void over(int call) {
    graph.children(
        call,
        child -> {
          if (--waits[child] == 0) {
            ready.add(child);
          }
        });
  }

  private void send(double now) {
    ArrayDeque<Slot> gone = new ArrayDeque<>();
    while (!ready.isEmpty() && !idle.isEmpty()) {
      Slot slot = idle.remove();
      double begin = Math.max(slot.freeNanos, now + slot.wayNanos);
      double end = slot.machine.endNanos(begin, burst.lengthNanos(ready.element()));
      if (end > slot.machine.leavesNanos()) {
        gone.add(slot); // it may yet have time for a shorter one
        continue;
      }
      int call = ready.remove();
      slot.freeNanos = end;
      moments.add(new Moment(end + slot.wayNanos, List.of(), call));
      moments.add(new Moment(Math.max(now, end - slot.wayNanos), List.of(slot), -1));
    }
    idle.addAll(gone);
  }
}
