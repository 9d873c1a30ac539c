package io.minga.node.journal;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Cid;
import io.minga.node.task.BatchHeader;
import io.minga.node.task.CopyFrame;
import io.minga.node.task.JobFrame;
import io.minga.node.task.Outcome;
import io.minga.node.task.ResultGroup;
import io.minga.node.task.TaskRef;
import io.minga.node.task.Tries;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The state that the journal's entries of others' batches replay to: which are kept, whose outcomes
 * of their tasks count, and in which rows all that is. One owner.
 */
public final class CopyLedger {
  private final Map<Cid, Copy> copies = new LinkedHashMap<>();
  private final CopyJobs jobs = new CopyJobs();

  /** What is known of a batch. */
  static final class Copy {
    final Cid batch;
    final PeerId submitter;
    final JobId job;

    /** The number in the job of its first task. */
    final long offset;

    final long expiresAtMillis;
    final int size;

    /** Of each task: who said how it ended, as far as that counts. */
    final @Nullable PeerId[] origins;

    /** The tasks that failed, as far as that counts. */
    final BitSet failed = new BitSet();

    /** What is known of how often tasks were tried, and in which rows that is; mostly none. */
    Tries tries = Tries.NONE;

    private List<Long> triedRows = List.of();
    private long[] rows = new long[2];
    private int count;

    Copy(CopyFrame.Keep keep) {
      BatchHeader header = keep.batch().header();
      this.batch = keep.batch().cid();
      this.submitter = header.submitter();
      this.job = new JobId(header.lineage(), keep.job());
      this.offset = keep.offset();
      this.expiresAtMillis = header.expiresAtMillis();
      this.size = keep.batch().size();
      this.origins = new PeerId[size];
    }

    void add(long row) {
      if (count == rows.length) {
        rows = Arrays.copyOf(rows, 2 * count);
      }
      rows[count++] = row;
    }

    void addTried(long row) {
      List<Long> more = new ArrayList<>(triedRows);
      more.add(row);
      triedRows = more;
    }

    /** The tasks with outcomes. */
    BitSet ended() {
      BitSet ended = new BitSet(size);
      for (int index = 0; index < size; index++) {
        ended.set(index, origins[index] != null);
      }
      return ended;
    }
  }

  /** Takes in what a row says; false if nobody needs it. */
  public boolean add(long row, Entry entry) {
    if (entry instanceof Entry.Copied it) {
      Cid batch = it.keep().batch().cid();
      if (copies.containsKey(batch)) {
        return false;
      }
      Copy copy = new Copy(it.keep());
      copy.add(row);
      copies.put(batch, copy);
      jobs.add(it.keep(), copy);
      return true;
    }
    return entry instanceof Entry.CopyTried it
        ? tried(row, it.tried())
        : ended(row, ((Entry.CopyEnded) entry).ended());
  }

  private boolean tried(long row, CopyFrame.Tried tried) {
    Copy copy = copies.get(tried.batch());
    if (copy == null || tried.tries().indexes().last() >= copy.size) {
      return false;
    }
    Tries more = copy.tries.join(tried.tries());
    if (more.equals(copy.tries)) {
      return false;
    }
    copy.tries = more;
    copy.addTried(row);
    return true;
  }

  private boolean ended(long row, CopyFrame.Ended ended) {
    Copy copy = copies.get(ended.batch());
    IndexSet counts = copy == null ? IndexSet.EMPTY : counting(copy, ended);
    if (copy == null || counts.isEmpty()) {
      return false;
    }
    counts.forEach(index -> copy.origins[index] = ended.origin());
    for (ResultGroup group : ended.results().groups()) {
      for (ResultGroup.Cursor at = group.cursor(); at.next(); ) {
        if (counts.contains(at.index())) {
          copy.failed.set(at.index(), at.outcome() instanceof Outcome.Failure);
        }
      }
    }
    copy.add(row);
    return true;
  }

  /** Those of the tasks that nobody with at least this one's precedence has spoken of. */
  private static IndexSet counting(Copy copy, CopyFrame.Ended ended) {
    long rank = Precedence.of(ended.batch(), copy.submitter, ended.origin());
    int[] counts = new int[TaskRef.BATCH_TASKS_MAX];
    int[] count = {0};
    ended
        .indexes()
        .forEach(
            index -> {
              if (index < copy.size) {
                PeerId before = copy.origins[index];
                if (before == null || Precedence.of(ended.batch(), copy.submitter, before) < rank) {
                  counts[count[0]++] = index;
                }
              }
            });
    return IndexSet.of(Arrays.copyOf(counts, count[0]));
  }

  /** Whether a batch is kept. */
  public boolean has(Cid batch) {
    return copies.containsKey(batch);
  }

  /** Forgets a batch; returns its rows in the order in which they are to go. */
  public List<Long> forget(Cid batch) {
    Copy copy = copies.remove(batch);
    if (copy == null) {
      return List.of();
    }
    jobs.remove(copy);
    return Stream.concat(Arrays.stream(copy.rows, 0, copy.count).boxed(), copy.triedRows.stream())
        .toList();
  }

  /** The rows with outcomes of a batch's tasks. */
  public List<Long> endedRows(Cid batch) {
    Copy copy = copies.get(batch);
    return copy == null ? List.of() : Arrays.stream(copy.rows, 1, copy.count).boxed().toList();
  }

  /** Whose word counts of how a task ended; null if it has not, as far as is known here. */
  public @Nullable PeerId origin(Cid batch, int index) {
    Copy copy = copies.get(batch);
    return copy == null ? null : copy.origins[index];
  }

  /** Whose outcomes of which tasks count. */
  public List<KeptCopy.Said> said(Cid batch) {
    Copy copy = copies.get(batch);
    Map<PeerId, IndexSet> byOrigin = new LinkedHashMap<>();
    for (int index = 0; copy != null && index < copy.size; index++) {
      PeerId origin = copy.origins[index];
      if (origin != null) {
        byOrigin.merge(origin, IndexSet.of(index), IndexSet::or);
      }
    }
    List<KeptCopy.Said> said = new ArrayList<>();
    byOrigin.forEach((origin, indexes) -> said.add(new KeptCopy.Said(origin, indexes)));
    return said;
  }

  /** What is known of how often tasks of a batch were tried. */
  public Tries tries(Cid batch) {
    Copy copy = copies.get(batch);
    return copy == null ? Tries.NONE : copy.tries;
  }

  /** The batches whose time is over; some, if there are many. */
  public List<Cid> expired(long nowMillis, int max) {
    return copies.entrySet().stream()
        .filter(it -> it.getValue().expiresAtMillis <= nowMillis)
        .limit(max)
        .map(Map.Entry::getKey)
        .toList();
  }

  /** How the jobs stand that batches are of, the latest last; at most {@code max}. */
  public List<JobFrame.Standing> jobs(int max) {
    return jobs.last(max);
  }

  /** The same, with which tasks have ended, of the jobs that are called so by their submitters. */
  public List<JobFrame.Standing> jobs(JobId id, int max) {
    return jobs.called(id, max);
  }

  /** The batches that are here of a job's tasks {@code from} to {@code to}, in their order. */
  public List<Placed> batches(PeerId submitter, JobId id, long from, long to) {
    return jobs.batches(submitter, id, from, to).stream()
        .map(copy -> new Placed(copy.batch, copy.offset, copy.size))
        .toList();
  }

  /**
   * Where a batch is in its job.
   *
   * @param offset the number in the job of its first task
   */
  public record Placed(Cid batch, long offset, int size) {}

  /** How many batches are kept. */
  public int size() {
    return copies.size();
  }
}
