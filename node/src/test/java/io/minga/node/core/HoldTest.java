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
