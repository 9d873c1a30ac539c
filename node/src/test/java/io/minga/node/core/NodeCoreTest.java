package io.minga.node.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.minga.node.core.Village.Call;
import io.minga.node.core.Village.House;
import io.minga.node.task.Outcome;
import java.util.List;
import org.junit.jupiter.api.Test;

final class NodeCoreTest {
  private final Village village = new Village(7);

  @Test
  void job_runsOnAllPeers_andEachCallHasOneOutcome() {
    House submitter = village.add(0, 1);
    House one = village.add(2, 1, Village.WORK);
    House two = village.add(2, 1, Village.WORK);
    village.connectAll();
    village.pass(500);

    List<Call> calls = submitter.submit(Village.WORK, 2_000, 1_000, true);

    assertThat(village.passUntilDone(calls, 20_000)).isTrue();
    assertAllSucceeded(calls);
    assertThat(one.ran + two.ran).isEqualTo(2_000);
    assertThat(one.ran).isBetween(800, 1_200);
  }

  @Test
  void single_leavesAtOnce_andComesBack() {
    House submitter = village.add(0, 1);
    village.add(1, 1, Village.WORK);
    village.connectAll();
    village.pass(500);

    List<Call> calls = submitter.submit(Village.WORK, 1, 10, false);

    assertThat(village.passUntilDone(calls, 20)).isTrue();
    assertAllSucceeded(calls);
  }

  @Test
  void singlesOfOneTurn_shareBatches() {
    House submitter = village.add(1, 1, Village.WORK);

    List<Call> calls = submitter.submit(Village.WORK, 300, 1, false);

    assertThat(village.passUntilDone(calls, 60_000)).isTrue();
    assertAllSucceeded(calls);
    assertThat(submitter.core.batchCount()).isLessThan(10);
  }

  @Test
  void unknownFunction_isRefusedAfterAWait_withItsNameAndTheNumberOfPeers() {
    House submitter = village.add(0, 1);
    village.add(1, 1, Village.WORK);
    village.connectAll();
    village.pass(500);

    List<Call> calls = submitter.submit(Village.MUTE, 3, 10, true);
    village.pass(1_900);
    assertThat(calls.get(0).outcomes).isEmpty();
    village.pass(300);

    for (Call call : calls) {
      Outcome.Failure failure = (Outcome.Failure) call.outcomes.get(0);
      assertThat(failure.kind()).isEqualTo(Outcome.Kind.UNKNOWN_FUNCTION);
      assertThat(failure.message()).contains("mute").contains("1 other peers");
    }
  }

  @Test
  void callBeforeAnyPeer_isServedOnceOneComes() {
    House submitter = village.add(0, 1);
    List<Call> calls = submitter.submit(Village.WORK, 5, 10, true);
    village.pass(500);
    village.add(1, 1, Village.WORK);
    village.connectAll();

    assertThat(village.passUntilDone(calls, 1_500)).isTrue();
    assertAllSucceeded(calls);
  }

  @Test
  void deadPeer_itsTasksGoElsewhere() {
    House submitter = village.add(0, 1);
    House one = village.add(1, 1, Village.WORK);
    House two = village.add(1, 1, Village.WORK);
    village.connectAll();
    village.pass(500);
    List<Call> calls = submitter.submit(Village.WORK, 400, 5_000, true);
    village.pass(200);
    village.kill(one);

    assertThat(village.passUntilDone(calls, 30_000)).isTrue();
    assertAllSucceeded(calls);
    assertThat(two.ran).isGreaterThan(300);
  }

  @Test
  void lostConnection_thatComesBack_losesNothing() {
    House submitter = village.add(0, 1);
    House one = village.add(2, 1, Village.WORK);
    village.connectAll();
    village.pass(500);
    List<Call> calls = submitter.submit(Village.WORK, 1_000, 1_000, true);
    for (int i = 0; i < 10; i++) {
      village.pass(50);
      village.disconnect(submitter, one);
    }

    assertThat(village.passUntilDone(calls, 60_000)).isTrue();
    assertAllSucceeded(calls);
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
    assertThat(submitter.ran).isEqualTo(2);
    assertThat(((Outcome.Failure) calls.get(0).outcomes.get(0)).kind())
        .isEqualTo(Outcome.Kind.WORKER_DIED);
  }

  @Test
  void cancelledCall_endsAtOnce_andItsSlotIsInterrupted() {
    House submitter = village.add(0, 1);
    House one = village.add(1, 1, Village.WORK);
    village.connectAll();
    village.pass(500);
    List<Call> calls = submitter.submit(Village.WORK, 50, 1_000_000, true);
    village.pass(100);

    submitter.input(new Input.Cancel(submitter.calls.keySet().iterator().next(), -1));

    assertThat(calls).allMatch(call -> call.outcomes.size() == 1);
    village.pass(100);
    assertThat(one.interrupted).hasSize(1);
    assertThat(one.core.isIdle()).isTrue();
  }

  static void assertAllSucceeded(List<Call> calls) {
    for (Call call : calls) {
      assertThat(call.outcomes).hasSize(1);
      assertThat(call.outcomes.get(0)).isInstanceOf(Outcome.Value.class);
    }
  }
}
