package io.minga.node.schedule;

import io.minga.node.schedule.VirtualNetwork.Machine;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** What somebody could do who knows everything beforehand, and needs no time to say it. */
final class Oracle {
  private static final double SECOND = Peers.SECOND;

  private Oracle() {}

  /**
   * In seconds, when the last task ends if each, in the order of their coming, goes to the slot
   * that ends it first.
   *
   * @param lengths how long each task runs at speed 1, in nanoseconds
   */
  static double listSeconds(List<Machine> machines, double[] lengths) {
    List<PriorityQueue<Double>> free = new ArrayList<>();
    for (Machine machine : machines) {
      PriorityQueue<Double> slots = new PriorityQueue<>();
      for (int i = 0; i < machine.slots(); i++) {
        slots.add(machine.joinsSeconds() * SECOND);
      }
      free.add(slots);
    }
    double last = 0;
    for (double length : lengths) {
      int best = 0;
      double bestEnd = Double.MAX_VALUE;
      for (int i = 0; i < free.size(); i++) {
        double end = machines.get(i).endNanos(free.get(i).element(), length);
        if (end < bestEnd) {
          bestEnd = end;
          best = i;
        }
      }
      free.get(best).remove();
      free.get(best).add(bestEnd);
      last = Math.max(last, bestEnd);
    }
    return last / SECOND;
  }

  /** The same, but the longest tasks go first: next to nothing is lost at the end. */
  static double longestFirstSeconds(List<Machine> machines, double[] lengths) {
    double[] sorted = lengths.clone();
    Arrays.sort(sorted);
    for (int i = 0; i < sorted.length / 2; i++) {
      double swapped = sorted[i];
      sorted[i] = sorted[sorted.length - 1 - i];
      sorted[sorted.length - 1 - i] = swapped;
    }
    return listSeconds(machines, sorted);
  }

  /**
   * In seconds, when a central queue without delays is done that knows the speeds, but no task's
   * run time before it has ended: each free slot takes the next task, unless a mean one would end
   * there long after all others; how long is what is best in hindsight.
   */
  static double centralSeconds(List<Machine> machines, double[] lengths) {
    double best = Double.MAX_VALUE;
    for (double patience = 0; patience <= 4; patience += 0.5) {
      best = Math.min(best, centralSeconds(machines, lengths, patience));
    }
    return best;
  }

  private static double centralSeconds(List<Machine> machines, double[] lengths, double patience) {
    record Slot(double free, Machine machine) {}
    PriorityQueue<Slot> slots =
        new PriorityQueue<>(
            Comparator.comparingDouble(Slot::free)
                .thenComparingDouble(slot -> -slot.machine.speed()));
    double rate = 0;
    double fastest = 0;
    for (Machine machine : machines) {
      rate += machine.slots() * machine.speed();
      fastest = Math.max(fastest, machine.speed());
      slots.addAll(
          Collections.nCopies(machine.slots(), new Slot(machine.joinsSeconds() * SECOND, machine)));
    }
    double last = 0;
    for (int next = 0; next < lengths.length; ) {
      Slot slot = slots.remove();
      double left = (lengths.length - next) * SECOND / rate;
      double speed = slot.machine.endNanos(slot.free, SECOND) - slot.free;
      if (!slots.isEmpty() && patience * speed > left + patience * SECOND / fastest) {
        continue;
      }
      double end = slot.machine.endNanos(slot.free, lengths[next++]);
      last = Math.max(last, end);
      slots.add(new Slot(end, slot.machine));
    }
    return last / SECOND;
  }

  /** In seconds, when all is done if no slot ever idles: nobody can be earlier. */
  static double boundSeconds(List<Machine> machines, double[] lengths) {
    double work = Arrays.stream(lengths).sum() / SECOND;
    double low = 0;
    double high = 1e9;
    for (int i = 0; i < 100; i++) {
      double middle = (low + high) / 2;
      double done = 0;
      for (Machine machine : machines) {
        done += machine.slots() * machine.workSeconds(middle);
      }
      if (done < work) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return high;
  }
}
