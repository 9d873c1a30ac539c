package io.minga.node.core;

import io.minga.node.task.FunctionName;
import io.minga.node.task.Outcome;
import io.minga.node.task.Payload;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/** A call that a house has made, and how it ended. */
final class Call {
  final FunctionName function;
  final Payload input;

  /** One, once it is over; more would be a broken promise. */
  final List<Outcome> outcomes = new ArrayList<>();

  /** Goes on with what comes after it. */
  Runnable onEnd = () -> {};

  Call(FunctionName function, Payload input) {
    this.function = function;
    this.input = input;
  }

  boolean isOver() {
    return !outcomes.isEmpty();
  }

  /** Why it failed. */
  Outcome.Failure failure() {
    return (Outcome.Failure) outcomes.get(0);
  }

  /** The number that came of it. */
  BigInteger number() {
    Outcome.Value value = (Outcome.Value) outcomes.get(0);
    return new BigInteger(((Payload.Inline) value.payload()).toBytes().toByteArray());
  }
}
