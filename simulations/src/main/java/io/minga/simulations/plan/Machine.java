package io.minga.simulations.plan;

import static io.minga.simulations.events.Simulation.SECOND;

import java.util.List;

/**
 * What a peer runs on, and when it is there.
 *
 * @param slots how many tasks it runs at once; 0 for one that only submits
 * @param speed how much faster than the measure it runs them
 * @param tags what tasks may require of it
 * @param joinsNanos when it comes; 0 if it is there from the beginning
 * @param leavesNanos when it goes; {@link #NEVER} if it stays
 * @param exit how it goes
 * @param slowsNanos from when on it is {@code slowsTimes} as slow; {@link #NEVER} if never
 */
public record Machine(
    int slots,
    double speed,
    List<String> tags,
    long joinsNanos,
    long leavesNanos,
    Exit exit,
    long slowsNanos,
    double slowsTimes) {
  /** Later than any run lasts. */
  public static final long NEVER = 1_000_000 * SECOND;

  /** How a peer goes. */
  public enum Exit {
    /** It hands over what it has, and says goodbye. */
    LEAVE,
    /** Its process is killed: its connections end at once. */
    KILL,
    /** Its power fails: its connections end when the others notice. */
    VANISH
  }

  /** Copies the list and checks the ranges. */
  public Machine {
    tags = List.copyOf(tags);
    if (slots < 0 || speed <= 0 || slowsTimes <= 0) {
      throw new IllegalArgumentException(
          "slots are ≥ 0, speeds > 0, not %d, %s and %s".formatted(slots, speed, slowsTimes));
    }
  }

  /** One that is always there and always as fast. */
  public static Machine of(int slots, double speed) {
    return new Machine(slots, speed, List.of(), 0, NEVER, Exit.LEAVE, NEVER, 1);
  }

  /** The same with these tags. */
  public Machine with(List<String> others) {
    return new Machine(slots, speed, others, joinsNanos, leavesNanos, exit, slowsNanos, slowsTimes);
  }

  /** The same, there during this time only. */
  public Machine during(long fromNanos, long toNanos, Exit how) {
    return new Machine(slots, speed, tags, fromNanos, toNanos, how, slowsNanos, slowsTimes);
  }

  /** The same, so many times as slow from then on. */
  public Machine slowing(long fromNanos, double times) {
    return new Machine(slots, speed, tags, joinsNanos, leavesNanos, exit, fromNanos, times);
  }

  /** When a task that begins then is through, if it would take {@code length} at speed 1. */
  public double endNanos(double beginNanos, double length) {
    double end = beginNanos + length / speed;
    return end <= slowsNanos
        ? end
        : end + (slowsTimes - 1) * (end - Math.max(beginNanos, (double) slowsNanos));
  }

  /** How much of the measure one slot does from one moment to another. */
  public double workNanos(double fromNanos, double toNanos) {
    double from = Math.max(fromNanos, (double) joinsNanos);
    double to = Math.min(toNanos, (double) leavesNanos);
    if (to <= from) {
      return 0;
    }
    double fast = Math.max(0, Math.min(to, (double) slowsNanos) - from);
    return speed * (fast + (to - from - fast) / slowsTimes);
  }
}
