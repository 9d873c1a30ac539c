package io.minga.node.core;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Cid;
import io.minga.node.story.TaskEvent.What;
import io.minga.node.task.BatchName;
import io.minga.node.task.WorkFrame;
import org.jspecify.annotations.Nullable;

/**
 * Who has taken over tasks of this peer's own from those they were handed to: as far as it is told,
 * for their claims say the same to all.
 */
final class Holders {
  /** By how much a claim that is said to come from a move may be ahead of what is known here. */
  private static final int MOST_AHEAD = Announcer.EPOCHS_AHEAD_MAX;

  private final PeerId self;
  private final Turn turn;
  private final Announcer announcer;
  private final Submissions submissions;
  private final Dispatch dispatch;
  private final Handing handing;

  Holders(
      PeerId self,
      Turn turn,
      Announcer announcer,
      Submissions submissions,
      Dispatch dispatch,
      Handing handing) {
    this.self = self;
    this.turn = turn;
    this.announcer = announcer;
    this.submissions = submissions;
    this.dispatch = dispatch;
    this.handing = handing;
  }

  /** A peer says that another gave it tasks, which it has claimed. */
  void hold(long nowNanos, PeerId from, WorkFrame.Hold hold) {
    OwnBatch batch = submissions.batch(new BatchName.ByCid(hold.batch()));
    Lane lane = dispatch.lanes().of(from);
    if (batch != null) {
      batch.isHandedTo(from);
    }
    for (WorkFrame.Share share : hold.shares()) {
      IndexBits unwanted = IndexBits.of(share.indexes());
      if (batch != null) {
        unwanted.removeAll(moved(nowNanos, batch, lane, share.epoch(), unwanted));
      }
      BatchName name = new BatchName.ByCid(hold.batch());
      unwanted.forEach(index -> turn.cancel(from, name, share.epoch(), index));
    }
  }

  /**
   * A peer says what it has taken. What it is not to have, since the push came so late that others
   * have got it or done it, it would run for nobody; unless one of these has given it to it since,
   * in an epoch that isn't known here.
   */
  void taken(PeerId from, WorkFrame.Taken taken) {
    OwnBatch batch = submissions.batch(taken.batch());
    Lane lane = dispatch.lanes().known(from);
    IndexBits unwanted = IndexBits.of(taken.taken());
    if (batch != null) {
      unwanted.removeAll(batch.recording); // their outcomes are to stay where they are until then
      for (Handout handout : batch.handouts) {
        if (handout.lane == lane) {
          unwanted.removeAll(handout.tasks);
        }
      }
    }
    unwanted.forEach(
        index -> {
          int known = batch != null && index < batch.batch.size() ? batch.epoch(index) : 0;
          turn.cancel(from, taken.batch(), known, index);
        });
  }

  /**
   * Tasks of this peer's own that another gives back to it, in the epoch that it had them in. What
   * runs with a second peer, too, stays where it is.
   */
  IndexBits offeredBack(PeerId giver, Cid cid, int epoch, IndexSet indexes) {
    OwnBatch batch = submissions.batch(new BatchName.ByCid(cid));
    Lane lane = dispatch.lanes().known(giver);
    IndexBits back = new IndexBits();
    if (batch != null && lane != null && !batch.demand.key.remoteOnly()) {
      indexes.forEach(
          index -> {
            Handout handout = index < batch.batch.size() ? batch.handout(lane, index) : null;
            if (handout != null && handout.epoch == epoch && batch.holders(index) == 1) {
              back.add(index);
            }
          });
    }
    return back;
  }

  /** An own batch with tasks that aren't over. */
  @Nullable OwnBatch batch(Cid cid) {
    return submissions.batch(new BatchName.ByCid(cid));
  }

  /** This peer has taken over tasks of its own. */
  void movedHere(long nowNanos, OwnBatch batch, int epoch, IndexBits tasks) {
    moved(nowNanos, batch, dispatch.lanes().of(self), epoch, tasks);
  }

  /**
   * Tasks are with another peer than they were, in a later epoch; returns those that it is to keep.
   */
  private IndexBits moved(long nowNanos, OwnBatch batch, Lane lane, int epoch, IndexBits indexes) {
    IndexBits kept = new IndexBits();
    IndexBits fresh = new IndexBits();
    long[] taskNanos = {Math.max(1, batch.demand.candidates.meanNanos())};
    indexes.forEach(
        index -> {
          if (index >= batch.batch.size()
              || !batch.open.contains(index)
              || batch.policy().exclusive()) {
            return;
          }
          Handout here = batch.handout(lane, index);
          Handout before = here == null ? batch.handout(index) : here;
          int known = batch.epoch(index);
          if (batch.holders(index) > 1 && (here == null || epoch > known)) {
            return; // it runs twice: that is enough
          } else if (before != null && before.lane == lane && epoch <= known) {
            kept.add(index); // it was said before
          } else if (epoch > known + MOST_AHEAD) {
            return;
          } else if (before != null && epoch > known) {
            taskNanos[0] = before.taskNanos;
            leave(before, lane, index);
            fresh.add(index);
          } else if (before == null
              && (epoch > known || (epoch == known && !batch.calledBack.contains(index)))
              && batch.ready.remove(index)) {
            fresh.add(index);
          }
        });
    fresh.forEach(index -> batch.raise(index, epoch));
    if (!fresh.isEmpty()) {
      announcer.heard(turn.nowMillis(), lane.peer, batch.batch.cid(), epoch, fresh.toSet());
      batch.isHandedTo(lane.peer);
      String why = "the peer that had it had more to do";
      turn.stories().note(batch.story, What.MOVED, fresh, lane.peer, epoch, why);
      dispatch.moved(nowNanos, batch, lane, epoch, fresh.copy(), taskNanos[0]);
    }
    kept.addAll(fresh);
    return kept;
  }

  /** A task is with {@code lane}, and no more in the handout that it was in. */
  private void leave(Handout before, Lane lane, int index) {
    if (before.lane == lane) {
      dispatch.over(before, index); // it has got it back
    } else {
      handing.returning().giveUp(before, index);
    }
  }
}
