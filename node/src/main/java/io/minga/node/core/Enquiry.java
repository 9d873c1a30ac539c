package io.minga.node.core;

import io.minga.libp2p.identity.PeerId;
import io.minga.node.journal.JobId;
import io.minga.node.task.JobFrame;
import java.util.List;

/** What somebody here wants to know of durable jobs, wherever they were submitted. */
public sealed interface Enquiry {
  /** Which there are. */
  record Jobs() implements Enquiry {}

  /** How one stands. */
  record Stand(JobId id) implements Enquiry {}

  /**
   * How tasks ended, {@link JobFrame#TASKS_MAX} from the number {@code from} on.
   *
   * @param job as {@link Stand} was answered
   */
  record Ends(FarJob job, long from) implements Enquiry {
    /** Checks the number. */
    public Ends {
      if (from < 0 || from >= job.standing().total()) {
        throw new IllegalArgumentException(
            "job %s has no task %d, but %d".formatted(job.id(), from, job.standing().total()));
      }
    }

    /** How many tasks that are. */
    int size() {
      return (int) Math.min(JobFrame.TASKS_MAX, job.standing().total() - from);
    }

    /** Who may be asked. */
    List<PeerId> whom() {
      return job.knowers();
    }
  }
}
