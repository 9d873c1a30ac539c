package io.minga.simulations.policies;

import io.minga.simulations.plan.Machine;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;

/** A simple peer: its slots, what waits there, and what it has heard of others. */
final class Station {
  private static final double UNKNOWN_NANOS = 1e8;
  private static final double BLEND = 0.5;
  private static final double WEIGHT = 1.0 / 16;

  final int number;
  final Machine machine;
  final ArrayDeque<Integer> waiting = new ArrayDeque<>();
  final LinkedHashSet<Integer> running = new LinkedHashSet<>();

  /** What others said last, in nanoseconds until they are through; below 0 if nothing. */
  final double[] heard;

  final double[] heardMeans;
  double average = -1;
  boolean isUp;
  boolean asks;
  private double mean = UNKNOWN_NANOS;

  Station(int number, Machine machine, int peers) {
    this.number = number;
    this.machine = machine;
    this.heard = new double[peers];
    this.heardMeans = new double[peers];
    Arrays.fill(heard, -1);
    Arrays.fill(heardMeans, UNKNOWN_NANOS);
  }

  void ran(double nanos) {
    mean = mean == UNKNOWN_NANOS ? nanos : mean + WEIGHT * (nanos - mean);
  }

  /** Blends a finish time, its own or another's, into the average. */
  void blend(double finishNanos) {
    average = average < 0 ? finishNanos : average + BLEND * (finishNanos - average);
  }

  double meanNanos() {
    return mean;
  }

  /** From now until it is through, as far as it can know. */
  double finishNanos() {
    return machine.slots() == 0
        ? Double.MAX_VALUE
        : (waiting.size() + running.size()) * mean / machine.slots();
  }

  boolean hasFreeSlot() {
    return isUp && running.size() < machine.slots();
  }

  /** Takes so many of those that came last; none that {@code to} cannot run. */
  List<Integer> give(int most, Tasks tasks, Machine to) {
    List<Integer> given = new ArrayList<>();
    List<Integer> kept = new ArrayList<>();
    while (!waiting.isEmpty() && given.size() < most) {
      Integer last = waiting.removeLast();
      (tasks.canRun(last, to) ? given : kept).add(last);
    }
    for (int i = kept.size() - 1; i >= 0; i--) {
      waiting.addLast(kept.get(i));
    }
    return given;
  }
}
