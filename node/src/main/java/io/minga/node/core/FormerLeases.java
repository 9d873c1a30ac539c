package io.minga.node.core;

import io.minga.crdt.claims.IndexSet;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Durable exclusive tasks that this peer had before it was started: others may run them, under
 * leases of which it knows nothing any more.
 *
 * <p>All leases of an earlier life have ended once one could have that was granted when this life
 * began. Until then a task is given to nobody; but whoever says that it has a lease for it, or how
 * it ended, has it, since nobody else can.
 */
final class FormerLeases {
  private final Dispatch dispatch;
  private final Grants grants;
  private final Deque<Waiting> waiting = new ArrayDeque<>();

  private record Waiting(OwnBatch batch, long untilNanos) {}

  FormerLeases(Dispatch dispatch, Grants grants) {
    this.dispatch = dispatch;
    this.grants = grants;
  }

  /** A batch of before. */
  void restored(long nowNanos, OwnBatch batch) {
    batch.former = batch.ready.copy();
    batch.ready.clear();
    waiting.add(new Waiting(batch, nowNanos + grants.surelyNanos()));
  }

  /** A peer has tasks of before, held in that epoch: from now on it has them of this life. */
  void adopt(long nowNanos, OwnBatch batch, @Nullable Lane lane, int epoch, IndexSet indexes) {
    if (batch.former.isEmpty() || lane == null) {
      return;
    }
    IndexBits its = new IndexBits();
    indexes.forEach(
        index -> {
          if (batch.former.contains(index) && epoch <= batch.attempts().floor(index)) {
            its.add(index);
            batch.attempts().adopt(index, epoch);
          }
        });
    if (!its.isEmpty()) {
      batch.former.removeAll(its);
      batch.isHandedTo(lane.peer);
      grants.lease(
          nowNanos, dispatch.moved(nowNanos, batch, lane, epoch, its, batch.demand.meanNanos()));
    }
  }

  /** Those that nobody can have any more: their tasks are ready now. */
  List<OwnBatch> due(long nowNanos) {
    if (waiting.isEmpty()) {
      return List.of();
    }
    List<OwnBatch> due = new ArrayList<>();
    for (Waiting first = waiting.peek();
        first != null && first.untilNanos - nowNanos <= 0;
        first = waiting.peek()) {
      waiting.poll();
      first.batch.ready.addAll(first.batch.former);
      first.batch.former.clear();
      due.add(first.batch);
    }
    return due;
  }

  long nextDeadlineNanos(long never) {
    Waiting first = waiting.peek();
    return first == null || never - first.untilNanos <= 0 ? never : first.untilNanos;
  }
}
