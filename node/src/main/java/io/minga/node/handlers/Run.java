package io.minga.node.handlers;

import io.minga.libp2p.multiformats.Cid;
import io.minga.node.task.FunctionName;
import io.minga.node.task.TaskRef;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * Tasks of one batch and one function for one slot, to run one after the other. A run is itself
 * alone: two of the same tasks are not equal.
 */
public final class Run {
  /** How many tasks a run may have, as many as a batch. */
  public static final int TASKS_MAX = 256;

  private static final BitSet NONE_MEMOIZABLE = new BitSet(0);

  private final Cid batch;
  private final FunctionName function;
  private final int attempt;
  private final long timeoutNanos;
  private final int[] indexes;
  private final byte[] @Nullable [] inputs;
  private final BitSet memoizable;
  private final int epoch;
  private final boolean exclusive;
  private final Inputs others;

  /** Where inputs come from that are not in memory. */
  @FunctionalInterface
  public interface Inputs {
    /**
     * The input of the task at {@code position}.
     *
     * @throws HandlerException if it is not to be had
     */
    byte[] read(int position);
  }

  /**
   * A run, which keeps the arrays.
   *
   * @param attempt which attempt it is at each of the tasks, from 1
   * @param timeoutNanos how long each task may take; {@link Long#MAX_VALUE} is as long as it likes
   * @param indexes where the tasks are in their batch
   * @param inputs of each task; its handler may change it
   * @throws IllegalArgumentException unless there are 1 to 256 tasks with an input each, and time
   */
  public Run(
      Cid batch,
      FunctionName function,
      int attempt,
      long timeoutNanos,
      int[] indexes,
      byte[][] inputs) {
    this(
        batch,
        function,
        attempt,
        timeoutNanos,
        indexes,
        inputs,
        NONE_MEMOIZABLE,
        Run::none,
        1,
        false);
  }

  private static byte[] none(int position) {
    throw new IllegalStateException("there is no input at " + position);
  }

  /**
   * The same with inputs that are read when their task begins.
   *
   * @param inputs of each task, null where {@code others} has it
   * @param memoizable the positions of tasks whose equals have equal results; it is kept
   * @param epoch in which this peer holds them, from 1
   * @param exclusive whether they run under a lease, by a token of which the epoch is part
   */
  public Run(
      Cid batch,
      FunctionName function,
      int attempt,
      long timeoutNanos,
      int[] indexes,
      byte[] @Nullable [] inputs,
      BitSet memoizable,
      Inputs others,
      int epoch,
      boolean exclusive) {
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
    this.others = others;
    this.epoch = epoch;
    this.exclusive = exclusive;
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

  /** In which epoch this peer holds the tasks, from 1. */
  public int epoch() {
    return epoch;
  }

  /** Whether the tasks run under a lease. */
  public boolean exclusive() {
    return exclusive;
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

  /**
   * The input of the task at {@code position}; this may read a file.
   *
   * @throws HandlerException if it is not to be had
   */
  public byte[] input(int position) {
    byte[] input = inputs[position];
    return input == null ? others.read(position) : input;
  }

  /** Whether equals of the task at {@code position} have equal results. */
  public boolean isMemoizable(int position) {
    return memoizable.get(position);
  }

  @Override
  public String toString() {
    return "%d × %s of %s".formatted(size(), function, batch);
  }
}
