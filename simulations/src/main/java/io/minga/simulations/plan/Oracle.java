package io.minga.simulations.plan;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * When a central queue without delays would be done: it knows who is there and how fast, but no run
 * time before a task has ended.
 *
 * <p>Each free slot takes the next task that it may run, unless a mean one would end there long
 * after all others; how long is what is best in hindsight. It begins nothing where it could not
 * end.
 */
public final class Oracle {
  private static final double PATIENCE_MOST = 4;
  private static final double PATIENCE_STEP = 0.5;

  private final Plan plan;
  private final List<Burst> bursts;
  private final double patience;
  private final PriorityQueue<Moment> moments = new PriorityQueue<>();
  private final List<ArrayDeque<Work>> lines = new ArrayList<>();
  private final List<List<String>> lineTags = new ArrayList<>();
  private final List<Integer> linePeers = new ArrayList<>();

  /** How much of each line has been begun: callers share fairly. */
  private double[] begun = new double[8];

  private final List<Machine> idle = new ArrayList<>();
  private final double[] ends;
  private double rate;
  private double fastest;
  private double waitingNanos;
  private double waitingTasks;
  private long order;

  /** A call that waits, of the burst of that place. */
  private record Work(int burst, double lengthNanos) {}

  /** A slot that is free from then on, or a burst that comes then. */
  private record Moment(double atNanos, double rank, long order, Machine machine, int burst)
      implements Comparable<Moment> {
    @Override
    public int compareTo(Moment other) {
      int byTime = Double.compare(atNanos, other.atNanos);
      int byRank = byTime != 0 ? byTime : Double.compare(rank, other.rank);
      return byRank != 0 ? byRank : Long.compare(order, other.order);
    }
  }

  private static final Machine NOBODY = Machine.of(0, 1);

  private Oracle(Plan plan, double patience) {
    this.plan = plan;
    this.bursts = plan.bursts();
    this.patience = patience;
    this.ends = new double[bursts.size()];
  }

  /**
   * When each of the plan's bursts is over; those that warm up are left out, and over at 0. Of a
   * graph, which must be the last burst and the only one that is measured, it is the lower bound.
   */
  public static double[] endsNanos(Plan plan) {
    if (plan.bursts().stream().anyMatch(it -> it.graph() != null)) {
      double[] ends = new double[plan.bursts().size()];
      ends[ends.length - 1] = LowerBound.endNanos(plan);
      return ends;
    }
    double[] best = new double[0];
    for (double patience = 0; patience <= PATIENCE_MOST; patience += PATIENCE_STEP) {
      double[] ends = new Oracle(plan, patience).run();
      if (best.length == 0 || sum(ends) < sum(best)) {
        best = ends;
      }
    }
    return best;
  }

  private static double sum(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum;
  }

  private double[] run() {
    for (int i = 0; i < bursts.size(); i++) {
      if (bursts.get(i).isMeasured() && bursts.get(i).size() > 0) {
        moments.add(new Moment((double) bursts.get(i).atNanos(), 0, order++, NOBODY, i));
      }
    }
    double start = (double) plan.startNanos();
    for (Machine machine : plan.machines()) {
      rate += machine.slots() * machine.speed();
      fastest = Math.max(fastest, machine.slots() > 0 ? machine.speed() : 0);
      for (int slot = 0; slot < machine.slots(); slot++) {
        free(Math.max(start, (double) machine.joinsNanos()), machine);
      }
    }
    for (Moment next = moments.poll(); next != null; next = moments.poll()) {
      if (next.burst >= 0) {
        comes(next.atNanos, next.burst);
      } else if (!take(next.atNanos, next.machine)) {
        idle.add(next.machine);
      }
    }
    if (waitingTasks > 0) {
      Arrays.fill(ends, Double.MAX_VALUE); // too patient
    }
    return ends;
  }

  private void free(double atNanos, Machine machine) {
    if (atNanos < machine.leavesNanos()) {
      moments.add(new Moment(atNanos, 1 + 1 / machine.speed(), order++, machine, -1));
    }
  }

  private void comes(double nowNanos, int number) {
    Burst burst = bursts.get(number);
    int line = line(burst);
    for (int i = 0; i < burst.size(); i++) {
      lines.get(line).add(new Work(number, burst.lengthNanos(i)));
      waitingNanos += burst.lengthNanos(i);
      waitingTasks++;
    }
    idle.sort(Comparator.comparingDouble(machine -> -machine.speed()));
    List<Machine> free = List.copyOf(idle);
    idle.clear();
    free.forEach(machine -> free(nowNanos, machine));
  }

  private int line(Burst burst) {
    double least = Double.MAX_VALUE;
    for (int line = 0; line < lines.size(); line++) {
      if (linePeers.get(line) == burst.peer() && lineTags.get(line).equals(burst.tags())) {
        return line;
      }
      least = lines.get(line).isEmpty() ? least : Math.min(least, begun[line]);
    }
    lines.add(new ArrayDeque<>());
    lineTags.add(burst.tags());
    linePeers.add(burst.peer());
    begun = Arrays.copyOf(begun, Math.max(begun.length, 2 * lines.size()));
    begun[lines.size() - 1] = least == Double.MAX_VALUE ? 0 : least;
    return lines.size() - 1;
  }

  /** Gives a free slot something to do; false if there is nothing for it. */
  private boolean take(double nowNanos, Machine machine) {
    int line = line(machine);
    if (line < 0 || nowNanos >= machine.leavesNanos()) {
      return false;
    }
    double mean = waitingNanos / waitingTasks;
    double here = machine.endNanos(nowNanos, mean) - nowNanos;
    double all = waitingNanos / rate;
    if (patience > 0 && patience * here > all + patience * mean / fastest) {
      return false;
    }
    Work work = lines.get(line).element();
    double end = machine.endNanos(nowNanos, work.lengthNanos);
    if (end > machine.leavesNanos()) {
      return false;
    }
    lines.get(line).remove();
    begun[line] += work.lengthNanos;
    waitingNanos -= work.lengthNanos;
    waitingTasks--;
    ends[work.burst] = Math.max(ends[work.burst], end);
    free(end, machine);
    return true;
  }

  private boolean isBefore(int line, int other) {
    int tags = lineTags.get(line).size() - lineTags.get(other).size();
    return tags != 0 ? tags > 0 : begun[line] < begun[other];
  }

  /** The first line of which it may run something; those that few may run come first. */
  private int line(Machine machine) {
    int best = -1;
    for (int i = 0; i < lines.size(); i++) {
      boolean may = !lines.get(i).isEmpty() && machine.tags().containsAll(lineTags.get(i));
      if (may && (best < 0 || isBefore(i, best))) {
        best = i;
      }
    }
    return best;
  }
}
