package io.minga.simulations.baselines;

import io.minga.simulations.plan.Burst;
import io.minga.simulations.plan.Graph;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** All calls of a plan's measured bursts, by number, in the order of the bursts. */
final class Calls {
  private final List<Burst> bursts;
  private final int[] firsts;
  private final int[] kinds;
  private final double[] means;
  private final List<List<String>> tags = new ArrayList<>();

  /** For how many others each call waits; empty if none does. */
  private final int[] waits;

  private final boolean[] isOver;
  private final double[] ends;
  private int open;

  Calls(List<Burst> all) {
    bursts = all;
    firsts = new int[all.size()];
    kinds = new int[all.size()];
    means = new double[all.size()];
    ends = new double[all.size()];
    List<String> names = new ArrayList<>();
    Map<String, double[]> sums = new LinkedHashMap<>();
    int count = 0;
    for (int i = 0; i < firsts.length; i++) {
      Burst burst = all.get(i);
      firsts[i] = count;
      count += burst.isMeasured() ? burst.size() : 0;
      double[] sum = sums.computeIfAbsent(burst.function(), it -> new double[2]);
      sum[0] += burst.workNanos();
      sum[1] += burst.size();
      String name = burst.function() + " " + burst.tags();
      if (!names.contains(name)) {
        names.add(name);
        tags.add(burst.tags());
      }
      kinds[i] = names.indexOf(name);
    }
    for (int i = 0; i < means.length; i++) {
      double[] sum = sums.getOrDefault(all.get(i).function(), new double[2]);
      means[i] = sum[0] / Math.max(1, sum[1]);
    }
    isOver = new boolean[count];
    open = count;
    waits = new int[all.stream().anyMatch(it -> it.graph() != null) ? count : 0];
    for (int i = 0; i < firsts.length && waits.length > 0; i++) {
      Graph graph = all.get(i).graph();
      for (int call = 0; graph != null && call < graph.size(); call++) {
        waits[firsts[i] + call] = graph.parents(call);
      }
    }
  }

  /** How many different functions with different tags there are. */
  int kinds() {
    return tags.size();
  }

  List<String> tags(int kind) {
    return tags.get(kind);
  }

  int count() {
    return isOver.length;
  }

  int open() {
    return open;
  }

  /** The calls of a burst that can be made at once. */
  Line of(int burst) {
    Line line = new Line();
    int size = bursts.get(burst).isMeasured() ? bursts.get(burst).size() : 0;
    for (int i = 0; i < size; i++) {
      if (waits.length == 0 || waits[firsts[burst] + i] == 0) {
        line.add(firsts[burst] + i);
      }
    }
    return line;
  }

  private int burst(int call) {
    int found = Arrays.binarySearch(firsts, call);
    int at = found >= 0 ? found : -found - 2;
    while (at + 1 < firsts.length && firsts[at + 1] == firsts[at]) {
      at++; // one without calls that count
    }
    return at;
  }

  int submitter(int call) {
    return bursts.get(burst(call)).peer();
  }

  int kind(int call) {
    return kinds[burst(call)];
  }

  double meanNanos(int call) {
    return means[burst(call)];
  }

  double lengthNanos(int call) {
    int burst = burst(call);
    return bursts.get(burst).lengthNanos(call - firsts[burst]);
  }

  boolean isOver(int call) {
    return isOver[call];
  }

  /** Its submitter knows the outcome; what can be called now goes into {@code ready}. */
  void over(double nowNanos, int call, Line ready) {
    if (!isOver[call]) {
      isOver[call] = true;
      open--;
      int burst = burst(call);
      ends[burst] = Math.max(ends[burst], nowNanos);
      Graph graph = bursts.get(burst).graph();
      if (graph != null) {
        graph.children(
            call - firsts[burst],
            child -> {
              if (--waits[firsts[burst] + child] == 0) {
                ready.add(firsts[burst] + child);
              }
            });
      }
    }
  }

  /** Nobody waits for it any more, since its submitter is gone. */
  void abandon(int call) {
    if (!isOver[call]) {
      isOver[call] = true;
      open--;
    }
  }

  /** When the last call of each burst was over, of those that are over. */
  double[] endsNanos() {
    return ends.clone();
  }
}
