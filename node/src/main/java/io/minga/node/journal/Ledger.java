package io.minga.node.journal;

import io.minga.crdt.claims.IndexSet;
import io.minga.node.task.Batch;
import io.minga.node.task.BatchHeader;
import io.minga.node.task.Outcome;
import io.minga.node.task.ResultGroup;
import io.minga.node.task.TaskRuns;
import io.minga.node.task.Tries;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The state that the journal's entries replay to: the jobs, which of their tasks have no outcome,
 * and in which rows the others' outcomes are. One owner.
 *
 * <p>It keeps neither batches nor outcomes, but sixteen bytes a row.
 */
public final class Ledger {
  private final Map<Long, LedgerJob> jobs = new LinkedHashMap<>();

  /** Batches with tasks that have no outcome, by sequence. */
  private final Map<Long, Open> open = new LinkedHashMap<>();

  /** Rows of which nothing is known, since those that they build on are gone. */
  private final List<Long> strays = new ArrayList<>();

  private long openTasks;

  /** A batch with tasks that have no outcome. */
  private static final class Open {
    final LedgerJob job;
    final long offset;
    final BitSet tasks;
    Tries tries = Tries.NONE;

    Open(LedgerJob job, long offset, int size) {
      this.job = job;
      this.offset = offset;
      this.tasks = new BitSet(size);
      tasks.set(0, size);
    }
  }

  /** Takes in what a row says. */
  public void add(long row, Entry entry) {
    boolean known;
    if (entry instanceof Entry.Opened it) {
      known = opened(row, it);
    } else if (entry instanceof Entry.Ended it) {
      known = ended(row, it);
    } else if (entry instanceof Entry.Tried it) {
      known = tried(row, it);
    } else if (entry instanceof Entry.Kept it) {
      known = kept(row, it.job());
    } else {
      throw new IllegalArgumentException("what is kept for others is in the other ledger");
    }
    if (!known) {
      strays.add(row);
    }
  }

  private boolean opened(long row, Entry.Opened it) {
    BatchHeader header = it.batch().header();
    LedgerJob job = jobs.computeIfAbsent(it.job(), number -> new LedgerJob(it));
    if (open.containsKey(header.sequence()) || job.total != it.total()) {
      return false;
    }
    int size = it.batch().size();
    job.add(row, LedgerJob.opened(it.offset()));
    job.opened += size;
    open.put(header.sequence(), new Open(job, it.offset(), size));
    openTasks += size;
    return true;
  }

  private boolean ended(long row, Entry.Ended it) {
    Open batch = open.get(it.batch());
    if (batch == null) {
      return false;
    }
    for (ResultGroup group : it.results().groups()) {
      for (ResultGroup.Cursor at = group.cursor(); at.next(); ) {
        if (batch.tasks.get(at.index())) {
          batch.tasks.clear(at.index());
          openTasks--;
          batch.job.ended++;
          batch.job.failed += at.outcome() instanceof Outcome.Failure ? 1 : 0;
        }
      }
    }
    batch.job.add(row, batch.offset);
    if (batch.tasks.isEmpty()) {
      open.remove(it.batch());
    }
    return true;
  }

  private boolean tried(long row, Entry.Tried it) {
    Open batch = open.get(it.batch());
    if (batch == null) {
      return false;
    }
    batch.tries = batch.tries.join(it.tries());
    batch.job.add(row, LedgerJob.NOTHING);
    return true;
  }

  private boolean kept(long row, long number) {
    LedgerJob job = jobs.get(number);
    if (job == null) {
      return false;
    }
    job.kept = true;
    job.add(row, LedgerJob.NOTHING);
    return true;
  }

  /**
   * Forgets jobs that were never acknowledged, once all rows were read.
   *
   * @return the rows that nobody needs: theirs, and those that belong to nothing
   */
  public List<Long> dropUnacknowledged() {
    List<Long> rows = new ArrayList<>(strays);
    strays.clear();
    for (LedgerJob job : List.copyOf(jobs.values())) {
      if (!job.isAcknowledged()) {
        rows.addAll(forget(job.number));
      }
    }
    return rows;
  }

