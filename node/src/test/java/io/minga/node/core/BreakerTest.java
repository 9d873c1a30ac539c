package io.minga.node.core;

import static io.minga.node.core.Village.WORK;
import static org.assertj.core.api.Assertions.assertThat;

import io.minga.node.task.Outcome;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Peers that fail what others don't. */
final class BreakerTest {
  private static final long SECOND = 1_000_000_000;

  private static boolean fails(Breaker breaker, int times, long others, long othersFailed) {
    boolean trips = false;
    for (int i = 0; i < times; i++) {
      trips |= breaker.failed(0, others, othersFailed);
    }
    return trips;
  }

  @Test
  void fiveFailuresInARow_whereOthersHaveNone_keepThePeerOff() {
    Breaker breaker = new Breaker();

    assertThat(fails(breaker, 4, 100, 0)).isFalse();
    assertThat(fails(breaker, 1, 100, 0)).isTrue();
    assertThat(breaker.keepsOff(0)).isTrue();
  }

  @Test
  void failures_whereOthersFailToo_needToBeMore() {
    assertThat(fails(new Breaker(), 10, 100, 50)).isFalse();
    assertThat(fails(new Breaker(), 20, 100, 50)).isTrue();
    assertThat(fails(new Breaker(), 1000, 100, 100)).isFalse();
    assertThat(fails(new Breaker(), 1000, 0, 0)).isFalse();
  }

  @Test
  void aValueInBetween_beginsTheRowAnew() {
    Breaker breaker = new Breaker();
    fails(breaker, 4, 100, 0);

    breaker.succeeded();

    assertThat(fails(breaker, 4, 100, 0)).isFalse();
  }

  @Test
  void peerThatIsKeptOff_getsOneTaskToTry_andIsKeptOffForTwiceAsLongIfThatFails() {
    Breaker breaker = new Breaker();
    fails(breaker, 5, 100, 0);
    assertThat(breaker.keepsOff(5 * SECOND - 1)).isTrue();
    assertThat(breaker.keepsOff(5 * SECOND)).isFalse();

    breaker.tries(5 * SECOND);
    assertThat(breaker.keepsOff(6 * SECOND)).as("one is there").isTrue();
    assertThat(breaker.failed(7 * SECOND, 100, 0)).isTrue();

    assertThat(breaker.keepsOff(17 * SECOND - 1)).isTrue();
    assertThat(breaker.keepsOff(17 * SECOND)).isFalse();
    breaker.tries(17 * SECOND);
    breaker.succeeded();
    assertThat(breaker.keepsOff(18 * SECOND)).isFalse();
  }

  @Test
  void taskToTryThatNeverEnds_isFollowedByAnother() {
    Breaker breaker = new Breaker();
    fails(breaker, 5, 100, 0);
    breaker.tries(5 * SECOND);

    assertThat(breaker.keepsOff(10 * SECOND)).isFalse();
  }

  @Test
  void brokenPeer_getsAFewTasksOnly_untilItIsMended() {
    Village village = new Village(3);
    House submitter = village.add(0, 1);
    House good = village.add(2, 1, WORK);
    House bad = village.add(2, 1, WORK);
    bad.slots.broken = true;
    village.meet(100);

    List<Call> calls = submitter.submit(WORK, 600, 20_000, true);
    assertThat(village.passUntilDone(calls, 60_000)).isTrue();

    assertThat(calls).allMatch(call -> call.outcomes.get(0) instanceof Outcome.Value);
    assertThat(bad.slots.ran).isBetween(5, 40);
    assertThat(submitter.core.keptOff(village.nowNanos))
        .anyMatch(it -> it.peer().equals(bad.peer) && it.function().equals(WORK));

    bad.slots.broken = false;
    village.pass(20_000);
    int before = bad.slots.ran;
    List<Call> more = submitter.submit(WORK, 600, 20_000, true);
    assertThat(village.passUntilDone(more, 60_000)).isTrue();
    assertThat(bad.slots.ran - before).isGreaterThan(100);
    assertThat(good.slots.ran).isGreaterThan(600);
  }

  @Test
  void functionThatFailsEverywhere_isNoPeersFault() {
    Village village = new Village(4);
    House submitter = village.add(0, 1);
    for (int i = 0; i < 3; i++) {
      village.add(2, 1, WORK).slots.broken = true;
    }
    village.meet(100);

    List<Call> calls = submitter.submit(WORK, 100, 10_000, true);

    assertThat(village.passUntilDone(calls, 60_000)).isTrue();
    assertThat(submitter.core.keptOff(village.nowNanos)).isEmpty();
  }
}
