package io.minga.simulations.plan;

import java.util.ArrayList;
import java.util.List;

/**
 * When a plan's work can be over at the earliest, whoever shares it: work over capacity.
 *
 * <p>From the coming of any burst on, those who have a burst's tags must do all the work that comes
 * from then on and requires them; and no call ends before the fastest could have run it alone, nor
 * a graph before its longest way.
 */
public final class LowerBound {
  private static final int STEPS = 100;

  /** From so many moments on, work and capacity are compared; each is a bound. */
  private static final int BEGINS_MAX = 100;

  private LowerBound() {}

  /** When the last burst is over at the earliest, in nanoseconds since the plan's begin. */
  public static double endNanos(Plan plan) {
    List<Burst> bursts = plan.bursts().stream().filter(Burst::isMeasured).toList();
    List<List<String>> tags = new ArrayList<>(List.of(List.of()));
    bursts.stream().map(Burst::tags).filter(it -> !tags.contains(it)).forEach(tags::add);
    double end = 0;
    for (List<String> its : tags) {
      List<Machine> able =
          plan.machines().stream().filter(it -> it.tags().containsAll(its)).toList();
      long[] begins = bursts.stream().mapToLong(Burst::atNanos).sorted().distinct().toArray();
      int step = Math.max(1, begins.length / BEGINS_MAX);
      for (int i = 0; i < begins.length; i += step) {
        long from = begins[i];
        double work =
            bursts.stream()
                .filter(it -> it.atNanos() >= from && it.tags().containsAll(its))
                .mapToDouble(Burst::workNanos)
                .sum();
        end = Math.max(end, work == 0 ? 0 : endNanos(able, (double) from, work));
      }
    }
    for (Burst burst : bursts) {
      end = Math.max(end, longestEndNanos(plan, burst));
    }
    return end;
  }

  private static double endNanos(List<Machine> machines, double from, double work) {
    double low = from;
    double high = (double) Machine.NEVER;
    for (int i = 0; i < STEPS; i++) {
      double middle = (low + high) / 2;
      double done =
          machines.stream().mapToDouble(it -> it.slots() * it.workNanos(from, middle)).sum();
      if (done < work) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return high;
  }

  private static double longestEndNanos(Plan plan, Burst burst) {
    double longest = burst.lengths().max();
    Graph graph = burst.graph();
    double way = graph == null ? longest : graph.longestNanos(burst.lengths());
    double earliest = Double.MAX_VALUE;
    for (Machine machine : plan.machines()) {
      if (machine.slots() > 0 && machine.tags().containsAll(burst.tags())) {
        double begin = (double) Math.max(burst.atNanos(), machine.joinsNanos());
        earliest = Math.min(earliest, machine.endNanos(begin, way));
      }
    }
    return burst.size() == 0 ? 0 : earliest;
  }
}
