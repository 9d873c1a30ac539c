package io.minga.node.task;

import io.minga.libp2p.multiformats.Cid;

/**
 * One submission of a task, the unit that is claimed and moved: the batch that it came in, and its
 * place there.
 *
 * @param index from 0, below {@link #BATCH_TASKS_MAX}
 */
public record TaskRef(Cid batch, int index) {
  /** How many tasks a batch may have. */
  public static final int BATCH_TASKS_MAX = 256;

  /**
   * Checks the index.
   *
   * @throws IllegalArgumentException if there can be no such task
   */
  public TaskRef {
    if (index < 0 || index >= BATCH_TASKS_MAX) {
      throw new IllegalArgumentException(
          "a batch has tasks 0 to %d, not %d".formatted(BATCH_TASKS_MAX - 1, index));
    }
  }

  @Override
  public String toString() {
    return batch + "/" + index;
  }
}
