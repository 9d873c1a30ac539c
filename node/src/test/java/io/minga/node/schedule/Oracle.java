package io.minga.node.schedule;

import io.minga.node.schedule.VirtualNetwork.Machine;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.PriorityQueue;

/** What somebody could do who knows everything beforehand, and needs no time to say it. */
final class Oracle {
  private static final double SECOND = Peers.SECOND;

  private Oracle() {}

  /**
   * In seconds, when the last task ends if each, in the order of their coming, goes to the slot that
   * ends it first.
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
