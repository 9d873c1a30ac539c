package io.minga.node.handlers;

import io.minga.libp2p.multiformats.Cid;
import io.minga.libp2p.wire.Bytes;

/** How an attempt at a task ended, as its slot says. */
public sealed interface Outcome {
  /** It gave this. */
  record Value(Bytes bytes) implements Outcome {}

  /**
   * It gave a large value, which is kept by its CID.
   *
   * @param hold what keeps it as long as that isn't closed
   */
  record Kept(Cid cid, long sizeBytes, AutoCloseable hold) implements Outcome {}

  /**
   * It failed. The texts are cut to their limits.
   *
   * @param type the class of what was thrown; empty if nothing was
   * @param message one sentence, at most {@link #MESSAGE_BYTES_MAX} bytes in UTF-8
   * @param stack where the handler was, a frame a line, at most {@link #STACK_BYTES_MAX} bytes in
   *     UTF-8; classes and lines only, no messages; or the last words of a program; empty if there
   *     is neither
   */
  record Failure(FailureKind kind, String type, String message, String stack) implements Outcome {
    /** How many bytes a message may have. */
    public static final int MESSAGE_BYTES_MAX = 1 << 10;

    /** How many bytes a stack may have. */
    public static final int STACK_BYTES_MAX = 8 << 10;

    /** Cuts the texts. */
    public Failure {
      type = Texts.cut(type, MESSAGE_BYTES_MAX);
      message = Texts.cut(message, MESSAGE_BYTES_MAX);
      stack = Texts.cut(stack, STACK_BYTES_MAX);
    }

    /** A failure of which there is nothing to say but a sentence. */
    public static Failure of(FailureKind kind, String message) {
      return new Failure(kind, "", message, "");
    }

    /** The failure that {@code thrown} is. */
    public static Failure of(Throwable thrown) {
      if (thrown instanceof HandlerException chosen) {
        return new Failure(
            chosen.kind(), "", String.valueOf(chosen.getMessage()), chosen.details());
      }
      ExitRefusedError refused = Texts.cause(thrown, ExitRefusedError.class);
      if (refused != null) { // by reflection or from a stage, perhaps, which wrap it
        return new Failure(
            FailureKind.FAILED, "", String.valueOf(refused.getMessage()), Texts.stack(refused));
      }
      String type = thrown.getClass().getName();
      return new Failure(FailureKind.FAILED, type, Texts.message(thrown), Texts.stack(thrown));
    }
  }
}
