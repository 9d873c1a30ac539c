package io.minga.node.core;

import io.minga.crdt.claims.ClaimDelta;
import io.minga.crdt.claims.ClaimMessage;
import io.minga.crdt.claims.ClaimSet;
import io.minga.crdt.claims.Claimed;
import io.minga.crdt.claims.IndexSet;
import io.minga.crdt.claims.Phase;
import io.minga.crdt.wire.Id;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What this peer is going to say of its claims. The longer it waits, the more of it shares a
 * message or is overtaken by what comes later, and then need not be said at all.
 *
 * <p>Who holds what is said soon, since others may be about to run the same. What is settled only
 * ends what is known. That something is done is news only if its submitter, which has the outcome,
 * doesn't say so.
 */
final class Sayings {
  private static final long HELD_NANOS = 200_000_000;
  private static final long SETTLED_NANOS = 1_000_000_000;
  private static final long DONE_NANOS = 3_000_000_000L;

  private final ClaimSet claims;

  /** By batch. */
  private final Map<Id, ClaimDelta> unsaid = new LinkedHashMap<>();

  /** What is done, by batch. */
  private final Map<Id, ClaimDelta> done = new LinkedHashMap<>();

  private long sayNanos;
  private long doneNanos;

  Sayings(ClaimSet claims) {
    this.claims = claims;
  }

  /** This is to be said, if it is news. */
  void say(long nowNanos, Claimed claimed) {
    if (claimed.delta() != null) {
      say(nowNanos, claimed.delta());
    }
  }

  /** This is to be said. */
  void say(long nowNanos, ClaimDelta delta) {
    Phase phase = delta.entries().get(0).phase();
    if (phase == Phase.DONE) {
      if (done.isEmpty()) {
        doneNanos = nowNanos + DONE_NANOS;
      }
      done.merge(delta.batch(), delta, ClaimDelta::merge);
      return;
    }
    long byNanos = nowNanos + (phase == Phase.SETTLED ? SETTLED_NANOS : HELD_NANOS);
    if (unsaid.isEmpty() || byNanos - sayNanos < 0) {
      sayNanos = byNanos;
    }
    unsaid.merge(delta.batch(), delta, ClaimDelta::merge);
  }

  /** Says what has waited long enough, and is still true. */
  void flush(long nowNanos, List<Effect> out) {
    if (isDue(unsaid, sayNanos, nowNanos)) {
      say(unsaid, out);
    }
    if (isDue(done, doneNanos, nowNanos)) {
      say(done, out);
    }
  }

  private static boolean isDue(Map<Id, ClaimDelta> of, long byNanos, long nowNanos) {
    return !of.isEmpty() && byNanos - nowNanos <= 0;
  }

  private void say(Map<Id, ClaimDelta> of, List<Effect> out) {
    List<ClaimDelta> all = new ArrayList<>(of.size());
    for (ClaimDelta delta : of.values()) {
      ClaimDelta still = still(delta);
      if (still != null) {
        all.add(still);
      }
    }
    of.clear();
    ClaimMessage.of(all).forEach(message -> out.add(new Effect.Claim(message)));
  }

  /**
   * If anything of it is still true, all that this peer has to say of the batch: what is lost comes
   * with the next message, and the last one is all that anybody need keep. Of a batch that is
   * forgotten, since the clock has jumped or this peer stood still, that it is over, which the
   * others may never hear else.
   */
  private @Nullable ClaimDelta still(ClaimDelta delta) {
    if (claims.contains(delta.batch())) {
      boolean stands = !claims.inForce(delta).isEmpty();
      return stands ? claims.claims(delta.batch(), delta.claimant()) : null;
    }
    IndexSet settled = IndexSet.EMPTY;
    for (ClaimDelta.Entry entry : delta.entries()) {
      settled = entry.phase() == Phase.SETTLED ? settled.or(entry.indexes()) : settled;
    }
    return delta.only(settled);
  }

  long nextDeadlineNanos(long never) {
    long next = unsaid.isEmpty() || never - sayNanos <= 0 ? never : sayNanos;
    return done.isEmpty() || next - doneNanos <= 0 ? next : doneNanos;
  }
}
