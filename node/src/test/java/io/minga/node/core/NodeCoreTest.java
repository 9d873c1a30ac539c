package io.minga.node.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.minga.crdt.wire.Digest;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.wire.WireException;
import io.minga.node.task.BatchBuilder;
import io.minga.node.task.BatchHeader;
import io.minga.node.task.BatchName;
import io.minga.node.task.Outcome;
import io.minga.node.task.Placement;
import io.minga.node.task.Policy;
import io.minga.node.task.Requirements;
import io.minga.node.task.ResultsBuilder;
import io.minga.node.task.WorkFrame;
import java.util.List;
import org.junit.jupiter.api.Test;

final class NodeCoreTest {
  private final Village village = new Village(7);

  @Test
  void job_runsOnAllPeers_andEachCallHasOneOutcome() {
    House submitter = village.add(0, 1);
    House one = village.add(2, 1, Village.WORK);
    House two = village.add(2, 1, Village.WORK);
    village.meet(500);

    List<Call> calls = submitter.submit(Village.WORK, 2_000, 1_000, true);

    village.assertAllSucceed(calls, 20_000);
    assertThat(one.slots.ran + two.slots.ran).isEqualTo(2_000);
    assertThat(one.slots.ran).isBetween(800, 1_200);
  }

  @Test
  void single_leavesAtOnce_andComesBack() {
    House submitter = village.add(0, 1);
    village.add(1, 1, Village.WORK);
    village.meet(500);

    List<Call> calls = submitter.submit(Village.WORK, 1, 10, false);

    village.assertAllSucceed(calls, 20);
  }

  @Test
  void singlesOfOneTurn_shareBatches() {
    House submitter = village.add(1, 1, Village.WORK);

    List<Call> calls = submitter.submit(Village.WORK, 300, 1, false);

    village.assertAllSucceed(calls, 60_000);
    assertThat(submitter.core.batchCount()).isLessThan(10);
  }

  @Test
  void unknownFunction_isRefusedAfterAWait_withItsNameAndTheNumberOfPeers() {
    House submitter = village.add(0, 1);
    village.add(1, 1, Village.WORK);
    village.meet(500);

    List<Call> calls = submitter.submit(Village.MUTE, 3, 10, true);
    village.pass(1_900);
    assertThat(calls.get(0).outcomes).isEmpty();
    village.pass(300);

    for (Call call : calls) {
      Outcome.Failure failure = call.failure();
      assertThat(failure.kind()).isEqualTo(Outcome.Kind.UNKNOWN_FUNCTION);
      assertThat(failure.message()).contains("mute").contains("the other one known here");
    }
  }

  @Test
  void callBeforeAnyPeer_isServedOnceOneComes() {
    House submitter = village.add(0, 1);
    List<Call> calls = submitter.submit(Village.WORK, 5, 10, true);
    village.pass(500);
    village.add(1, 1, Village.WORK);
    village.connectAll();

    village.assertAllSucceed(calls, 1_500);
  }

  @Test
  void callOfAPeerThatHasJustBegun_waitsUntilItHasMetOthers() {
    House submitter = village.add(0, 1);
    List<Call> calls = submitter.submit(Village.WORK, 5, 10, true);
    village.pass(4_500);
    village.add(1, 1, Village.WORK);
    village.connectAll();

    village.assertAllSucceed(calls, 1_500);
  }

  @Test
  void callOfAPeerThatStaysAlone_isRefused_laterInItsFirstSeconds() {
    House submitter = village.add(0, 1);

    List<Call> first = submitter.submit(Village.WORK, 1, 10, false);
    village.pass(4_900);
    assertThat(first.get(0).outcomes).isEmpty();
    village.pass(300);
    List<Call> second = submitter.submit(Village.WORK, 1, 10, false);
    village.pass(2_300);

    for (List<Call> calls : List.of(first, second)) {
      Outcome.Failure failure = calls.get(0).failure();
      assertThat(failure.kind()).isEqualTo(Outcome.Kind.UNKNOWN_FUNCTION);
      assertThat(failure.message()).contains("knows no other");
    }
  }

