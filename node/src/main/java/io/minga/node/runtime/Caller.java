package io.minga.node.runtime;

import io.minga.libp2p.identity.PeerId;
import io.minga.node.core.Effect;
import io.minga.node.task.Outcome;
import org.jspecify.annotations.Nullable;

/** Whoever waits for the outcomes of calls that were submitted together. */
public interface Caller {
  /**
   * A call has ended; each does once. Called on the loop, so it must neither block nor run anything
   * of an application.
   *
   * @param call its place among those that were submitted together
   * @param peer who ran it, if anybody did
   * @param attempts how often it was handed to a peer
   */
  void completed(int call, Outcome outcome, @Nullable PeerId peer, int attempts);

  /** The same, with which task the call became. */
  default void completed(Effect.Complete end) {
    completed(end.call(), end.outcome(), end.peer(), end.attempts());
  }

  /**
   * What is to be done, on the loop, when no more outcomes come for now; run once if they are
   * equal.
   */
  default @Nullable Runnable afterTurn() {
    return null;
  }
}
