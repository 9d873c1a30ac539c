package io.minga.node.core;

import io.minga.node.task.Batch;
import io.minga.node.task.FunctionName;
import io.minga.node.task.Policy;
import io.minga.node.task.WorkFrame.Refusal;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What this peer runs, and which batches it therefore refuses. */
final class Offered {
  private final NodeOptions options;
  private final TreeSet<FunctionName> functions = new TreeSet<>();
  private boolean leaving;

  Offered(NodeOptions options) {
    this.options = options;
  }

  void offer(List<FunctionName> offered) {
    functions.clear();
    functions.addAll(offered);
  }

  /** The functions that this peer runs; none if it has no slots. */
  List<FunctionName> functions() {
    return options.slots() == 0 ? List.of() : List.copyOf(functions);
  }

  /** From now on nothing more is taken. */
  void leave() {
    leaving = true;
  }

  boolean isLeaving() {
    return leaving;
  }

  /** Why this peer can't run the batch's tasks; null if it can. */
  @Nullable Refusal refusal(long nowMillis, Batch batch) {
    if (leaving || options.slots() == 0) {
      return leaving ? Refusal.LEAVING : Refusal.UNKNOWN_FUNCTION;
    }
    if (batch.header().expiresAtMillis() <= nowMillis) {
      return Refusal.EXPIRED;
    }
    for (FunctionName function : batch.functions()) {
      if (!functions.contains(function)) {
        return Refusal.UNKNOWN_FUNCTION;
      }
    }
    Policy policy = batch.header().policy();
    return policy.requires().areMetBy(options.tags(), options.cores(), options.memoryMib())
        ? null
        : Refusal.REQUIREMENTS;
  }
}
