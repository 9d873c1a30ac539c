package io.minga.gossip;

import io.minga.gossip.router.Gossipsub.Verdict;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * What an application holds of the messages of a topic, before they are delivered and handed on.
 */
@FunctionalInterface
public interface Validator {
  /**
   * Judges {@code message}, whose signature is good. Called on the threads that verify signatures,
   * by several at once: it may compute, but who has to wait for something returns a stage that is
   * completed later.
   *
   * @return the verdict. One that doesn't come in time is IGNORE, and so is one that fails
   */
  CompletionStage<Verdict> validate(ReceivedMessage message);

  /** A validator that answers at once. */
  static Validator of(Function<ReceivedMessage, Verdict> verdict) {
    return message -> CompletableFuture.completedFuture(verdict.apply(message));
  }
}
