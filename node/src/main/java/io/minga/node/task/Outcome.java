package io.minga.node.task;

import io.minga.libp2p.wire.Bytes;

/** How an attempt at a task ended. */
public sealed interface Outcome {
  /** It gave this. */
  record Value(Payload payload) implements Outcome {}

  /**
   * It failed.
   *
   * @param type what the handler's error is called, such as a class; empty if it was none of its
   * @param message in words, without the task's input; empty if there are none
   * @param stack where, for the handler's author; empty if nobody knows
   */
  record Failure(Kind kind, String type, String message, String stack) implements Outcome {
    /** The same, each text cut to what may go over the wire. */
    public Failure cut(TaskLimits limits) {
      return new Failure(
          kind,
          Utf8.cut(type, limits.failureTextBytesMax()),
          Utf8.cut(message, limits.failureTextBytesMax()),
          Utf8.cut(stack, limits.failureStackBytesMax()));
    }
  }

  /** Why a task failed; the order is that of the numbers on the wire. */
  enum Kind {
    /** For a reason that this version doesn't know. */
    OTHER,
    /** The handler threw, or its process ended with an error. */
    HANDLER,
    /** It ran longer than it may. */
    TIMEOUT,
    /** Somebody cancelled it. */
    CANCELLED,
    /** The peer doesn't offer the function. */
    UNKNOWN_FUNCTION,
    /** The input is not what the function takes. */
    BAD_INPUT,
    /** The result can't be sent: too large, or of a type that has no bytes. */
    BAD_RESULT,
    /** It took more memory, output or processes than it may. */
    LIMIT,
    /** The worker died with it. */
    WORKER_DIED,
    /** A task whose result it takes failed. */
    PARENT,
    /** An input or a result that goes by CID is nowhere to be had. */
    MISSING_CONTENT,
    /** It came too late: the lease, or the batch, was over. */
    EXPIRED
  }

  /**
   * The value that a function returned, to go inside a frame.
   *
   * @throws IllegalArgumentException if it is too large for that
   */
  static Value value(TaskLimits limits, FunctionName function, Bytes bytes) {
    if (bytes.length() > limits.valueBytesMax()) {
      throw new IllegalArgumentException(
          "the result of %s has %d B, above the limit of %d B inside a frame; a larger one goes by CID"
              .formatted(function, bytes.length(), limits.valueBytesMax()));
    }
    return new Value(Payload.of(bytes));
  }
}
