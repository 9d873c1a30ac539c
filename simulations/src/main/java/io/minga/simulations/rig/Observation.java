package io.minga.simulations.rig;

import java.util.List;

/** Something that was seen from outside while peers worked. */
public sealed interface Observation {
  /**
   * A client asked for tasks.
   *
   * @param request names what was asked for
   * @param inputs of its tasks, of which no other request has any
   * @param isDurable whether they are to survive their submitter
   * @param isExclusive whether none of them may be run by two at once
   */
  record Asked(int request, List<Long> inputs, boolean isDurable, boolean isExclusive)
      implements Observation {
    /** Takes a copy. */
    public Asked {
      inputs = List.copyOf(inputs);
    }
  }

  /** It was taken: from now on it must not be lost. */
  record Acknowledged(int request) implements Observation {}

  /** It was refused: nothing of it may come to anything. */
  record Refused(int request) implements Observation {}

  /** Nobody said whether it was taken, for the peer was gone: either may be so. */
  record Vanished(int request) implements Observation {}

  /** The result of a task was read. */
  record Told(int request, int index, long value) implements Observation {}

  /** It was read that a task has failed. */
  record ToldFailure(int request, int index, String why) implements Observation {}

  /**
   * The peer that had taken it doesn't have all of it any more.
   *
   * @param isSaid whether it had said so before anybody asked
   */
  record Gone(int request, boolean isSaid) implements Observation {}

  /** A peer's process stood still, by the clock of those that run. */
  record Stood(int peer, long fromNanos, long toNanos) implements Observation {}

  /**
   * A handler ran a task.
   *
   * @param peer on which peer
   * @param beginNanos of one clock for all peers
   * @param endNanos {@link Long#MAX_VALUE} if its process did not live to see it
   * @param epoch in which the peer had the task, which fences it if it is exclusive
   */
  record Ran(long input, int peer, long beginNanos, long endNanos, int epoch)
      implements Observation {
    /** Whether it came to its end. */
    public boolean isWhole() {
      return endNanos != Long.MAX_VALUE;
    }

    /** The same, come to its end then. */
    public Ran endingAt(long nanos) {
      return new Ran(input, peer, beginNanos, nanos, epoch);
    }
  }
}
