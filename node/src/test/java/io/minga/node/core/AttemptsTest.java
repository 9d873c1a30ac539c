package io.minga.node.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.minga.crdt.claims.IndexSet;
import io.minga.node.task.Tries;
import org.junit.jupiter.api.Test;

final class AttemptsTest {
  private static final IndexSet ALL = IndexSet.of(0, 1);

  private static Attempts next(boolean reserves, Tries journaled) {
    Attempts next = new Attempts(2, reserves);
    next.restore(ALL, journaled);
    return next;
  }

  @Test
  void exclusiveTask_beginsALaterLife_afterAllEpochsOfTheEarlierOnes() {
    Attempts first = new Attempts(2, true);
    first.isHanded(0);
    first.isHanded(0);
    assertThat(first.epoch(0)).isEqualTo(2);

    Attempts second = next(true, Tries.NONE);
    assertThat(second.mayBegin(0)).as("nobody has written its epochs down").isFalse();
    int upTo = second.reserve();
    Tries journaled = second.tries(ALL);
    second.isReserved(upTo);
    assertThat(second.mayBegin(0)).isTrue();
    second.isHanded(0);
    assertThat(second.epoch(0)).isEqualTo(Attempts.RESERVED + 1);

    Attempts third = next(true, journaled);
    third.isReserved(third.reserve());
    third.isHanded(1);
    assertThat(third.epoch(1)).isEqualTo(2 * Attempts.RESERVED + 1);
  }

  @Test
  void exclusiveTask_isHandedOutInNoEpochThatIsNotWrittenDown() {
    Attempts attempts = new Attempts(2, true);
    int epoch = 0;
    while (epoch <= Attempts.RESERVED && attempts.mayBegin(0)) {
      attempts.isHanded(0);
      assertThat(attempts.epoch(0)).isEqualTo(++epoch);
    }
    assertThat(epoch).isEqualTo(Attempts.RESERVED);
    assertThat(attempts.runsShort(epoch)).isTrue();

    attempts.isReserved(attempts.reserve());

    assertThat(attempts.mayBegin(0)).isTrue();
    assertThat(attempts.runsShort(epoch)).isFalse();
  }

  @Test
  void adoptedTask_isInItsOwnersEpoch_andInALaterOneThanAnyNext() {
    Attempts attempts = next(true, Tries.NONE);
    attempts.adopt(0, 3);
    assertThat(attempts.epoch(0)).isEqualTo(3);
    assertThat(attempts.before(0)).isEqualTo(Attempts.RESERVED);

    attempts.isHanded(0);

    assertThat(attempts.epoch(0)).isEqualTo(Attempts.RESERVED + 1);
  }

  @Test
  void failuresAndDeaths_areThereInALaterLife_andAreNotCountedTwice() {
    Attempts first = new Attempts(2, false);
    first.isHanded(0);
    first.fails(0, 1);
    first.dies(0, 1, Village.peer(5));
    Tries journaled = first.tries(ALL);

    Attempts second = next(false, journaled);

    assertThat(second.failures(0)).isEqualTo(1);
    assertThat(second.dies(0, 1, Village.peer(5))).as("it is said again").isEqualTo(1);
    second.isHanded(0);
    assertThat(second.dies(0, second.epoch(0), Village.peer(6))).isEqualTo(2);
    assertThat(second.tries(IndexSet.of(1))).isEqualTo(Tries.NONE);
  }

  @Test
  void deathsOfOneEpoch_atTwoPeers_areTwo() {
    Attempts attempts = new Attempts(2, false);
    assertThat(attempts.dies(0, 1, Village.peer(5))).isEqualTo(1);
    assertThat(attempts.dies(0, 1, Village.peer(6))).isEqualTo(2);
  }

  @Test
  void whatOthersKnow_isNews_onlyIfItIsMore() {
    Attempts attempts = new Attempts(2, false);
    Tries theirs = Tries.of(ALL, index -> new Tries.Count(0, index, 1, 0, 0));
    assertThat(attempts.learn(ALL, theirs)).isEqualTo(ALL);
    assertThat(attempts.learn(ALL, theirs)).isEqualTo(IndexSet.EMPTY);
    assertThat(attempts.dies(1, 1, Village.peer(5))).isEqualTo(2);
  }
}
