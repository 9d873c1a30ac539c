package io.minga.node.handlers.runtime;

import io.minga.libp2p.wire.Bytes;
import io.minga.node.handlers.FailureKind;
import io.minga.node.handlers.Outcome;
import io.minga.node.handlers.Run;
import org.jspecify.annotations.Nullable;

/** What slots say of tasks, in words. */
final class Outcomes {
  /** Made beforehand, for when there is no memory to make it. */
  private static final Outcome INDESCRIBABLE =
      Outcome.Failure.of(
          FailureKind.FAILED, "the handler failed, and nothing could be made to describe how");

  private Outcomes() {}

  /** The outcome of a handler that returned {@code result}, null included. */
  static Outcome returned(byte @Nullable [] result, int bytesMax) {
    if (result == null) {
      return Outcome.Failure.of(
          FailureKind.BAD_RESULT, "the handler returned null; no result is an array of no bytes");
    }
    if (result.length > bytesMax) {
      return Outcome.Failure.of(
          FailureKind.TOO_LARGE,
          "the result has %d B, above the limit of %d B".formatted(result.length, bytesMax));
    }
    return new Outcome.Value(Bytes.copyOf(result));
  }

  /** The outcome of a handler that threw; in any state of the JVM there is one. */
  static Outcome threw(Throwable thrown) {
    try {
      return Outcome.Failure.of(thrown);
    } catch (Throwable again) { // no memory, or a throwable that throws
      return INDESCRIBABLE;
    }
  }

  static Outcome unknown(Run run) {
    return Outcome.Failure.of(
        FailureKind.UNKNOWN_FUNCTION,
        "this peer does not offer the function %s".formatted(run.function()));
  }

  static Outcome overloaded(int parkedMax) {
    return Outcome.Failure.of(
        FailureKind.OVERLOADED,
        "%d tasks wait for their replies already; this one was not started".formatted(parkedMax));
  }

  /** The outcome of a task that was ended from outside. */
  static Outcome ended(Run run, FailureKind reason) {
    return Outcome.Failure.of(
        reason,
        reason == FailureKind.TIMED_OUT
            ? "it ran for more than %d ms".formatted(run.timeoutNanos() / 1_000_000)
            : "it was cancelled");
  }

  /** The same, of one whose handler didn't care. */
  static Outcome abandoned(Run run, FailureKind reason) {
    return Outcome.Failure.of(
        reason,
        ((Outcome.Failure) ended(run, reason)).message()
            + ", and its handler, interrupted, did not return");
  }
}
