package io.minga.node.core;

import io.minga.crdt.claims.IndexSet;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Tasks that other peers have taken over from this one, and of which these tell the submitter. If
 * that one says nothing for so long, it hears from here that they aren't here.
 */
final class GivenAway {
  /** How long a submitter may take to hear from whoever has taken its tasks over. */
  private static final long GIVEN_NANOS = 5_000_000_000L;

  private final BatchTable table;

  /** In the order in which their submitters get to hear of it. */
  private final Deque<Given> given = new ArrayDeque<>();

  private record Given(Held held, IndexSet indexes, long untilNanos) {}

  GivenAway(BatchTable table) {
    this.table = table;
  }

  /** Another peer has these now. */
  void add(long nowNanos, Held held, IndexSet indexes) {
    given.add(new Given(held, indexes, nowNanos + GIVEN_NANOS));
  }

  /** Tells submitters what others have taken over, if they don't know. */
  void tell(long nowNanos, Owner.Releases submitters) {
    for (Given first = given.peek();
        first != null && first.untilNanos - nowNanos <= 0;
        first = given.peek()) {
      given.poll();
      Held held = first.held;
      IndexBits untold = IndexBits.of(first.indexes);
      untold.retainAll(held.given);
      if (!untold.isEmpty()) {
        held.given.removeAll(untold);
        submitters.released(held, untold.toSet());
        table.over(held);
      }
    }
  }

  long nextDeadlineNanos(long never) {
    Given first = given.peek();
    return first == null || never - first.untilNanos <= 0 ? never : first.untilNanos;
  }
}
