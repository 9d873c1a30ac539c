package io.minga.cli.bench;

import java.util.concurrent.TimeUnit;

/**
 * How much is measured.
 *
 * @param warmUpNanos how long all runs before anything counts
 * @param roundNanos how long a round of single calls takes
 * @param rounds how many rounds there are, of which the median counts
 * @param jobNanos after how long no further round of whole jobs begins
 * @param jobTasks how many tasks a job has
 * @param queuedTasks how many tasks are queued to see what they take
 */
public record Effort(
    long warmUpNanos, long roundNanos, int rounds, long jobNanos, int jobTasks, int queuedTasks) {
  private static final long BYTES_PER_QUEUED = 1024;

  /** A measurement that takes about {@code seconds}, of which a third is warm-up. */
  public static Effort of(int seconds, int tasks) {
    long all = TimeUnit.SECONDS.toNanos(seconds);
    return new Effort(all / 3, all / 30, 5, all / 5, tasks, queued(tasks));
  }

  /** As many as leave room in both heaps, of which the other process's is as this one's. */
  private static int queued(int tasks) {
    return (int) Math.min(tasks, Runtime.getRuntime().maxMemory() / 2 / BYTES_PER_QUEUED);
  }
}
