package io.minga.simulations.node;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Many trials, and what to say of one that fails. */
public final class Campaign {
  private static final int STORY_LINES = 60;

  private final EnumMap<NodeFault, Long> struck = new EnumMap<>(NodeFault.class);

  /** How often each kind of fault has struck in all trials so far. */
  public Map<NodeFault, Long> struck() {
    return new EnumMap<>(struck);
  }

  /** The kinds of fault that never struck. */
  public List<NodeFault> unseen() {
    List<NodeFault> unseen = new ArrayList<>();
    for (NodeFault fault : NodeFault.values()) {
      if (!struck.containsKey(fault) && fault != NodeFault.CONNECTIONS_FULL) {
        unseen.add(fault);
      }
    }
    return unseen;
  }

  /**
   * Runs a trial.
   *
   * @return null if all held; else what broke, the smallest trial in which it does, the command
   *     that runs it, and the story of the task concerned
   */
  public @Nullable String run(TrialOptions options) {
    try {
      NodeTrial.run(options)
          .struck()
          .forEach((fault, count) -> struck.merge(fault, count, Long::sum));
      return null;
    } catch (RuntimeException broken) {
      return report(options);
    }
  }

  private static String report(TrialOptions options) {
    TrialOptions small = shrink(options);
    RuntimeException broken = failure(small);
    if (broken == null) {
      return "it fails now and then, which is the worst: " + options.command();
    }
    StringBuilder report = new StringBuilder();
    report.append("seed ").append(options.seed()).append(": ").append(broken).append('\n');
    if (!(broken instanceof BrokenPromiseException) && broken.getStackTrace().length > 0) {
      for (int i = 0; i < Math.min(8, broken.getStackTrace().length); i++) {
        report.append("    at ").append(broken.getStackTrace()[i]).append('\n');
      }
    }
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
