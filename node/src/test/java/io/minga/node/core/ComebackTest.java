package io.minga.node.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Submitters that die or start anew, and connections over which only one side is heard. */
final class ComebackTest {
  private final Village village = new Village(23);
  private final House worker = village.add(2, 1, Village.WORK);
  private final House submitter = village.add(0, 1);
  private final House other = village.add(0, 1);

  private void meet() {
    village.meet(500);
  }

  @Test
  void submitterThatDies_itsTasksAreDroppedAfterAWhile() {
    meet();
    submitter.submit(Village.WORK, 5_000, 50_000, true);
    village.pass(300);
    village.kill(submitter);
    village.pass(5_000);
    assertThat(worker.core.isIdle()).as("it may come back").isFalse();

    village.pass(8_000);

    assertThat(worker.core.isIdle()).isTrue();
    int ran = worker.slots.ran;
    village.pass(5_000);
    assertThat(worker.slots.ran).isEqualTo(ran);
    List<Call> calls = other.submit(Village.WORK, 10, 1_000, true);
    assertThat(village.passUntilDone(calls, 5_000)).isTrue();
  }

  @Test
  void submitterThatStartsAnew_isNotGivenWhatItAskedForBefore() {
    meet();
    List<Call> before = submitter.submit(Village.WORK, 5_000, 50_000, true);
    village.pass(300);

    House anew = village.reboot(submitter);
    village.pass(500);

    assertThat(worker.core.isIdle()).as("nobody wants the old tasks any more").isTrue();
    List<Call> calls = anew.submit(Village.WORK, 100, 1_000, true);
    village.assertAllSucceed(calls, 5_000);
    assertThat(before.stream().filter(call -> call.outcomes.isEmpty())).isNotEmpty();
    assertThat(anew.misbehaved).isEmpty();
    assertThat(worker.misbehaved).isEmpty();
    village.pass(1_000);
    assertThat(village.houses).allMatch(house -> house.core.isIdle());
  }

  /** By their clocks its second life is before its first, and its third between the two. */
  @Test
  void workerThatStartsAnew_isGivenWork_thoughItsClockWasSetBack() {
    meet();
    House anew = worker;
    for (long hour : new long[] {-2, -1}) {
      village.aheadMillis = hour * 3_600_000;
      anew = village.reboot(anew, Village.WORK);
      village.pass(20_000); // whoever is taken for dead is so by then

      List<Call> calls = submitter.submit(Village.WORK, 10, 1_000, true);
      village.assertAllSucceed(calls, 5_000);
    }
    assertThat(anew.misbehaved).isEmpty();
    assertThat(submitter.misbehaved).isEmpty();
  }

  @Test
  void submitterThatStartsAnew_isNotGivenWhatItAskedForBefore_thoughItsClockWasSetBack() {
    meet();
    submitter.submit(Village.WORK, 5_000, 50_000, true);
    village.pass(300);

    village.aheadMillis = -3_600_000;
    House anew = village.reboot(submitter);
    village.pass(500);

    assertThat(worker.core.isIdle()).as("nobody wants the old tasks any more").isTrue();
    village.assertAllSucceed(anew.submit(Village.WORK, 100, 1_000, true), 5_000);
  }

  @Test
  void submitterThatStartsAnew_whenItsPeersHaveForgottenIt_isNotGivenThatEither() {
    meet();
    submitter.submit(Village.WORK, 5_000, 50_000, true);
    village.pass(300);
    village.kill(submitter);
    village.pass(3_000);
    assertThat(worker.core.isIdle()).as("it may come back").isFalse();

    village.reboot(submitter);
    village.pass(500);

    assertThat(worker.core.isIdle()).as("nobody wants the old tasks any more").isTrue();
  }

  /**
   * A peer that meets the new life later than its tasks drops them with the old ones, and says so.
   */
  @Test
  void submitterThatStartsAnew_getsBackWhatAPeerTookOverBeforeItMetIt() {
    House thief = village.add(2, 1, Village.WORK);
    meet();
    village.roads.bar(submitter, thief);
    House anew = village.reboot(submitter);
    List<Call> calls = anew.submit(Village.WORK, 60, 300_000, true);
    village.pass(3_000);
    assertThat(thief.core.tasksTaken()).as("the worker gave it some").isPositive();
    assertThat(anew.neighbours).doesNotContain(thief);

    village.roads.unbar();
    village.roads.connect(anew, thief);

    village.assertAllSucceed(calls, 30_000);
    village.pass(5_000);
    assertThat(village.houses).allMatch(house -> house.core.isIdle());
  }

  @Test
  void ownerThatHearsNothing_getsNothingMore_andRepeatsNothing() {
    House second = village.add(2, 1, Village.WORK);
    meet();
    village.roads.block(submitter, worker);

    List<Call> calls = submitter.submit(Village.WORK, 200, 5_000, true);

    village.assertAllSucceed(calls, 10_000);
    assertThat(worker.slots.ran).isZero();
    assertThat(second.slots.ran).isEqualTo(200);
    village.roads.unblock(submitter, worker);
    village.pass(3_000);
    assertThat(village.houses).allMatch(house -> house.core.isIdle());
    assertThat(submitter.misbehaved).isEmpty();
  }

  @Test
  void ownerThatGetsAPushTooLate_isToldThatNobodyWantsIt() {
    House slow = village.add(2, 300, Village.WORK);
    meet();
    village.roads.block(submitter, slow);
    List<Call> calls = submitter.submit(Village.WORK, 40, 300_000, true);
    assertThat(village.passUntilDone(calls, 60_000)).isTrue();

    village.roads.unblock(submitter, slow);
    village.pass(3_000);

    assertThat(slow.slots.ran).as("it has begun what it was pushed").isPositive();
    assertThat(slow.slots.interrupted).isNotEmpty();
    assertThat(slow.core.isIdle()).as("it would run for a minute and a half").isTrue();
  }

  @Test
  void submitterThatHearsNothing_asksOthers_andTakesTheFirstOutcome() {
    House second = village.add(2, 1, Village.WORK);
    meet();
    village.roads.block(worker, submitter);

    List<Call> calls = submitter.submit(Village.WORK, 200, 5_000, true);

    village.assertAllSucceed(calls, 10_000);
    assertThat(second.slots.ran).isEqualTo(200);
    village.roads.unblock(worker, submitter);
    village.pass(3_000);
    assertThat(calls).allSatisfy(call -> assertThat(call.outcomes).hasSize(1));
    assertThat(village.houses).allMatch(house -> house.core.isIdle());
  }
}
