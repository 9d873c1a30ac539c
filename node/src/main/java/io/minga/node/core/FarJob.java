package io.minga.node.core;

import io.minga.libp2p.identity.PeerId;
import io.minga.node.journal.JobId;
import io.minga.node.task.JobFrame;
import java.util.List;

/**
 * A durable job, as those say who have it or copies of its batches.
 *
 * @param standing how it stands, by all of them together
 * @param knowers who has how its tasks ended: whoever has the most first
 */
public record FarJob(JobFrame.Standing standing, List<PeerId> knowers) {
  /** Copies the list. */
  public FarJob {
    knowers = List.copyOf(knowers);
  }

  /** What it is called. */
  public JobId id() {
    return new JobId(standing.lineage(), standing.job());
  }

  /** Whether all tasks that are there have an outcome. */
  public boolean isDone() {
    return standing.ended() + standing.lost() == standing.total();
  }
}