  @Test
  void deadPeer_itsTasksGoElsewhere() {
    House submitter = village.add(0, 1);
    House one = village.add(1, 1, Village.WORK);
    House two = village.add(1, 1, Village.WORK);
    village.meet(500);
    List<Call> calls = submitter.submit(Village.WORK, 400, 5_000, true);
    village.pass(200);
    village.kill(one);

    village.assertAllSucceed(calls, 30_000);
    assertThat(two.slots.ran).isGreaterThan(300);
  }

  @Test
  void lostConnection_thatComesBack_losesNothing() {
    House submitter = village.add(0, 1);
    House one = village.add(2, 1, Village.WORK);
    village.meet(500);
    List<Call> calls = submitter.submit(Village.WORK, 1_000, 1_000, true);
    for (int i = 0; i < 10; i++) {
      village.pass(50);
      village.roads.disconnect(submitter, one);
    }

    village.assertAllSucceed(calls, 60_000);
  }

  @Test
  void failedTask_isTriedAgain_upToItsAttempts() {
    House submitter = village.add(1, 1, Village.FLAKY);

    List<Call> calls = submitter.submit(Village.FLAKY, 300, 10, true);

    assertThat(village.passUntilDone(calls, 60_000)).isTrue();
    long failed =
        calls.stream().filter(call -> call.outcomes.get(0) instanceof Outcome.Failure).count();
    assertThat(failed).isBetween(1L, 60L); // a third of a third of a third
  }

  @Test
  void taskWhoseWorkerDiesTwice_isGivenUp() {
    House submitter = village.add(1, 1, Village.KILLER);

    List<Call> calls = submitter.submit(Village.KILLER, 1, 10, true);

    assertThat(village.passUntilDone(calls, 60_000)).isTrue();
    assertThat(submitter.slots.ran).isEqualTo(2);
    assertThat(calls.get(0).failure().kind()).isEqualTo(Outcome.Kind.WORKER_DIED);
  }

  @Test
  void cancelledCall_endsAtOnce_andItsSlotIsInterrupted() {
    House submitter = village.add(0, 1);
    House one = village.add(1, 1, Village.WORK);
    village.meet(500);
    List<Call> calls = submitter.submit(Village.WORK, 50, 1_000_000, true);
    village.pass(100);

    submitter.input(new Input.Cancel(submitter.calls.keySet().iterator().next(), -1));

    assertThat(calls).allMatch(call -> call.outcomes.size() == 1);
    village.pass(100);
    assertThat(one.slots.interrupted).hasSize(1);
    assertThat(one.core.isIdle()).isTrue();
  }

  @Test
  void taskBeyondItsTimeout_fails_andIsInterrupted() {
    House submitter = village.add(0, 1);
    House one = village.add(1, 1, Village.WORK);
    village.meet(500);
    Policy policy =
        new Policy(5, 100, 1, Requirements.NONE, Placement.BALANCED, 1, 1, false, false, "");
    List<Call> calls = submitter.submit(Village.WORK, 1, 40_000_000, true, policy);
    village.pass(200);

    assertThat(calls.get(0).failure().kind()).isEqualTo(Outcome.Kind.TIMEOUT);
    assertThat(one.slots.interrupted).hasSize(1);
  }

  @Test
  void callCancelledInTheTurnItCameIn_isNeverRun() {
    House submitter = village.add(1, 1, Village.WORK);
    Submission submission = Submission.single(this, Village.WORK, Village.input(10));
    Call call = submitter.awaits(submission).get(0);

    submitter.inputs(List.of(new Input.Submit(submission), new Input.Cancel(submission, 0)));
    village.pass(100);

    assertThat(call.outcomes).hasSize(1);
    assertThat(submitter.slots.ran).isZero();
  }

