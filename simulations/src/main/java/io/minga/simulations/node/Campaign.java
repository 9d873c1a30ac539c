package io.minga.simulations.node;

import io.minga.simulations.events.Trace;
import io.minga.simulations.network.Fault;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Many trials, and what to say of one that fails. One in a hundred is run twice. */
public final class Campaign {
  private static final int STORY_LINES = 60;
  private static final int STACK_LINES = 8;

  /** Those whose seeds are multiples of this are run twice. */
  private static final int TWICE = 100;

  /** With fewer trials, a kind of fault may well not have struck. */
  private static final int TRIALS_MIN = 200;

  /** Nobody forges gossip here. */
  private static final Set<Fault> NOT_HERE = EnumSet.of(Fault.FORGERY);

  /** Gossip says nothing of exclusive tasks that counts, and is left in order there. */
  private static final Set<Fault> NOT_WITH_LEASES = EnumSet.of(Fault.DUPLICATION, Fault.REORDERING);

  private final EnumMap<NodeFault, Long> struck = new EnumMap<>(NodeFault.class);
  private final EnumMap<Fault, Long> links = new EnumMap<>(Fault.class);
  private final EnumSet<NodeFault> allowed = EnumSet.noneOf(NodeFault.class);
  private long trials;

  /** How many of them had calls that are not exclusive. */
  private long plainTrials;

  private long tasks;
  private long moved;
  private long twice;
  private long hash;

  /** How many trials there were. */
  public long trials() {
    return trials;
  }

  /** How many calls were made in all of them. */
  public long tasks() {
    return tasks;
  }

  /** How many tasks peers took over from others. */
  public long moved() {
    return moved;
  }

  /** How many trials were run twice, and gave the same trace. */
  public long twice() {
    return twice;
  }

  /** The hash of all that happened, the same in whatever order trials are run. */
  public long hash() {
    return hash;
  }

  /** How often each kind of fault has struck, by name. */
  public Map<String, Long> struck() {
    TreeMap<String, Long> all = new TreeMap<>();
    struck.forEach((fault, count) -> all.put(word(fault), count));
    links.forEach((fault, count) -> all.merge(word(fault), count, Math::max));
    return all;
  }

  /** The kinds of fault that never struck, although they might, if there were enough trials. */
  public List<String> unseen() {
    List<String> unseen = new ArrayList<>();
    if (trials < TRIALS_MIN) {
      return unseen;
    }
    for (NodeFault fault : allowed) {
      if (!struck.containsKey(fault)) {
        unseen.add(word(fault));
      }
    }
    boolean isAll = allowed.size() == NodeFault.values().length;
    for (Fault fault : Fault.values()) {
      boolean isHere =
          !NOT_HERE.contains(fault) && (plainTrials > 0 || !NOT_WITH_LEASES.contains(fault));
      if (isAll && isHere && !links.containsKey(fault)) {
        unseen.add(word(fault));
      }
    }
    return unseen;
  }

  /**
   * All as one JSON object on one line.
   *
   * @param broken how many trials broke a promise
   */
  public String toJson(long broken, double wallSeconds) {
    List<String> faults = new ArrayList<>();
    struck().forEach((fault, count) -> faults.add("\"%s\":%d".formatted(fault, count)));
    return String.format(
        Locale.ROOT,
        "{\"scenario\":\"campaign\",\"seeds\":%d,\"broken\":%d,\"calls\":%d,\"moved\":%d,\"runTwice\":%d,"
            + "\"traceHash\":\"%016x\",\"wallSeconds\":%.1f,\"faults\":{%s}}",
        trials,
        broken,
        tasks,
        moved,
        twice,
        hash,
        wallSeconds,
        String.join(",", faults));
  }

