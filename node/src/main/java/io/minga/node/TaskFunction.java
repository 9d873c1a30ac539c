package io.minga.node;

import org.jspecify.annotations.Nullable;

/** What a peer does for a task: a function of its argument, called on the thread of a slot. */
@FunctionalInterface
public interface TaskFunction<A extends @Nullable Object, R extends @Nullable Object> {
  /**
   * The result.
   *
   * @throws Exception which fails the task; the caller gets its class, its message and where it was
   *     thrown, so the message should not quote what is secret
   */
  R apply(A argument) throws Exception;
}
