package io.minga.node.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.multiformats.Cid;
import io.minga.libp2p.wire.Bytes;
import io.minga.node.task.BatchName;
import io.minga.node.task.Outcome;
import io.minga.node.task.Payload;
import io.minga.node.task.ResultsBuilder;
import io.minga.node.task.TaskCid;
import io.minga.node.task.WorkFrame;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a submitter makes of a peer that says it holds tasks that were handed to another. */
final class HoldTest {
  private static final Cid UNKNOWN = TaskCid.ofMessage(Bytes.utf8("nobody's batch"));

  private final Village village = new Village(7);
  private final House submitter = village.add(0, 1);
  private final House owner = village.add(1, 1, Village.WORK);
  private final House other = village.add(0, 1);
  private final List<WorkFrame.CancelTasks> toOwner = new ArrayList<>();
  private final List<WorkFrame.CancelTasks> toOther = new ArrayList<>();
  private List<Call> calls = List.of();
  private Cid batch = UNKNOWN;

  @BeforeEach
  void handOut() {
    village.meet(500);
    calls = submitter.submit(Village.WORK, 8, 1_000_000, true);
    village.pass(200);
    batch = owner.core.queuedBatches().get(0);
    village.watcher = this::watch;
  }

  private void watch(House house, Effect effect) {
    if (house == submitter
        && effect instanceof Effect.Send send
        && Frames.read(send) instanceof WorkFrame.CancelTasks it) {
      (send.to().equals(owner.peer) ? toOwner : toOther).add(it);
    }
  }

  private void hold(int epoch, IndexSet indexes) {
    WorkFrame.Share share = new WorkFrame.Share(epoch, indexes);
    submitter.input(
        new Input.Received(other.peer, new WorkFrame.Hold(batch, owner.peer, List.of(share))));
  }

  private void result(int index) {
    ResultsBuilder builder = new ResultsBuilder(village.limits);
    builder.begin(new BatchName.ByCid(batch), 2);
    builder.add(index, new Outcome.Value(Payload.of(Bytes.of(1))), 5);
    submitter.input(new Input.Received(other.peer, Frames.work(builder.build())));
  }

  private IndexSet newest() {
    return IndexSet.of(owner.core.queued(batch).last());
  }

  @Test
  void laterEpoch_movesTheTask_andItsOutcomeCounts() {
    IndexSet newest = newest();
    hold(2, newest);

    assertThat(toOther).isEmpty();
    assertThat(toOwner).hasSize(1);
    assertThat(toOwner.get(0).parts().get(0).indexes()).isEqualTo(newest);
    village.pass(50);
    assertThat(owner.core.queued(batch).and(newest).isEmpty()).isTrue();

    hold(2, newest); // as after a reconnection
    assertThat(toOther).isEmpty();
    result(newest.last());

    long done = calls.stream().filter(call -> !call.outcomes.isEmpty()).count();
    assertThat(done).isEqualTo(1);
    assertThat(submitter.misbehaved).isEmpty();
  }

  @Test
  void deadHolder_itsTasksAreHandedOutAnew() {
    hold(2, newest());
    village.pass(50);
    village.kill(other);

    assertThat(village.passUntilDone(calls, 60_000)).isTrue();
    assertThat(calls).allSatisfy(call -> assertThat(call.outcomes).hasSize(1));
  }

  @Test
  void sameEpoch_orFarTooLateAOne_isCancelled() {
    hold(1, newest());
    hold(200, newest());

    assertThat(toOther).hasSize(2);
    assertThat(toOwner).isEmpty();
  }

  private void cancel(int epoch, IndexSet indexes) {
    WorkFrame.Part part = new WorkFrame.Part(new BatchName.ByCid(batch), indexes, epoch);
    owner.input(new Input.Received(submitter.peer, new WorkFrame.CancelTasks(List.of(part))));
  }

  /** A peer that has given a task away and got it back may hear late that it was called back. */
  @Test
  void cancelOfAnEarlierEpoch_leavesWhatWasGotInALaterOne() {
    IndexSet newest = newest();
    owner.input(
        new Input.Received(
            submitter.peer, new WorkFrame.Push(1, null, newest, 3))); // as it has it in epoch 3

    cancel(2, newest);
    assertThat(owner.core.queued(batch).and(newest)).isEqualTo(newest);

    cancel(3, newest);
    assertThat(owner.core.queued(batch).and(newest).isEmpty()).isTrue();
  }

  @Test
  void cancel_saysUpToWhichEpoch() {
    IndexSet newest = newest();
    hold(2, newest);
    assertThat(toOwner.get(0).parts().get(0).epoch()).isEqualTo(1);
    hold(3, newest());
    result(newest.last()); // of a task that it has from now on in epoch 2, and is over
    toOther.clear();

    hold(4, newest);
    assertThat(toOther.get(0).parts().get(0).epoch()).isEqualTo(4);
  }

  /** What it is told late that it took of a push says nothing of what it has taken over since. */
  @Test
  void pushThatIsAnsweredLate_isCancelled_asFarAsIsKnown() {
    IndexSet newest = newest();
    hold(2, newest);
    toOwner.clear();
    WorkFrame.Taken late =
        new WorkFrame.Taken(new BatchName.ByCid(batch), newest, IndexSet.EMPTY, null, 0);

    submitter.input(new Input.Received(owner.peer, late));

    assertThat(toOwner).hasSize(1);
    assertThat(toOwner.get(0).parts().get(0).epoch()).isEqualTo(2);
  }

  @Test
  void unknownBatch_isCancelled() {
    batch = UNKNOWN;
    hold(2, IndexSet.of(3));

    assertThat(toOther).hasSize(1);
    assertThat(toOther.get(0).parts().get(0).batch()).isEqualTo(new BatchName.ByCid(batch));
  }

  @Test
  void whatIsOver_isCancelled() {
    hold(2, newest());
    IndexSet over = newest();
    hold(2, over);
    result(over.last());
    toOther.clear();
    hold(3, over);

    assertThat(toOther).hasSize(1);
  }

  @Test
  void outcomesWithoutHold_areAViolation() {
    result(newest().last());

    assertThat(submitter.misbehaved).hasSize(1);
    assertThat(calls).allSatisfy(call -> assertThat(call.outcomes).isEmpty());
  }
}
