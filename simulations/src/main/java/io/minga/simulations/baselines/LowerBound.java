package io.minga.simulations.baselines;

import io.minga.simulations.plan.Burst;
import io.minga.simulations.plan.Machine;
import io.minga.simulations.plan.Plan;
import java.util.ArrayList;
import java.util.List;

/**
 * When a plan's work can be over at the earliest, whoever shares it: work over capacity.
 *
 * <p>From the coming of any burst on, those who have a burst's tags must do all the work that comes
 * from then on and requires them; and no call ends before the fastest could have run it alone.
 */
public final class LowerBound {
  private static final int STEPS = 100;

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
      for (long from : bursts.stream().mapToLong(Burst::atNanos).distinct().toArray()) {
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
    double longest = 0;
    for (int i = 0; i < burst.size(); i++) {
      longest = Math.max(longest, burst.lengthNanos(i));
    }
    double earliest = Double.MAX_VALUE;
    for (Machine machine : plan.machines()) {
      if (machine.slots() > 0 && machine.tags().containsAll(burst.tags())) {
        double begin = (double) Math.max(burst.atNanos(), machine.joinsNanos());
        earliest = Math.min(earliest, machine.endNanos(begin, longest));
      }
    }
    return burst.size() == 0 ? 0 : earliest;
  }
}
