package io.minga.node;

import java.util.OptionalLong;

/**
 * How far a job is.
 *
 * @param total how many tasks it has, once that is known
 * @param submitted how many were handed to the network so far
 * @param finished how many have an outcome
 * @param failed how many of these failed
 */
public record JobProgress(OptionalLong total, long submitted, long finished, long failed) {
  /** Whether all of it is over. */
  public boolean isDone() {
    return total.isPresent() && total.getAsLong() == finished;
  }
}
