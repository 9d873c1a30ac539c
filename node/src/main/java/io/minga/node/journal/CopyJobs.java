package io.minga.node.journal;

import io.minga.libp2p.identity.PeerId;
import io.minga.node.task.BatchHeader;
import io.minga.node.task.CopyFrame;
import io.minga.node.task.FunctionName;
import io.minga.node.task.JobFrame;
import io.minga.node.task.TaskRuns;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Which jobs the batches are of that are kept for others, and where each batch is in its job. */
final class CopyJobs {
  private final Map<Key, Job> jobs = new LinkedHashMap<>();

  /** Anybody may write any lineage into its batches, so that the submitter is part of the name. */
  private record Key(PeerId submitter, JobId id) {}

  /** What is known of a job. */
  private static final class Job {
    final FunctionName function;
    final long total;
    final long createdAtMillis;
    final long expiresAtMillis;

    /** Its batches that are here, by the number of their first task. */
    final NavigableMap<Long, CopyLedger.Copy> batches = new TreeMap<>();

    Job(CopyFrame.Keep keep) {
      BatchHeader header = keep.batch().header();
      this.function = keep.batch().functions().get(0);
      this.total = keep.total();
      this.createdAtMillis = header.createdAtMillis();
      this.expiresAtMillis = header.expiresAtMillis();
    }
  }

  private static Key key(CopyLedger.Copy copy) {
    return new Key(copy.submitter, copy.job);
  }

  void add(CopyFrame.Keep keep, CopyLedger.Copy copy) {
    Job job = jobs.computeIfAbsent(key(copy), it -> new Job(keep));
    if (job.total == keep.total()) {
      job.batches.putIfAbsent(copy.offset, copy);
    }
  }

  void remove(CopyLedger.Copy copy) {
    Job job = jobs.get(key(copy));
    if (job != null && job.batches.remove(copy.offset, copy) && job.batches.isEmpty()) {
      jobs.remove(key(copy));
    }
  }

  /** How those stand that came last, the latest last. */
  List<JobFrame.Standing> last(int max) {
    List<JobFrame.Standing> standings = new ArrayList<>();
    jobs.entrySet().stream()
        .skip(Math.max(0, jobs.size() - max))
        .forEach(it -> standings.add(standing(it.getKey(), it.getValue(), false)));
    return standings;
  }

  /** How those stand that are called so, of whomever; at most {@code max}. */
  List<JobFrame.Standing> called(JobId id, int max) {
    List<JobFrame.Standing> standings = new ArrayList<>();
    jobs.forEach(
        (key, job) -> {
          if (key.id.equals(id) && standings.size() < max) {
            standings.add(standing(key, job, true));
          }
        });
    return standings;
  }

  private static JobFrame.Standing standing(Key key, Job job, boolean withRuns) {
    long ended = 0;
    long failed = 0;
    List<TaskRuns.Run> runs = new ArrayList<>();
    for (CopyLedger.Copy copy : job.batches.values()) {
      BitSet tasks = copy.ended();
      ended += tasks.cardinality();
      failed += copy.failed.cardinality();
      for (int from = tasks.nextSetBit(0); withRuns && from >= 0; ) {
        int to = tasks.nextClearBit(from);
        runs.add(new TaskRuns.Run(copy.offset + from, copy.offset + to));
        from = tasks.nextSetBit(to);
      }
    }
    TaskRuns known = withRuns ? TaskRuns.of(runs).cut() : TaskRuns.NONE;
    return new JobFrame.Standing(
        key.submitter,
        key.id.lineage(),
        key.id.number(),
        job.function,
        job.total,
        0,
        Math.min(ended, job.total),
        Math.min(failed, job.total),
        job.createdAtMillis,
        job.expiresAtMillis,
        known);
  }

  /** The batches of a job with tasks {@code from} to {@code to}. */
  List<CopyLedger.Copy> batches(PeerId submitter, JobId id, long from, long to) {
    @Nullable Job job = jobs.get(new Key(submitter, id));
    if (job == null) {
      return List.of();
    }
    return job.batches.headMap(to, false).values().stream()
        .filter(copy -> copy.offset + copy.size > from)
        .toList();
  }
}
