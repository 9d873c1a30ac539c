package io.minga.node.handlers;

import io.minga.node.task.TaskRef;

/** One attempt at a task, as its handler sees it. */
public interface Call {
  /** The task. */
  TaskRef task();

  /** Which attempt this is, from 1. */
  int attempt();

  /** Whether equal calls have equal results, so that what it calls itself may be shared as well. */
  default boolean memoized() {
    return false;
  }

  /**
   * Whether nobody wants the result any more: the task was cancelled, ran out of time, or the peer
   * stops. A long computation that is never interrupted, because it doesn't wait, should ask.
   */
  boolean cancelled();
}
