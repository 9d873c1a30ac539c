package io.minga.node.core;

/**
 * Where calls are in a durable job, so that others who keep them know what they belong to.
 *
 * @param job its number in this peer's journal, ≥ 1
 * @param total how many tasks it has
 * @param offset how many of them come before these
 */
public record JobPlace(long job, long total, long offset) {
  /** Checks the ranges. */
  public JobPlace {
    if (job < 1 || offset < 0 || total <= offset) {
      throw new IllegalArgumentException("task %d of %d of job %d".formatted(offset, total, job));
    }
  }

  /** The place so many tasks further on. */
  JobPlace plus(int tasks) {
    return tasks == 0 ? this : new JobPlace(job, total, offset + tasks);
  }
}
