package io.minga.node.journal;

import io.minga.node.task.FunctionName;

/**
 * How a durable job stands in the journal.
 *
 * @param total how many tasks it has
 * @param lost how many of them were lost with a damaged journal
 * @param ended how many have an outcome
 * @param failed how many of those are failures
 * @param createdAtMillis Unix time
 * @param expiresAtMillis Unix time from which nothing is known of it any more
 */
public record JobState(
    JobId id,
    FunctionName function,
    long total,
    long lost,
    long ended,
    long failed,
    long createdAtMillis,
    long expiresAtMillis) {
  /** Whether all tasks that are there have an outcome. */
  public boolean isDone() {
    return ended + lost == total;
  }
}
