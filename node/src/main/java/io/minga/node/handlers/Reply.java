package io.minga.node.handlers;

/**
 * Where an asynchronous handler's result goes. The first reply counts and all later ones are
 * ignored, also when it was the clock or a canceller that came first.
 */
public interface Reply {
  /** The task is done; {@code result} is copied at once. */
  void complete(byte[] result);

  /** The task has failed. */
  void fail(Throwable cause);

  /**
   * Has {@code action} run when nobody wants the result any more, at once if that is so already.
   * One action is kept, the last. It should be quick, and what it throws is ignored.
   */
  void onCancel(Runnable action);
}