  @Test
  void outcomesFromAPeerThatWasNeverAsked_areReported_andChangeNothing() throws WireException {
    House submitter = village.add(0, 1);
    village.add(1, 1, Village.WORK);
    village.meet(500);
    List<Call> calls = submitter.submit(Village.WORK, 1, 10_000_000, true);
    House liar = village.add(0, 1);
    ResultsBuilder forged = new ResultsBuilder(village.limits);
    forged.begin(new BatchName.Ref(1), 1);
    forged.add(0, new Outcome.Value(Village.input(42)), 1);

    submitter.input(
        new Input.Received(liar.peer, WorkFrame.decode(village.limits, forged.build())));

    assertThat(calls.get(0).outcomes).isEmpty();
    assertThat(submitter.misbehaved).hasSize(1);
  }

  @Test
  void quickBatch_isNeverAnnounced() {
    House submitter = village.add(0, 1);
    village.add(2, 1, Village.WORK);
    village.meet(500);
    submitter.submit(Village.WORK, 100, 1, true);
    village.pass(1_000);

    assertThat(village.gossip.announcements).isZero();
    assertThat(village.gossip.claims).isZero();
  }

  @Test
  void batchThatLastsAsLongAsItShould_isNeverAnnounced() {
    House submitter = village.add(0, 1);
    village.add(2, 1, Village.WORK);
    village.meet(500);
    List<Call> calls = submitter.submit(Village.WORK, 100, 1_000_000, true);

    assertThat(village.passUntilDone(calls, 200_000)).isTrue();
    assertThat(village.gossip.announcements).isZero();
    assertThat(village.gossip.claims).isZero();
  }

  @Test
  void batchThatLastsMuchLonger_isAnnouncedClaimedAndSettled() {
    House submitter = village.add(0, 1);
    House owner = village.add(2, 1, Village.WORK);
    village.meet(500);
    List<Call> calls = submitter.submit(Village.WORK, 20, 1_000_000, true);
    village.pass(1_000);
    owner.slots.slowness = 60;
    village.pass(60_000);

    assertThat(village.gossip.announcements).isGreaterThan(0);
    assertThat(village.gossip.claims).isGreaterThan(0);
    assertThat(village.passUntilDone(calls, 3_600_000)).isTrue();
  }

  @Test
  void batchOfADeadPeer_isAnnounced_andItsNewOwnersClaimIt() {
    House submitter = village.add(0, 1);
    House one = village.add(2, 1, Village.WORK);
    village.meet(500);
    List<Call> calls = submitter.submit(Village.WORK, 20, 1_000_000, true);
    village.pass(100);
    assertThat(village.gossip.announcements).isZero();
    House two = village.add(2, 1, Village.WORK);
    village.connectAll();
    village.kill(one);

    village.pass(1_400);
    assertThat(village.gossip.announcements).isGreaterThan(0);
    village.pass(400);
    assertThat(village.gossip.announced)
        .anySatisfy(
            batch ->
                assertThat(submitter.core.register(batch, 0).owner())
                    .isEqualTo(Announcer.id(two.peer)));
    village.assertAllSucceed(calls, 60_000);
  }

  @Test
  void announcedBatch_isClaimedAndSettled_andAllAgree() {
    village.loud = true;
    House submitter = village.add(0, 1);
    House one = village.add(2, 1, Village.WORK);
    House two = village.add(0, 1);
    village.lossless = true;
    village.meet(500);
    List<Call> calls = submitter.submit(Village.WORK, 100, 50_000, true);
    village.pass(300);

    assertThat(village.gossip.announcements).isGreaterThan(0);
    assertThat(village.gossip.claims).isGreaterThan(0);
    assertThat(two.core.claimsDigest()).isNotEqualTo(Digest.NONE);
    assertThat(village.passUntilDone(calls, 20_000)).isTrue();
    village.pass(4_000);
    for (House house : List.of(submitter, one, two)) {
      assertThat(house.core.claimsDigest()).isEqualTo(Digest.NONE);
    }
  }

