package io.minga.node;

import org.jspecify.annotations.Nullable;

/**
 * What a peer does for a task that it may run under a lease, as {@link RemoteFunction#exclusive}
 * asks: a function of its argument and its token.
 */
@FunctionalInterface
public interface FencedFunction<A extends @Nullable Object, R extends @Nullable Object> {
  /**
   * The result. The thread is interrupted when the lease ends.
   *
   * @param token by which whatever this works on can tell that it comes too late
   * @throws Exception as {@link TaskFunction#apply}
   */
  R apply(A argument, Token token) throws Exception;
}
