package io.minga.node.core;

import io.minga.node.task.Outcome;
import java.util.LinkedHashMap;
import java.util.Map;

/** How tasks of one demand end, and which peers are kept off since theirs fail. */
final class Breakers {
  /** So many outcomes are remembered, half of them for twice as long, and so on. */
  private static final long ENDED_MAX = 1_000;

  private final Map<Lane, Breaker> byLane = new LinkedHashMap<>();
  private long values;
  private long failures;

  /** A task has ended with a peer; whether that gets no more for a while, because of this. */
  boolean ended(long nowNanos, Lane lane, Outcome outcome) {
    if (outcome instanceof Outcome.Value) {
      values++;
      if (!byLane.isEmpty()) {
        succeeded(lane);
      }
    } else if (mayBeThePeers(((Outcome.Failure) outcome).kind())) {
      Breaker breaker = byLane.computeIfAbsent(lane, it -> new Breaker());
      long others = failures - Math.min(failures, breaker.failed());
      failures++;
      return breaker.failed(nowNanos, values + others, others);
    }
    if (values + failures > ENDED_MAX) {
      values /= 2;
      failures /= 2;
    }
    return false;
  }

  private void succeeded(Lane lane) {
    Breaker breaker = byLane.remove(lane);
    if (breaker != null) {
      breaker.succeeded();
    }
  }

  /** Whether another peer might have ended the task otherwise. */
  private static boolean mayBeThePeers(Outcome.Kind kind) {
    return switch (kind) {
      case OTHER, HANDLER, TIMEOUT, LIMIT, WORKER_DIED, MISSING_CONTENT, UNKNOWN_FUNCTION -> true;
      case CANCELLED, BAD_INPUT, BAD_RESULT, PARENT, EXPIRED -> false;
    };
  }

  /** Whether nobody has failed anything of late. */
  boolean isEmpty() {
    return byLane.isEmpty();
  }

  /** Whether a peer gets nothing now. */
  boolean keepsOff(long nowNanos, Lane lane) {
    Breaker breaker = byLane.isEmpty() ? null : byLane.get(lane);
    return breaker != null && breaker.keepsOff(nowNanos);
  }

  /** Whether a peer gets one task at most, to try. */
  boolean tries(Lane lane) {
    Breaker breaker = byLane.isEmpty() ? null : byLane.get(lane);
    return breaker != null && breaker.isOpen();
  }

  /** Whether a peer has got that one. */
  boolean isTrying(Lane lane) {
    Breaker breaker = byLane.isEmpty() ? null : byLane.get(lane);
    return breaker != null && breaker.isTrying();
  }

  /** A peer gets one to try. */
  void tried(long nowNanos, Lane lane) {
    Breaker breaker = byLane.get(lane);
    if (breaker != null) {
      breaker.tries(nowNanos);
    }
  }

  /** A peer is gone; if it comes back it begins anew. */
  void forget(Lane lane) {
    byLane.remove(lane);
  }

  /** The peers that get nothing now, and until when. */
  Map<Lane, Long> keptOff(long nowNanos) {
    Map<Lane, Long> off = new LinkedHashMap<>();
    byLane.forEach(
        (lane, breaker) -> {
          if (breaker.keepsOff(nowNanos)) {
            off.put(lane, breaker.untilNanos());
          }
        });
    return off;
  }
}
