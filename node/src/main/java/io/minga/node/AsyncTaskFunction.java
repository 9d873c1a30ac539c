package io.minga.node;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** What a peer does for a task that waits for others meanwhile, and holds no slot while it does. */
@FunctionalInterface
public interface AsyncTaskFunction<A extends @Nullable Object, R extends @Nullable Object> {
  /**
   * Starts it.
   *
   * @param self the function itself, as all peers offer it; {@linkplain RemoteFunction#memoized
   *     memoized} if this call is, so that what it calls is shared as it is itself
   * @return what is completed with the result; it is cancelled when nobody wants that any more
   * @throws Exception as {@link TaskFunction#apply}
   */
  CompletionStage<R> apply(A argument, RemoteFunction<A, R> self) throws Exception;

  /** What is completed with a value that needs no waiting for. */
  static <R extends @Nullable Object> CompletableFuture<R> completed(R value) {
    return CompletableFuture.completedFuture(value);
  }
}
