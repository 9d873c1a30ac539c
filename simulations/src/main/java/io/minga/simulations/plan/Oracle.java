package io.minga.simulations.plan;

import io.minga.simulations.events.Simulation;
import io.minga.simulations.network.Network;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * When a central queue without delays would be done: it knows who is there and how fast, but no run
 * time before a task has ended.
 *
 * <p>Each free slot takes the next task that it may run, unless a mean one would end there long
 * after all others; how long is what is best in hindsight. It begins nothing where it could not
 * end.
 *
 * <p>One <em>with delays</em> still knows everything at once, but tasks take their way to whoever
 * runs them and outcomes theirs back. Whoever has to hear that a slot is free before he can decide
 * has it no better.
 */
public final class Oracle {
  private static final double PATIENCE_MOST = 4;
  private static final double PATIENCE_STEP = 0.5;

  /** No line has anything for a slot; or what it has is on its way. */
  private static final int NONE = -1;

  private static final int ON_ITS_WAY = -2;

  private final Plan plan;
  private final List<Burst> bursts;
  private final double patience;
  private final Ways ways;
  private final PriorityQueue<Moment> moments = new PriorityQueue<>();
  private final List<ArrayDeque<Work>> lines = new ArrayList<>();
  private final List<List<String>> lineTags = new ArrayList<>();
  private final List<Integer> linePeers = new ArrayList<>();

  /** How much of each line has been begun: callers share fairly. */
  private double[] begun = new double[8];

  private final List<Place> idle = new ArrayList<>();
  private final double[] ends;
  private double rate;
  private double fastest;
  private double waitingNanos;
  private double waitingTasks;
  private long order;

  /** A call that waits, of the burst of that place. */
  private record Work(int burst, double lengthNanos) {}

  /** A slot that is free from then on, or a burst that comes then. */
  private record Moment(double atNanos, double rank, long order, Place place, int burst)
      implements Comparable<Moment> {
    @Override
    public int compareTo(Moment other) {
      int byTime = Double.compare(atNanos, other.atNanos);
      int byRank = byTime != 0 ? byTime : Double.compare(rank, other.rank);
      return byRank != 0 ? byRank : Long.compare(order, other.order);
    }
  }

  /** A machine, and its number. */
  private record Place(Machine machine, int number) {}

  /** How long it is from one peer to another. */
  @FunctionalInterface
  private interface Ways {
    double nanos(int from, int to);
  }

  private static final Place NOBODY = new Place(Machine.of(0, 1), -1);

  private Oracle(Plan plan, double patience, Ways ways) {
    this.plan = plan;
    this.bursts = plan.bursts();
    this.patience = patience;
    this.ways = ways;
    this.ends = new double[bursts.size()];
  }

  /**
   * When each of the plan's bursts is over; those that warm up are left out, and over at 0. Of a
   * graph, which must be the last burst and the only one that is measured, it is the lower bound.
   */
  public static double[] endsNanos(Plan plan) {
    return graph(plan) == null
        ? endsNanos(plan, (from, to) -> 0)
        : lastEnds(plan, LowerBound.endNanos(plan));
  }

  /** The same with the delays of the plan's links, as long as nothing is lost or splits them. */
  public static double[] endsWithDelaysNanos(Plan plan) {
    Network<Void> network = new Network<>(new Simulation(plan.seed()), plan.link());
    double jitterNanos = (double) plan.link().jitterNanos() / 2;
    Ways ways = (from, to) -> from == to ? 0 : network.latencyNanos(from, to) + jitterNanos;
    Graph graph = graph(plan);
    if (graph == null) {
      return endsNanos(plan, ways);
    }
    Burst burst = last(plan);
    return lastEnds(
        plan, GraphOracle.endNanos(plan, burst, graph, to -> ways.nanos(burst.peer(), to)));
  }

  private static Burst last(Plan plan) {
    return plan.bursts().get(plan.bursts().size() - 1);
  }

  private static @Nullable Graph graph(Plan plan) {
    return plan.bursts().isEmpty() ? null : last(plan).graph();
  }

