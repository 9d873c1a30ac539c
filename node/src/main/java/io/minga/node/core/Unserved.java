package io.minga.node.core;

import io.minga.node.task.Outcome;
import java.util.List;

/**
 * Calls that nobody can make who is known: they fail after a while, with a sentence that says so.
 */
final class Unserved {
  private final NodeOptions options;
  private final Membership membership;
  private final Handing.Ends ends;

  Unserved(NodeOptions options, Membership membership, Handing.Ends ends) {
    this.options = options;
    this.membership = membership;
    this.ends = ends;
  }

  /** This peer stood still, and who serves these may be there by now. */
  void waitAnew(long nowNanos, List<Demand> unserved) {
    unserved.forEach(demand -> demand.unservedNanos = nowNanos);
  }

  /** Ends what has waited for too long, of demands that nobody connected serves. */
  void end(long nowNanos, List<Demand> unserved) {
    long wait = options.times().noPeer().toNanos();
    for (Demand demand : unserved) {
      for (OwnBatch batch : List.copyOf(demand.ready)) {
        if (!batch.policy().durable() // that waits until its time is over
            && batch.readySinceNanos + wait - nowNanos <= 0
            && demand.unservedNanos + wait - nowNanos <= 0) {
          Outcome nobody = Intake.failure(Outcome.Kind.UNKNOWN_FUNCTION, nobodyRuns(demand));
          batch.ready.copy().forEach(index -> ends.end(batch, index, nobody, null));
        }
      }
    }
  }

  private String nobodyRuns(Demand demand) {
    String reached = demand.candidates().isEmpty() ? "" : " and can be reached";
    return switch (membership.neighbours()) {
      case 0 ->
          "this peer does not run %s, and knows no other in the network %s"
              .formatted(demand.key.function(), options.network());
      case 1 ->
          "neither this peer nor the other one known here runs %s%s"
              .formatted(demand.key.function(), reached);
      default ->
          "none of the %d other peers known here runs %s%s"
              .formatted(membership.neighbours(), demand.key.function(), reached);
    };
  }
}
