package io.minga.node.core;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.identity.PeerId;
import io.minga.node.task.BatchName;
import io.minga.node.task.Outcome;
import io.minga.node.task.Payload;

/**
 * Results by CID of this peer's own tasks. The outcome of such a task counts when its result is
 * here, and its owner keeps it until then.
 */
final class ResultFetches {
  private final Fetching fetching;
  private final Turn turn;
  private final Membership membership;
  private final Ends ends;

  /** Takes outcomes that count. */
  @FunctionalInterface
  interface Ends {
    void ended(long nowNanos, OwnBatch batch, int index, Outcome outcome, PeerId from, int epoch);
  }

  ResultFetches(Fetching fetching, Turn turn, Membership membership, Ends ends) {
    this.fetching = fetching;
    this.turn = turn;
    this.membership = membership;
    this.ends = ends;
  }

  /** Whether the outcome has to wait for its result. */
  boolean await(long nowNanos, OwnBatch batch, int index, Outcome outcome, PeerId from, int epoch) {
    if (!(outcome instanceof Outcome.Value value)
        || !(value.payload() instanceof Payload.Content content)
        || !batch.open.contains(index)) {
      return false;
    }
    Coming coming = new Coming(this, batch, index, from, epoch, content);
    if (fetching.use(content.cid())) {
      here(nowNanos, coming);
    } else if (!fetching.isAwaited(content.cid(), coming)) {
      fetching.want(content.cid(), content.sizeBytes(), from, Fetching.RESULT, coming);
    }
    return true;
  }

  /** An outcome whose result is on its way. */
  private record Coming(
      ResultFetches of, OwnBatch batch, int index, PeerId from, int epoch, Payload.Content content)
      implements Fetching.Waiter {
    @Override
    public void here(long nowNanos) {
      of.here(nowNanos, this);
    }

    @Override
    public void missing(long nowNanos, String why) {
      of.missing(nowNanos, this, why);
    }
  }

  private void here(long nowNanos, Coming it) {
    ended(nowNanos, it, new Outcome.Value(it.content));
    fetching.over(nowNanos, it.content.cid(), turn.out());
  }

  private void missing(long nowNanos, Coming it, String why) {
    if (!membership.isConnected(it.from)) {
      return; // it comes back and says so again, or it is dead and another runs the task
    }
    String message =
        "its result, block %s of %d B, is not to be had: %s"
            .formatted(it.content.cid(), it.content.sizeBytes(), why);
    ended(nowNanos, it, Intake.failure(Outcome.Kind.MISSING_CONTENT, message));
  }

  private void ended(long nowNanos, Coming it, Outcome outcome) {
    BatchName name = new BatchName.ByCid(it.batch.batch.cid());
    turn.ack(nowNanos, it.from, name, IndexBits.of(IndexSet.of(it.index)));
    ends.ended(nowNanos, it.batch, it.index, outcome, it.from, it.epoch);
  }
}
