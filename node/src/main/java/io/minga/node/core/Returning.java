package io.minga.node.core;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.identity.PeerId;
import io.minga.node.story.TaskEvent.What;
import io.minga.node.task.Outcome;
import io.minga.node.task.WorkFrame;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What comes back of this peer's own tasks, to be handed out anew: what an owner refuses, what is
 * called back, what was with a peer that is gone. And what is needed nowhere any more.
 */
final class Returning {
  private final NodeOptions options;
  private final Turn turn;
  private final Announcer announcer;
  private final Owner owner;
  private final Submissions submissions;
  private final Dispatch dispatch;
  private final Handing.Ends ends;
  private final Stories stories;

  Returning(
      Ground ground,
      Announcer announcer,
      Owner owner,
      Submissions submissions,
      Dispatch dispatch,
      Handing.Ends ends) {
    this.options = ground.options();
    this.turn = ground.turn();
    this.announcer = announcer;
    this.owner = owner;
    this.submissions = submissions;
    this.dispatch = dispatch;
    this.ends = ends;
    this.stories = turn.stories();
  }

  /** Calls tasks back from a peer, for another that has a free slot. */
  void recall(long nowNanos, Handout handout, IndexBits tasks) {
    OwnBatch batch = handout.of;
    String why = "another peer has nothing to do";
    stories.note(batch.story, What.CALLED_BACK, tasks, handout.lane.peer, handout.epoch, why);
    tasks.forEach(
        index -> {
          giveUp(handout, index);
          again(batch, index);
        });
    batch.avoided = handout.lane;
    dispatch.ready(nowNanos, batch);
  }

  /** A task is not needed any more where it is. */
  void giveUp(Handout handout, int index) {
    if (!dispatch.over(handout, index)) {
      return;
    }
    if (handout.lane.self) {
      owner.drop(handout.of.batch.cid(), IndexSet.of(index));
    } else {
      turn.cancel(handout.lane.peer, handout.name(), handout.epoch, index);
      handout.of.calledBack.add(index);
    }
  }

  /** What is refused of a handout goes elsewhere. */
  void taken(
      long nowNanos, Handout handout, IndexSet refused, WorkFrame.@Nullable Refusal refusal) {
    boolean wasAnswered = handout.answered;
    boolean leaves = refusal == WorkFrame.Refusal.LEAVING; // it may have taken it before
    boolean claimed = wasAnswered || handout.repeated || leaves;
    dispatch.answered(handout);
    IndexBits back = IndexBits.of(refused);
    back.retainAll(handout.tasks);
    OwnBatch batch = handout.of;
    if (!wasAnswered && !handout.lane.self) {
      stories.taken(handout, back);
    }
    if (back.isEmpty() || refusal == null) {
      return;
    }
    PeerId peer = handout.lane.peer;
    stories.note(batch.story, What.REFUSED, back, peer, handout.epoch, refusal);
    if (refusal == WorkFrame.Refusal.EXPIRED) {
      Outcome expired = Intake.failure(Outcome.Kind.EXPIRED, "its time is over");
      back.forEach(index -> ends.end(batch, index, expired, peer));
      return;
    }
    boolean lost = refusal == WorkFrame.Refusal.CLAIMED;
    boolean busier = refusal == WorkFrame.Refusal.BUSIER; // it has said how much
    if (busier) {
      batch.surprises++;
    } else if (!lost) {
      handout.lane.rest(nowNanos + options.times().retryFirst().toNanos());
    }
    back.forEach(
        index -> {
          dispatch.over(handout, index);
          if (claimed || lost) {
            again(batch, index);
          } else {
            if (batch.holders(index) == 0) {
              batch.ready.add(index);
            }
            if (batch.epoch(index) == handout.epoch) { // else a copy has a later one
              batch.attempts().isRefused(index); // the next owner may claim it in this epoch
            }
          }
        });
    batch.avoided = handout.lane;
    dispatch.ready(nowNanos, batch);
  }

  /** This peer itself gives tasks back that it had taken. */
  void released(long nowNanos, Held held, IndexSet indexes) {
    OwnBatch batch = submissions.batch(held.batch.cid());
    if (batch != null) {
      for (Handout handout : List.copyOf(batch.handouts)) {
        if (handout.lane.self) {
          taken(nowNanos, handout, indexes, WorkFrame.Refusal.LEAVING);
        }
      }
    }
  }

  /** Others have taken over tasks of this peer's own that were here, and nobody says who. */
  void lostHere(long nowNanos, Held held, IndexSet indexes) {
    OwnBatch batch = submissions.batch(held.batch.cid());
    if (batch != null) {
      for (Handout handout : List.copyOf(batch.handouts)) {
        if (handout.lane.self) {
          taken(nowNanos, handout, indexes, WorkFrame.Refusal.CLAIMED);
        }
      }
    }
  }

  /** All of a handout goes elsewhere, in the next epoch. */
  void back(long nowNanos, Handout handout, int[] suspects, String why) {
    OwnBatch batch = handout.of;
    PeerId peer = handout.lane.peer;
    stories.note(batch.story, What.PEER_LOST, handout.tasks, peer, handout.epoch, why);
    announcer.takenBack(batch);
    handout
        .tasks
        .copy()
        .forEach(
            index -> {
              dispatch.over(handout, index);
              boolean isSuspect = suspects[0]-- > 0 && batch.open.contains(index);
              int deaths = isSuspect ? batch.attempts().dies(index, handout.epoch, peer) : 0;
              if (deaths >= Submissions.DEATHS_MAX) {
                String message =
                    "it was running on %d peers when they died".formatted(Submissions.DEATHS_MAX);
                ends.end(batch, index, Intake.failure(Outcome.Kind.WORKER_DIED, message), peer);
              } else if (isSuspect) {
                submissions.noted(batch, index, () -> backAgain(nowNanos, batch, index));
              } else if (batch.open.contains(index)) {
                again(batch, index);
              }
            });
    batch.avoided = handout.lane;
    dispatch.ready(nowNanos, batch);
  }

  private void backAgain(long nowNanos, OwnBatch batch, int index) {
    if (batch.open.contains(index) && !batch.ready.contains(index)) {
      again(batch, index);
      dispatch.ready(nowNanos, batch);
    }
  }

  /**
   * A task whose owner may have claimed it goes elsewhere. Others may have taken tasks of an
   * announced batch over, in the epoch after: whoever gets it next is to have the later claim.
   */
  private void again(OwnBatch batch, int index) {
    if (batch.holders(index) == 0) { // else a copy of it runs
      batch.ready.add(index);
      raise(batch, index);
    }
  }

  void raise(OwnBatch batch, int index) {
    if (batch.announced && !batch.policy().exclusive()) {
      int epoch = batch.epoch(index);
      int claimed = announcer.register(batch.batch.cid(), index).epoch();
      batch.raise(
          index, Math.max(epoch + 1, Math.min(claimed, epoch + Announcer.EPOCHS_AHEAD_MAX)));
    }
  }

  /** A task is needed nowhere any more. */
  void giveUp(OwnBatch batch, int index) {
    for (int i = batch.handouts.size() - 1; i >= 0; i--) { // an empty one leaves the list
      giveUp(batch.handouts.get(i), index);
    }
  }
}
