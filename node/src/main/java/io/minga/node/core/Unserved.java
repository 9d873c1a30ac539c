package io.minga.node.core;

import io.minga.node.task.Outcome;
import java.util.List;

/**
 * Calls that nobody can make who is known: they fail after a while, with a sentence that says so.
 *
 * <p>A peer that has just begun knows nobody yet. Its calls wait until it has met the first other
 * and had time to hear of more, or has looked for one for so long that there may be none.
 */
final class Unserved {
  /** After so long a peer that has begun and knows no other takes itself to be alone. */
  private static final long JOINING_NANOS = 5_000_000_000L;

  private final NodeOptions options;
  private final Membership membership;
  private final Handing.Ends ends;

  private boolean begun;
  private long beganNanos;

  /** Whether another peer was ever known, and since when. */
  private boolean met;

  private long metNanos;

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
    look(nowNanos);
    long wait = options.times().noPeer().toNanos();
    if ((met ? metNanos + wait : beganNanos + JOINING_NANOS) - nowNanos > 0) {
      return;
    }
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

  private void look(long nowNanos) {
    if (!begun) {
      begun = true;
      beganNanos = nowNanos;
    }
    if (!met && membership.neighbours() > 0) {
      met = true;
      metNanos = nowNanos;
    }
  }

  private String nobodyRuns(Demand demand) {
    String reached = demand.candidates.list().isEmpty() ? "" : " and can be reached";
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
