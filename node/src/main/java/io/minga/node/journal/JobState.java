package io.minga.node.journal;

import io.minga.libp2p.identity.PeerId;
import io.minga.node.task.FunctionName;
import io.minga.node.task.JobFrame;
import io.minga.node.task.TaskRuns;

/**
 * How a durable job stands in the journal.
 *
 * @param total how many tasks it has
 * @param lost how many of them were lost with a damaged journal
 * @param ended how many have an outcome
 * @param failed how many of those are failures
 * @param copies at how many other peers all of its batches are, or {@link #COPIES_UNKNOWN}
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
    int copies,
    long createdAtMillis,
    long expiresAtMillis) {
  /** In place of a number of copies: the job was done before its peer was started. */
  public static final int COPIES_UNKNOWN = -1;

  /** The same with so many copies. */
  public JobState withCopies(int now) {
    return new JobState(
        id, function, total, lost, ended, failed, now, createdAtMillis, expiresAtMillis);
  }

  /** What {@code peer} says of it to others, with the tasks that it knows to have ended. */
  public JobFrame.Standing said(PeerId peer, TaskRuns runs) {
    return new JobFrame.Standing(
        peer,
        id.lineage(),
        id.number(),
        function,
        total,
        lost,
        ended,
        failed,
        createdAtMillis,
        expiresAtMillis,
        runs);
  }

  /** Whether all tasks that are there have an outcome. */
  public boolean isDone() {
    return ended + lost == total;
  }
}
