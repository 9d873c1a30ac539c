package io.minga.node.task;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.ProtobufReader;
import io.minga.libp2p.wire.WireException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/**
 * How often tasks of a batch were tried, as far as that is to outlive whoever has them run.
 *
 * <p>Of what two say of a task the larger numbers count: so all that hear the same know the same,
 * in whatever order and however often they hear it. Equal values have equal bytes.
 *
 * @param groups none has tasks of another; in the order of their first tasks
 */
public record Tries(List<Group> groups) {
  /** Nothing is known of any task. */
  public static final Tries NONE = new Tries(List.of());

  /** The bytes of one group, with what stands before them. */
  private static final int GROUP_BYTES_MAX = 64;

  /** How long it is at most. */
  public static final int BYTES_MAX = TaskRef.BATCH_TASKS_MAX * GROUP_BYTES_MAX;

  /** How many failures, and how many deaths, are counted at most. */
  public static final int COUNT_MAX = 255;

  private static final int GROUP = 1;
  private static final int RUNS = 1;
  private static final int BITMAP = 2;
  private static final int EPOCH = 3;
  private static final int FAILURES = 4;
  private static final int DEATHS = 5;
  private static final int DEAD_IN = 6;
  private static final int FAILED_IN = 7;

  /**
   * What is known of a task.
   *
   * @param epoch it may have been handed out in all up to this one, and is in none of them again
   * @param failures how many attempts have failed
   * @param deaths with how many of them its worker died
   * @param deadIn in which epoch one did last; 0 if none did, or it was another's batch
   * @param failedIn the same of the attempts that have failed
   */
  public record Count(int epoch, int failures, int deaths, int deadIn, int failedIn) {
    /** Nothing. */
    public static final Count NONE = new Count(0, 0, 0, 0, 0);

    /** Checks the ranges. */
    public Count {
      if (epoch < 0 || deadIn < 0 || failedIn < 0 || !isCount(failures) || !isCount(deaths)) {
        throw new IllegalArgumentException(
            "epochs are ≥ 0 and counts 0 to %d, not %d, %d and %d, and %d and %d"
                .formatted(COUNT_MAX, epoch, deadIn, failedIn, failures, deaths));
      }
    }

    private static boolean isCount(int number) {
      return number >= 0 && number <= COUNT_MAX;
    }

    /** The larger of each number. */
    public Count join(Count other) {
      return new Count(
          Math.max(epoch, other.epoch),
          Math.max(failures, other.failures),
          Math.max(deaths, other.deaths),
          Math.max(deadIn, other.deadIn),
          Math.max(failedIn, other.failedIn));
    }
  }

  /** Tasks of which the same is known, at least one, and that is something. */
  public record Group(IndexSet indexes, Count count) {
    /** Checks that it says something. */
    public Group {
      if (indexes.isEmpty() || count.equals(Count.NONE)) {
        throw new IllegalArgumentException("nothing is said of tasks " + indexes);
      }
    }
  }

  /** Copies the list. */
  public Tries {
    groups = List.copyOf(groups);
  }

  /** What is known of these tasks. */
  public static Tries of(IndexSet tasks, IntFunction<Count> counts) {
    Map<Count, IndexSet> byCount = new LinkedHashMap<>();
    tasks.forEach(
        index -> {
          Count count = counts.apply(index);
          if (!count.equals(Count.NONE)) {
            byCount.merge(count, IndexSet.of(index), IndexSet::or);
          }
        });
    List<Group> groups = new ArrayList<>(byCount.size());
    byCount.forEach((count, indexes) -> groups.add(new Group(indexes, count)));
    return groups.isEmpty() ? NONE : new Tries(groups);
  }

  /** The tasks of which something is known. */
  public IndexSet indexes() {
    IndexSet indexes = IndexSet.EMPTY;
    for (Group group : groups) {
      indexes = indexes.or(group.indexes);
    }
    return indexes;
  }

  /** What is known of a task. */
  public Count count(int index) {
    for (Group group : groups) {
      if (group.indexes.contains(index)) {
        return group.count;
      }
    }
    return Count.NONE;
  }

  /** Whether nothing is known of any task. */
  public boolean isEmpty() {
    return groups.isEmpty();
  }

  /** What both know. */
  public Tries join(Tries other) {
    return of(indexes().or(other.indexes()), index -> count(index).join(other.count(index)));
  }

  /** The bytes of it. */
  public Bytes encode() {
    FrameWriter out = new FrameWriter(GROUP_BYTES_MAX * groups.size());
    for (Group group : groups) {
      int begun = out.begin(GROUP);
      out.indexes(RUNS, BITMAP, group.indexes);
      number(out, EPOCH, group.count.epoch);
      number(out, FAILURES, group.count.failures);
      number(out, DEATHS, group.count.deaths);
      number(out, DEAD_IN, group.count.deadIn);
      number(out, FAILED_IN, group.count.failedIn);
      out.end(begun);
    }
    return out.toBytes();
  }

  private static void number(FrameWriter out, int field, int value) {
    if (value != 0) {
      out.number(field, value);
    }
  }

  /**
   * What these bytes say.
   *
   * @throws WireException if they are malformed, or speak of a task twice or of none
   */
  public static Tries decode(Bytes encoded) throws WireException {
    ProtobufReader in = ProtobufReader.of("Tries", encoded);
    List<Group> groups = new ArrayList<>();
    IndexSet known = IndexSet.EMPTY;
    while (in.next()) {
      if (in.field() == GROUP) {
        Fields.requireRoom(in, groups, TaskRef.BATCH_TASKS_MAX);
        Group group = group(in.message("Group", GROUP_BYTES_MAX));
        if (!known.and(group.indexes).isEmpty()) {
          throw in.violation("a task comes twice");
        }
        known = known.or(group.indexes);
        groups.add(group);
      }
    }
    if (groups.isEmpty()) {
      throw new WireException("Tries: field 1, a group, is missing");
    }
    return new Tries(groups);
  }

  private static Group group(ProtobufReader in) throws WireException {
    IndexSet indexes = IndexSet.EMPTY;
    int epoch = 0;
    int failures = 0;
    int deaths = 0;
    int deadIn = 0;
    int failedIn = 0;
    long seen = 0;
    while (in.next()) {
      seen = Fields.once(in, seen, FAILED_IN);
      switch (in.field()) {
        case RUNS, BITMAP -> indexes = Fields.indexes(in, RUNS, indexes);
        case EPOCH -> epoch = Fields.number(in, 1, Fields.EPOCH_MAX);
        case FAILURES -> failures = Fields.number(in, 1, COUNT_MAX);
        case DEATHS -> deaths = Fields.number(in, 1, COUNT_MAX);
        case DEAD_IN -> deadIn = Fields.number(in, 1, Fields.EPOCH_MAX);
        case FAILED_IN -> failedIn = Fields.number(in, 1, Fields.EPOCH_MAX);
        default -> {}
      }
    }
    Count count = new Count(epoch, failures, deaths, deadIn, failedIn);
    if (indexes.isEmpty() || count.equals(Count.NONE)) {
      throw new WireException("Group: tasks in field 1 or 2, and a number of theirs, are right");
    }
    return new Group(indexes, count);
  }
}
