package io.minga.node.task;

import java.util.ArrayList;
import java.util.List;

/**
 * Tasks of a job, as runs of numbers that follow each other. Immutable.
 *
 * @param runs ascending; between two is at least one number that is in neither
 */
public record TaskRuns(List<Run> runs) {
  /** How many runs a peer tells another of; it leaves out those behind. */
  public static final int MAX = 512;

  /** No task. */
  public static final TaskRuns NONE = new TaskRuns(List.of());

  /**
   * Numbers that follow each other.
   *
   * @param from the first, ≥ 0
   * @param to the first that isn't one of them, above {@code from}
   */
  public record Run(long from, long to) {
    /** Checks that it isn't empty. */
    public Run {
      if (from < 0 || to <= from) {
        throw new IllegalArgumentException("%d to %d are no run".formatted(from, to));
      }
    }
  }

  /** Checks the order. */
  public TaskRuns {
    runs = List.copyOf(runs);
    for (int i = 1; i < runs.size(); i++) {
      if (runs.get(i).from <= runs.get(i - 1).to) {
        throw new IllegalArgumentException("runs ascend, and don't touch, but not " + runs);
      }
    }
  }

  /** These runs, in any order, whether they touch or not. */
  public static TaskRuns of(List<Run> runs) {
    List<Run> sorted = new ArrayList<>(runs);
    sorted.sort((one, other) -> Long.compare(one.from, other.from));
    List<Run> joined = new ArrayList<>();
    for (Run run : sorted) {
      Run last = joined.isEmpty() ? null : joined.get(joined.size() - 1);
      if (last != null && run.from <= last.to) {
        joined.set(joined.size() - 1, new Run(last.from, Math.max(last.to, run.to)));
      } else {
        joined.add(run);
      }
    }
    return new TaskRuns(joined);
  }

  /** All tasks that are in this or the other. */
  public TaskRuns or(TaskRuns other) {
    List<Run> all = new ArrayList<>(runs);
    all.addAll(other.runs);
    return of(all);
  }

  /** The same, without those behind the first {@link #MAX} runs. */
  public TaskRuns cut() {
    return runs.size() <= MAX ? this : new TaskRuns(runs.subList(0, MAX));
  }

  /** How many tasks. */
  public long size() {
    return runs.stream().mapToLong(run -> run.to - run.from).sum();
  }

  /** The first number that is above all of them. */
  public long end() {
    return runs.isEmpty() ? 0 : runs.get(runs.size() - 1).to;
  }
}