  private static double[] lastEnds(Plan plan, double endNanos) {
    double[] ends = new double[plan.bursts().size()];
    ends[ends.length - 1] = endNanos;
    return ends;
  }

  private static double[] endsNanos(Plan plan, Ways ways) {
    double[] best = new double[0];
    double most = isOneSpeed(plan.machines()) ? 0 : PATIENCE_MOST;
    for (double patience = 0; patience <= most; patience += PATIENCE_STEP) {
      double[] ends = new Oracle(plan, patience, ways).run();
      if (best.length == 0 || sum(ends) < sum(best)) {
        best = ends;
      }
    }
    return best;
  }

  /** Whether a task takes as long everywhere, so that nobody had better wait for another slot. */
  private static boolean isOneSpeed(List<Machine> machines) {
    return machines.stream()
        .allMatch(it -> it.speed() == machines.get(0).speed() && it.slowsNanos() == Machine.NEVER);
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
    int number = 0;
    for (Machine machine : plan.machines()) {
      Place place = new Place(machine, number++);
      rate += machine.slots() * machine.speed();
      fastest = Math.max(fastest, machine.slots() > 0 ? machine.speed() : 0);
      for (int slot = 0; slot < machine.slots(); slot++) {
        free(Math.max(start, (double) machine.joinsNanos()), place);
      }
    }
    for (Moment next = moments.poll(); next != null; next = moments.poll()) {
      if (next.burst >= 0) {
        comes(next.atNanos, next.burst);
      } else {
        take(next.atNanos, next.place);
      }
    }
    if (waitingTasks > 0) {
      Arrays.fill(ends, Double.MAX_VALUE); // too patient
    }
    return ends;
  }

  private void free(double atNanos, Place place) {
    if (atNanos < place.machine.leavesNanos()) {
      moments.add(new Moment(atNanos, 1 + 1 / place.machine.speed(), order++, place, -1));
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
    idle.sort(Comparator.comparingDouble(place -> -place.machine.speed()));
    List<Place> free = List.copyOf(idle);
    idle.clear();
    free.forEach(place -> free(nowNanos + ways.nanos(burst.peer(), place.number), place));
  }

  /** When the first task of a line is where that machine is. */
  private double comesNanos(int line, Place place) {
    Burst burst = bursts.get(lines.get(line).element().burst);
    return (double) burst.atNanos() + ways.nanos(burst.peer(), place.number);
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

  /** Gives a free slot something to do; it is idle if there is nothing for it. */
  private void take(double nowNanos, Place place) {
    int line = line(nowNanos, place);
    if (line == NONE || (line >= 0 && !begin(nowNanos, place, line))) {
      idle.add(place);
    }
  }

  private boolean begin(double nowNanos, Place place, int line) {
    Machine machine = place.machine;
    if (nowNanos >= machine.leavesNanos()) {
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
    double back = ways.nanos(bursts.get(work.burst).peer(), place.number);
    ends[work.burst] = Math.max(ends[work.burst], end + back);
    free(end, place);
    return true;
  }

  private boolean isBefore(int line, int other) {
    int tags = lineTags.get(line).size() - lineTags.get(other).size();
    return tags != 0 ? tags > 0 : begun[line] < begun[other];
  }

  /**
   * The first line of which it may run something; those that few may run come first. A slot that
   * something is on its way to is free again when it comes.
   */
  private int line(double nowNanos, Place place) {
    int best = NONE;
    double comes = Double.MAX_VALUE;
    for (int i = 0; i < lines.size(); i++) {
      boolean may = !lines.get(i).isEmpty() && place.machine.tags().containsAll(lineTags.get(i));
      if (may && (best < 0 || isBefore(i, best))) {
        double itComes = comesNanos(i, place);
        comes = Math.min(comes, itComes);
        best = itComes <= nowNanos ? i : best;
      }
    }
    if (best >= 0 || comes == Double.MAX_VALUE) {
      return best;
    }
    free(comes, place);
    return ON_ITS_WAY;
  }
}
