package io.minga.node.handlers;

/** Where results go that are too large to be handed on as they are. Safe for any thread. */
public interface LargeResults {
  /**
   * Keeps a result, on the thread of whoever made it; it is not changed before the return.
   *
   * @return an {@link Outcome.Kept}, or a failure that says why it can't be kept
   */
  Outcome keep(byte[] result);
}
