package io.minga.node.handlers;

import io.minga.libp2p.multiformats.Cid;
import io.minga.node.task.FunctionName;
import io.minga.node.task.TaskRef;

/**
 * Tasks of one batch and one function for one slot, to run one after the other. A run is itself
 * alone: two of the same tasks are not equal.
 */
public final class Run {
  /** How many tasks a run may have. */
  public static final int TASKS_MAX = 64;

  private final Cid batch;
  private final FunctionName function;
  private final int attempt;
  private final long timeoutNanos;
  private final int[] indexes;
  private final byte[][] inputs;
  private final long memoizable;

  /** A run of tasks that are unlike any others. */
  public Run(
      Cid batch,
      FunctionName function,
      int attempt,
      long timeoutNanos,
      int[] indexes,
      byte[][] inputs) {
    this(batch, function, attempt, timeoutNanos, indexes, inputs, 0);
  }

  /**
   * A run, which keeps the arrays.
   *
   * @param attempt which attempt it is at each of the tasks, from 1
   * @param timeoutNanos how long each task may take; {@link Long#MAX_VALUE} is as long as it likes
   * @param indexes where the tasks are in their batch
   * @param inputs of each task; its handler may change it
   * @param memoizable bit i is set if equals of the task at position i have equal results
   * @throws IllegalArgumentException unless there are 1 to 64 tasks with an input each, and time
   */
  public Run(
      Cid batch,
      FunctionName function,
      int attempt,
      long timeoutNanos,
      int[] indexes,
      byte[][] inputs,
      long memoizable) {
    if (indexes.length == 0 || indexes.length > TASKS_MAX || indexes.length != inputs.length) {
      throw new IllegalArgumentException(
          "a run has 1 to %d tasks with an input each, not %d with %d"
              .formatted(TASKS_MAX, indexes.length, inputs.length));
    }
    if (timeoutNanos <= 0 || attempt < 1) {
      throw new IllegalArgumentException(
          "a run has a positive timeout, not %d ns, and an attempt from 1, not %d"
              .formatted(timeoutNanos, attempt));
    }
    this.batch = batch;
    this.function = function;
    this.attempt = attempt;
    this.timeoutNanos = timeoutNanos;
    this.indexes = indexes;
    this.inputs = inputs;
    this.memoizable = memoizable;
  }

  /** The batch of all tasks. */
  public Cid batch() {
    return batch;
  }

  /** The function of all tasks. */
  public FunctionName function() {
    return function;
  }

  /** Which attempt it is at each of the tasks, from 1. */
  public int attempt() {
    return attempt;
  }

  /** How long each task may take. */
  public long timeoutNanos() {
    return timeoutNanos;
  }

  /** How many tasks there are. */
  public int size() {
    return indexes.length;
  }

  /** Where the task at {@code position}, from 0, is in its batch. */
  public int index(int position) {
    return indexes[position];
  }

  /** The task at {@code position}, made at every call. */
  public TaskRef task(int position) {
    return new TaskRef(batch, indexes[position]);
  }

  /** The input of the task at {@code position}. */
  public byte[] input(int position) {
    return inputs[position];
  }

  /** Whether equals of the task at {@code position} have equal results. */
  public boolean isMemoizable(int position) {
    return (memoizable & 1L << position) != 0;
  }

  @Override
  public String toString() {
    return "%d × %s of %s".formatted(size(), function, batch);
  }
}
