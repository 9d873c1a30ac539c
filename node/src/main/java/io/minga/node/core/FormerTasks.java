package io.minga.node.core;

import io.minga.crdt.claims.IndexSet;
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
 * else can.
 *
 * <p>Others wait for those who keep them, if an attempt has failed or somebody may have looked
 * after them meanwhile: they may have ended, or been tried often enough. Who has tasks is not
 * journaled, so that this peer goes on when as many as there should be have spoken, or after a
 * while.
 */
final class FormerTasks {
  private final Turn turn;
  private final Dispatch dispatch;
  private final Grants grants;
  private final CopyOptions options;
  private final PriorityQueue<Waiting> waiting = new PriorityQueue<>();

  private record Waiting(long untilNanos, OwnBatch batch) implements Comparable<Waiting> {
    @Override
    public int compareTo(Waiting other) {
      long before = untilNanos - other.untilNanos;
      return before != 0 ? Long.signum(before) : Long.compare(batch.ref(), other.batch.ref());
    }
  }

  FormerTasks(Turn turn, Dispatch dispatch, Grants grants, CopyOptions options) {
    this.turn = turn;
    this.dispatch = dispatch;
    this.grants = grants;
    this.options = options;
  }

  /** A batch of before. */
  void restored(long nowNanos, OwnBatch batch) {
    boolean exclusive = batch.policy().exclusive();
    boolean all = exclusive || mayHaveSteward(batch);
    batch.former = all ? batch.ready.copy() : IndexBits.of(batch.failed());
    batch.ready.removeAll(batch.former);
    if (!batch.former.isEmpty()) {
      long nanos = exclusive ? grants.surelyNanos() : options.settle().toNanos();
      waiting.add(new Waiting(nowNanos + nanos, batch));
    }
  }

  /** Whether the batch is old enough for its submitter to have been missed; by the wall clock. */
  private boolean mayHaveSteward(OwnBatch batch) {
    long ageMillis = turn.nowMillis() - batch.batch.header().createdAtMillis();
    return ageMillis < 0 || ageMillis >= options.patience().toMillis();
  }

  /** All who keep a batch have spoken of it: what waits for them begins, but what has ended. */
  void goOn(OwnBatch batch, IndexSet ended) {
    if (batch.former.isEmpty() || batch.policy().exclusive()) {
      return;
    }
    IndexBits open = batch.former.copy();
    open.removeAll(IndexBits.of(ended));
    batch.former.removeAll(open);
    batch.ready.addAll(open);
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
      long taskNanos = batch.demand.candidates.meanNanos();
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
