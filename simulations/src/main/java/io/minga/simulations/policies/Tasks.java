package io.minga.simulations.policies;

import io.minga.simulations.plan.Burst;
import io.minga.simulations.plan.Machine;
import io.minga.simulations.plan.Plan;
import java.util.Arrays;
import java.util.List;

/** All calls of a plan, by number: whose they are, and when they were over. */
final class Tasks {
  private final List<Burst> bursts;
  private final int[] burstOf;
  private final int[] firsts;
  private final long[] overNanos;
  private final int[] runs;
  private int measuredOpen;
  private int done;

  Tasks(Plan plan) {
    bursts = plan.bursts();
    burstOf = new int[plan.tasks()];
    overNanos = new long[plan.tasks()];
    runs = new int[plan.tasks()];
    firsts = new int[bursts.size()];
    Arrays.fill(overNanos, -1);
    int task = 0;
    for (int i = 0; i < bursts.size(); i++) {
      firsts[i] = task;
      Arrays.fill(burstOf, task, task + bursts.get(i).size(), i);
      task += bursts.get(i).size();
      measuredOpen += bursts.get(i).isMeasured() ? bursts.get(i).size() : 0;
    }
  }

  int size() {
    return burstOf.length;
  }

  int first(int burst) {
    return firsts[burst];
  }

  Burst burst(int task) {
    return bursts.get(burstOf[task]);
  }

  double lengthNanos(int task) {
    return burst(task).lengthNanos(task - firsts[burstOf[task]]);
  }

  boolean canRun(int task, Machine machine) {
    return machine.slots() > 0 && machine.tags().containsAll(burst(task).tags());
  }

  void ran(int task) {
    runs[task]++;
  }

  void over(long nowNanos, int task) {
    if (overNanos[task] < 0) {
      overNanos[task] = nowNanos;
      done++;
      measuredOpen -= burst(task).isMeasured() ? 1 : 0;
    }
  }

  boolean isOver(int task) {
    return overNanos[task] >= 0;
  }

  int measuredOpen() {
    return measuredOpen;
  }

  int done() {
    return done;
  }

  long duplicates() {
    return Arrays.stream(runs).filter(it -> it > 1).map(it -> it - 1).sum();
  }

  /** When each burst was over, or {@code otherwise}. */
  double[] endsNanos(long otherwise) {
    double[] ends = new double[bursts.size()];
    for (int task = 0; task < size(); task++) {
      double end = (double) (isOver(task) ? overNanos[task] : otherwise);
      ends[burstOf[task]] = Math.max(ends[burstOf[task]], end);
    }
    return ends;
  }
}
