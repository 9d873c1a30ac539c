package io.minga.node.task;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.identity.PeerId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What peers ask each other of durable jobs, for somebody who asks one that has not submitted them:
 * each question is answered by one frame, or not at all.
 */
public sealed interface JobFrame extends CopyFrame {
  /** How many tasks' outcomes are asked for at once. */
  int TASKS_MAX = TaskRef.BATCH_TASKS_MAX;

  /** How many jobs of one name, of different submitters, a peer tells of. */
  int NAMESAKES_MAX = 4;

  /**
   * A question. Without a job: which jobs does the peer know? Without a submitter: how do those
   * stand that are called so? With both: how did the tasks from a number on end?
   *
   * @param number unlike that of any other open question of this peer's, ≥ 1
   * @param lineage the journal that the job was submitted to
   * @param job its number there; 0 for all jobs
   * @param submitter who has submitted it; null to be told how it stands
   * @param from the number of the first task whose outcome is wanted; {@link #TASKS_MAX} are
   */
  record Ask(long number, long lineage, long job, @Nullable PeerId submitter, long from)
      implements JobFrame {
    /** Checks the numbers. */
    public Ask {
      if (!isRight(number, lineage, job, submitter, from)) {
        throw new IllegalArgumentException(
            "question %d about job %d from %d is none".formatted(number, job, from));
      }
    }

    static boolean isRight(
        long number, long lineage, long job, @Nullable PeerId submitter, long from) {
      return number >= 1
          && (job == 0 ? lineage == 0 && submitter == null : job >= 1)
          && (submitter == null ? from == 0 : from >= 0 && from <= Long.MAX_VALUE - TASKS_MAX);
    }

    /** Whether it is about outcomes. */
    public boolean isAboutEnds() {
      return submitter != null;
    }
  }

  /**
   * How jobs stand, as far as the peer knows: none if it knows nothing of what was asked.
   *
   * @param number the question's
   */
  record Known(long number, List<Standing> jobs) implements JobFrame {
    /** Copies the list. */
    public Known {
      jobs = List.copyOf(jobs);
    }
  }

  /**
   * How a job stands, as far as one peer knows.
   *
   * @param lineage the journal that it was submitted to
   * @param job its number there, ≥ 1
   * @param total how many tasks it has
   * @param lost how many were lost with a damaged journal
   * @param ended how many have an outcome that the peer has
   * @param failed how many of those are failures
   * @param runs which have one, without those behind the first {@link TaskRuns#MAX} runs; none
   *     where all jobs were asked for
   */
  record Standing(
      PeerId submitter,
      long lineage,
      long job,
      FunctionName function,
      long total,
      long lost,
      long ended,
      long failed,
      long createdAtMillis,
      long expiresAtMillis,
      TaskRuns runs) {
    /** Checks the counts. */
    public Standing {
      if (!isRight(job, total, lost, ended, failed, runs)) {
        throw new IllegalArgumentException(
            "of %d tasks of job %d, %d lost, %d ended and %d failed can't be"
                .formatted(total, job, lost, ended, failed));
      }
    }

    static boolean isRight(
        long job, long total, long lost, long ended, long failed, TaskRuns runs) {
      return job >= 1
          && total >= 1
          && lost >= 0
          && ended >= 0
          && ended <= total - lost
          && failed >= 0
          && failed <= ended
          && runs.end() <= total
          && runs.size() <= ended;
    }
  }

  /**
   * How tasks ended.
   *
   * @param number the question's
   * @param until how many tasks from the one asked for on this is about: of those that are not
   *     here, the peer has no outcome; 1 to {@link #TASKS_MAX}
   * @param confirmed those whose outcomes are the submitter's
   * @param results of the tasks, numbered from the one asked for, whatever the batch is called;
   *     null if there are none
   */
  record Ends(long number, int until, IndexSet confirmed, WorkFrame.@Nullable Results results)
      implements JobFrame {
    /** Which tasks. */
    public IndexSet indexes() {
      IndexSet indexes = IndexSet.EMPTY;
      if (results != null) {
        for (ResultGroup group : results.groups()) {
          indexes = indexes.or(group.indexes());
        }
      }
      return indexes;
    }
  }
}