  @Test
  void leavingPeer_givesBackWhatItHasNotBegun_andGoesWhenTheRestIsDone() {
    House submitter = village.add(0, 1);
    House one = village.add(1, 1, Village.WORK);
    House two = village.add(1, 1, Village.WORK);
    village.meet(500);
    List<Call> calls = submitter.submit(Village.WORK, 100, 50_000, true);
    village.pass(200);
    int before = one.slots.ran;
    one.input(new Input.Leave());
    village.pass(200);

    assertThat(one.left).isTrue();
    assertThat(one.slots.ran).isEqualTo(before);
    village.assertAllSucceed(calls, 60_000);
    assertThat(two.slots.ran).isEqualTo(100 - before);
  }

  @Test
  void peerThatRunsDry_getsWhatASlowerOneHasNotBegun() {
    House submitter = village.add(0, 1);
    House slow = village.add(1, 10, Village.WORK);
    House fast = village.add(1, 1, Village.WORK);
    village.meet(500);
    long begun = village.nowNanos;
    List<Call> calls = submitter.submit(Village.WORK, 110, 100_000, true);

    village.assertAllSucceed(calls, 100_000);
    assertThat(fast.slots.ran).isGreaterThan(90);
    assertThat(slow.slots.ran).isLessThan(25);
    assertThat(village.nowNanos - begun).isLessThan(14_000_000_000L); // 10 s would be ideal
  }

  @Test
  void peerThatJoinsLate_getsItsShare() {
    House submitter = village.add(0, 1);
    village.add(1, 1, Village.WORK);
    village.meet(500);
    List<Call> calls = submitter.submit(Village.WORK, 200, 50_000, true);
    village.pass(1_000);
    House late = village.add(1, 1, Village.WORK);
    village.connectAll();

    assertThat(village.passUntilDone(calls, 100_000)).isTrue();
    assertThat(late.slots.ran).isBetween(70, 110);
  }

  @Test
  void pushOfAnothersBatch_isReported_andLeavesNothing() {
    House one = village.add(1, 1, Village.WORK);
    House two = village.add(1, 1, Village.WORK);
    village.connectAll();
    BatchBuilder builder =
        new BatchBuilder(
            village.limits,
            new BatchHeader("lab", two.peer, 1, 0, 1, 1_000_000_000, Policy.DEFAULT));
    builder.addSalted(Village.WORK, Village.input(1), 1);

    PeerId stranger = village.add(0, 1).peer;
    one.input(new Input.Received(stranger, WorkFrame.Push.of(1, builder.build())));

    assertThat(one.misbehaved).hasSize(1);
    assertThat(one.core.isIdle()).isTrue();
  }

  @Test
  void peerThatLeaves_waitsForWhatNeverEnds_noLongerThanItMay_andIsNoKiller() {
    House submitter = village.add(0, 1);
    House leaver = village.add(2, 1, Village.WORK);
    village.meet(100);
    List<Call> calls = submitter.submit(Village.WORK, 2, 1_000_000_000, false);
    village.pass(100);
    House other = village.add(2, 1, Village.WORK);
    village.connectAll();

    leaver.input(new Input.Leave());
    village.pass(26_000);
    assertThat(leaver.left).isFalse();
    village.pass(2_000);
    assertThat(leaver.left).isTrue();

    village.pass(2_000);
    assertThat(other.slots.busy).isEqualTo(2);
    other.input(new Input.Leave());
    village.pass(30_000);
    assertThat(other.left).isTrue();
    assertThat(calls)
        .as("a peer that has left in order is not taken for one that a task has killed")
        .allMatch(
            call ->
                call.outcomes.stream()
                    .noneMatch(
                        it ->
                            it instanceof Outcome.Failure failure
                                && failure.kind() == Outcome.Kind.WORKER_DIED));
  }
}
