package io.minga.node.handlers;

/**
 * The code behind a function: bytes in, bytes out. Safe for any thread; several tasks may be in it
 * at once.
 *
 * <p>What a handler throws becomes the task's failure, and its message travels to the caller: it
 * should say what is wrong without quoting the input. {@link HandlerException} chooses the kind of
 * the failure, anything else is {@link FailureKind#FAILED}.
 */
public sealed interface Handler {
  /**
   * A handler that computes, on a slot's thread. When its task is cancelled or runs out of time it
   * is interrupted; if it has not returned one second later, its thread is given up.
   */
  @FunctionalInterface
  non-sealed interface Computing extends Handler {
    /**
     * The result of one task.
     *
     * @param call whose task it is; not to be used after the return
     * @param input the handler's own
     * @return the result, copied before the handler is called again
     * @throws Exception which becomes the task's failure
     */
    byte[] handle(Call call, byte[] input) throws Exception;
  }

  /**
   * A handler that mostly waits, for a database perhaps. It has a virtual thread for each task and
   * holds no slot where the JVM has such threads, and is a {@link Computing} one where it hasn't.
   */
  @FunctionalInterface
  non-sealed interface Blocking extends Handler {
    /**
     * The result of one task.
     *
     * @param call whose task it is; not to be used after the return
     * @param input the handler's own
     * @return the result
     * @throws Exception which becomes the task's failure
     */
    byte[] handle(Call call, byte[] input) throws Exception;
  }

  /** A handler that starts something and replies when it is done. Meanwhile it holds no slot. */
  @FunctionalInterface
  non-sealed interface Asynchronous extends Handler {
    /**
     * Starts one task.
     *
     * @param call whose task it is
     * @param input the handler's own
     * @param reply where the result goes, during this call or later, from any thread
     * @throws Exception which becomes the task's failure unless there was a reply
     */
    void handle(Call call, byte[] input, Reply reply) throws Exception;
  }
}
