package io.minga.node.handlers;

import io.minga.node.task.TaskRef;

/** One attempt at a task, as its handler sees it. */
public interface Call {
  /** The task. */
  TaskRef task();

  /** Which attempt this is, from 1. */
  int attempt();

  /**
   * In which epoch this peer holds the task, from 1: later than that of any peer that ran it
   * before. If the task is exclusive, whoever it works on can refuse what comes with an earlier one
   * than it has seen; then nothing comes of a peer that was so slow that another has its task by
   * now.
   */
  default int epoch() {
    return 1;
  }

  /** Whether the task is exclusive: no other peer runs it while this one has its lease. */
  default boolean exclusive() {
    return false;
  }

  /** Whether equal calls have equal results, so that what it calls itself may be shared as well. */
  default boolean memoized() {
    return false;
  }

  /**
   * Whether nobody wants the result any more: the task was cancelled, ran out of time, lost its
   * lease, or the peer stops. A long computation that is never interrupted, because it doesn't
   * wait, should ask.
   */
  boolean cancelled();
}
