package io.minga.node;

import io.minga.libp2p.wire.WireException;
import io.minga.node.task.Outcome;
import io.minga.node.task.Payload;
import io.minga.node.value.FunctionType;
import org.jspecify.annotations.Nullable;

/** Results as they came, made values. */
final class Results {
  private Results() {}

  /** The value of a result. */
  static <R extends @Nullable Object> R decode(FunctionType<?, R> type, Payload payload)
      throws WireException {
    if (payload instanceof Payload.Inline inline) {
      return type.decodeResult(inline.toBytes().toByteArray());
    }
    throw new WireException(
        "function %s, result: it is somewhere else, by its CID".formatted(type.name()));
  }

  /** What a result that is none comes to. */
  static Outcome.Failure undecodable(WireException why) {
    return new Outcome.Failure(Outcome.Kind.BAD_RESULT, "", why.getMessage(), "");
  }
}
