package io.minga.node;

import io.minga.libp2p.wire.WireException;
import io.minga.node.runtime.PeerRuntime;
import io.minga.node.runtime.store.BlockException;
import io.minga.node.runtime.store.BlockHold;
import io.minga.node.task.Outcome;
import io.minga.node.task.Payload;
import io.minga.node.value.FunctionType;
import org.jspecify.annotations.Nullable;

/** Results as they came, made values. */
final class Results {
  private Results() {}

  /** The value of a result as {@link #take} gave it. */
  static <R extends @Nullable Object> R decode(FunctionType<?, R> type, Object came)
      throws WireException {
    if (came instanceof Payload.Inline inline) {
      return type.decodeResult(inline.toByteArray());
    }
    try (BlockHold hold = (BlockHold) came) {
      return type.decodeResult(hold.bytes());
    } catch (BlockException e) {
      throw new WireException("function %s, result: %s".formatted(type.name(), e.getMessage()));
    }
  }

  /** On the loop: what there is of an outcome that is none of a failure, to be decoded once. */
  static Object take(PeerRuntime runtime, Payload payload) {
    if (payload instanceof Payload.Content content) {
      BlockHold hold = runtime.hold(content);
      return hold == null ? GONE : hold;
    }
    return payload;
  }

  /** What became of a result that could not be kept, because the peer is closed. */
  static final Outcome.Failure GONE =
      new Outcome.Failure(Outcome.Kind.CANCELLED, "", "this peer is closed", "");

  /** Why an argument can't be submitted. */
  static Outcome.Failure unkept(BlockException why) {
    return new Outcome.Failure(
        Outcome.Kind.LIMIT, "", "its argument can't be kept: " + why.getMessage(), "");
  }

  /** What a result that is none comes to. */
  static Outcome.Failure undecodable(WireException why) {
    return new Outcome.Failure(Outcome.Kind.BAD_RESULT, "", why.getMessage(), "");
  }
}
