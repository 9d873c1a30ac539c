package io.minga.node.journal.store;

import io.minga.node.task.TaskLimits;
import java.time.Duration;

/**
 * How a journal is kept.
 *
 * @param bytesMax how large its file may be; from seven eighths on, no new work is taken
 * @param groupRowsMax how many rows one commit has at most
 * @param groupBytesMax how many bytes one commit has, or one row more
 * @param linger how long an outcome that nobody waits for lets others come, to share its commit
 * @param sweep how often what is over is looked for, and whether a full disk has room again
 * @param sweepRowsMax how many rows go in one step, between two commits
 * @param jobsMax how many jobs are kept; more are refused
 * @param tasks limits of batches and frames
 */
public record JournalOptions(
    long bytesMax,
    int groupRowsMax,
    long groupBytesMax,
    Duration linger,
    Duration sweep,
    int sweepRowsMax,
    int jobsMax,
    TaskLimits tasks) {
  /** 8 GiB, a million jobs, commits of up to 4 MiB and for outcomes up to 10 ms apart. */
  public static final JournalOptions DEFAULT =
      new JournalOptions(
          8L << 30,
          4096,
          4 << 20,
          Duration.ofMillis(10),
          Duration.ofSeconds(1),
          512,
          1_000_000,
          TaskLimits.defaults());

  /** These options, looking so often for what is over. */
  public JournalOptions withSweep(Duration every) {
    return new JournalOptions(
        bytesMax, groupRowsMax, groupBytesMax, linger, every, sweepRowsMax, jobsMax, tasks);
  }

  /** These options, letting others come for so long. */
  public JournalOptions withLinger(Duration time) {
    return new JournalOptions(
        bytesMax, groupRowsMax, groupBytesMax, time, sweep, sweepRowsMax, jobsMax, tasks);
  }

  /** These options with another size of the file. */
  public JournalOptions withBytesMax(long bytes) {
    return new JournalOptions(
        bytes, groupRowsMax, groupBytesMax, linger, sweep, sweepRowsMax, jobsMax, tasks);
  }
}