  private static String word(Enum<?> fault) {
    return fault.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Adds the trials of another campaign. */
  public void add(Campaign other) {
    other.struck.forEach((fault, count) -> struck.merge(fault, count, Long::sum));
    other.links.forEach((fault, count) -> links.merge(fault, count, Long::sum));
    allowed.addAll(other.allowed);
    plainTrials += other.plainTrials;
    trials += other.trials;
    tasks += other.tasks;
    moved += other.moved;
    twice += other.twice;
    hash += other.hash;
  }

  /**
   * Runs a trial.
   *
   * @return null if all held; else what broke, the smallest trial in which it does, the command
   *     that runs it, and the story of the task concerned
   */
  public @Nullable String run(TrialOptions options) {
    trials++;
    allowed.addAll(options.faults());
    plainTrials += options.exclusive() ? 0 : 1;
    try {
      NodeTrial.Outcome outcome = NodeTrial.run(options);
      add(options, outcome);
      return options.seed() % TWICE == 0 ? again(options, outcome) : null;
    } catch (RuntimeException broken) {
      return report(options);
    }
  }

  private void add(TrialOptions options, NodeTrial.Outcome outcome) {
    outcome.struck().forEach((fault, count) -> struck.merge(fault, count, Long::sum));
    outcome.links().forEach((fault, count) -> links.merge(fault, count, Long::sum));
    tasks += outcome.tasks();
    moved += outcome.moved();
    Trace mixed = new Trace();
    mixed.add(options.seed());
    mixed.add(outcome.traceHash());
    hash += mixed.hash();
  }

  private @Nullable String again(TrialOptions options, NodeTrial.Outcome first) {
    NodeTrial.Outcome second = NodeTrial.run(options);
    if (!second.equals(first)) {
      return "seed %d: two runs differ, %s and %s%nreplay: %s"
          .formatted(options.seed(), first, second, options.command());
    }
    twice++;
    return null;
  }

  private static String report(TrialOptions options) {
    TrialOptions small = shrink(options);
    RuntimeException broken = failure(small);
    if (broken == null) {
      return "it fails now and then, which is the worst: " + options.command();
    }
    StringBuilder report = new StringBuilder();
    report.append("seed ").append(options.seed()).append(": ").append(broken).append('\n');
    if (!(broken instanceof BrokenPromiseException)) {
      StackTraceElement[] stack = broken.getStackTrace();
      for (int i = 0; i < Math.min(STACK_LINES, stack.length); i++) {
        report.append("    at ").append(stack[i]).append('\n');
      }
    }
    report.append("drawn: ").append(NodeTrial.describe(small)).append('\n');
    report.append("replay: ").append(small.command()).append('\n');
    if (broken instanceof BrokenPromiseException promise && promise.task() >= 0) {
      List<String> story = NodeTrial.story(small, promise.task());
      story
          .subList(Math.max(0, story.size() - STORY_LINES), story.size())
          .forEach(line -> report.append(line).append('\n'));
    }
    return report.toString();
  }

  private static @Nullable RuntimeException failure(TrialOptions options) {
    try {
      NodeTrial.run(options);
      return null;
    } catch (RuntimeException broken) {
      return broken;
    }
  }

  /** The smallest trial that still fails: fewer kinds of faults, tasks, bursts and peers. */
  private static TrialOptions shrink(TrialOptions options) {
    TrialOptions small = options;
    for (NodeFault fault : options.faults()) {
      small = smaller(small, small.without(fault));
    }
    for (int most = small.tasksMax() / 2; most >= 1; most /= 2) {
      small = smaller(small, small.with(small.peersMax(), small.burstsMax(), most));
    }
    for (int most = small.burstsMax() - 1; most >= 1; most--) {
      small = smaller(small, small.with(small.peersMax(), most, small.tasksMax()));
    }
    for (int most = small.peersMax() - 1; most >= 2; most--) {
      small = smaller(small, small.with(most, small.burstsMax(), small.tasksMax()));
    }
    return small;
  }

  private static TrialOptions smaller(TrialOptions now, TrialOptions then) {
    return failure(then) == null ? now : then;
  }
}
