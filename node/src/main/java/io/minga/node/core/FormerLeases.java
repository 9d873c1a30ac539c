package io.minga.node.core;

import io.minga.crdt.claims.IndexSet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Durable tasks that this peer had before it was started, and that wait before anybody gets them.
 *
 * <p>Exclusive ones others may still run, under leases of which nothing is known any more. All
 * leases of an earlier life have ended once one could have that was granted when this life began.
 * But whoever says before that it has a lease for a task, or how that ended, has it, since nobody
 * else can. Those of which an attempt has failed wait for whoever looked after them meanwhile: it
 * may know that they were tried often enough.
 */
final class FormerLeases {
  private final Dispatch dispatch;
  private final Grants grants;
  private final long settleNanos;
  private final PriorityQueue<Waiting> waiting = new PriorityQueue<>();

  private record Waiting(long untilNanos, OwnBatch batch) implements Comparable<Waiting> {
    @Override
    public int compareTo(Waiting other) {
      long before = untilNanos - other.untilNanos;
      return before != 0 ? Long.signum(before) : Long.compare(batch.ref(), other.batch.ref());
    }
  }

  FormerLeases(Dispatch dispatch, Grants grants, Duration settle) {
    this.dispatch = dispatch;
    this.grants = grants;
    this.settleNanos = settle.toNanos();
  }

  /** A batch of before. */
  void restored(long nowNanos, OwnBatch batch) {
    boolean exclusive = batch.policy().exclusive();
    batch.former = exclusive ? batch.ready.copy() : IndexBits.of(batch.failed());
    batch.ready.removeAll(batch.former);
    if (!batch.former.isEmpty()) {
      long nanos = exclusive ? grants.surelyNanos() : settleNanos;
      waiting.add(new Waiting(nowNanos + nanos, batch));
    }
  }

  /** A peer has exclusive tasks of before, held in that epoch: from now on it has those of now. */
  void adopt(long nowNanos, OwnBatch batch, @Nullable Lane lane, int epoch, IndexSet indexes) {
    if (batch.former.isEmpty() || lane == null || !batch.policy().exclusive()) {
      return;
    }
    Attempts attempts = batch.attempts();
    IndexBits its = new IndexBits();
    indexes.forEach(
        index -> {
          boolean isOver = epoch <= attempts.failedIn(index); // it is said again
          if (batch.former.contains(index) && epoch <= attempts.floor(index) && !isOver) {
            its.add(index);
            attempts.adopt(index, epoch);
          }
        });
    if (!its.isEmpty()) {
      batch.former.removeAll(its);
      batch.isHandedTo(lane.peer);
      long taskNanos = batch.demand.meanNanos();
      grants.lease(nowNanos, dispatch.moved(nowNanos, batch, lane, epoch, its, taskNanos));
    }
  }

  /** Those that wait no more: their tasks are ready now. */
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