  /** The jobs of which rows are missing, by number. */
  public List<Long> incomplete() {
    return jobs.values().stream().filter(it -> it.opened < it.total).map(it -> it.number).toList();
  }

  /** Forgets a job; returns its rows in the order in which they are to go. */
  public List<Long> forget(long number) {
    LedgerJob job = jobs.remove(number);
    if (job == null) {
      return List.of();
    }
    if (job.ended < job.opened) {
      open.values()
          .removeIf(
              batch -> {
                boolean its = batch.job == job;
                openTasks -= its ? batch.tasks.cardinality() : 0;
                return its;
              });
    }
    return job.rows();
  }

  /** The job that a batch with open tasks is of; 0 if there is no such batch. */
  public long jobOf(long sequence) {
    Open batch = open.get(sequence);
    return batch == null ? 0 : batch.job.number;
  }

  /** A batch, with those of its tasks that have no outcome, at least one. */
  public OpenBatch openBatch(long sequence, Batch batch) {
    Open its = open.get(sequence);
    if (its == null) {
      throw new IllegalArgumentException("batch %d has no open tasks".formatted(sequence));
    }
    return new OpenBatch(
        its.job.number, its.job.total, its.offset, batch, open(sequence), its.tries);
  }

  /** Which tasks of a batch have no outcome. */
  public IndexSet open(long sequence) {
    Open batch = open.get(sequence);
    return batch == null ? IndexSet.EMPTY : IndexSet.of(batch.tasks.stream().toArray());
  }

  /** How a job stands; null if it isn't known. */
  public @Nullable JobState job(long number) {
    LedgerJob job = jobs.get(number);
    return job == null ? null : job.state();
  }

  /** Which tasks of a job have an outcome; none if that can't be said, since some are lost. */
  public TaskRuns ended(long number) {
    LedgerJob job = jobs.get(number);
    if (job == null || job.opened < job.total) {
      return TaskRuns.NONE;
    }
    List<TaskRuns.Run> runs = new ArrayList<>();
    long next = 0;
    for (Open batch : openOf(job)) {
      for (int task = batch.tasks.nextSetBit(0);
          task >= 0;
          task = batch.tasks.nextSetBit(task + 1)) {
        long at = batch.offset + task;
        if (at > next) {
          runs.add(new TaskRuns.Run(next, at));
        }
        next = at + 1;
      }
    }
    if (next < job.total) {
      runs.add(new TaskRuns.Run(next, job.total));
    }
    return TaskRuns.of(runs);
  }

  private List<Open> openOf(LedgerJob job) {
    return open.values().stream()
        .filter(batch -> batch.job == job)
        .sorted((one, other) -> Long.compare(one.offset, other.offset))
        .toList();
  }

  /** All jobs that are acknowledged, in the order in which they came. */
  public List<JobState> jobs() {
    return jobs.values().stream().filter(LedgerJob::isAcknowledged).map(LedgerJob::state).toList();
  }

  /** The jobs whose time is over, by number; some, if there are many. */
  public List<Long> expired(long nowMillis, int max) {
    return jobs.values().stream()
        .filter(it -> it.expiresAtMillis <= nowMillis)
        .limit(max)
        .map(it -> it.number)
        .toList();
  }

  /** The rows with outcomes of a job's tasks {@code from} to {@code to}, and maybe others. */
  public List<EndedRow> endedRows(long number, long from, long to) {
    LedgerJob job = jobs.get(number);
    return job == null ? List.of() : job.endedRows(from, to);
  }

  /** The row of a job's batch whose first task has that number in the job; 0 if there is none. */
  public long openedRow(long number, long offset) {
    LedgerJob job = jobs.get(number);
    return job == null ? 0 : job.openedRow(offset);
  }

  /**
   * A row that has outcomes of a job.
   *
   * @param offset the number in the job of the task with index 0 there
   */
  public record EndedRow(long number, long offset) {}

  /** How many jobs there are. */
  public int size() {
    return jobs.size();
  }

  /** How many tasks have no outcome. */
  public long openTasks() {
    return openTasks;
  }
}
