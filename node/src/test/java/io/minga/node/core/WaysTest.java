package io.minga.node.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.minga.node.task.Outcome;
import io.minga.node.task.Placement;
import io.minga.node.task.Policy;
import io.minga.node.task.Requirements;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Work for peers that their submitter has no connection to, through neighbours that have one. */
final class WaysTest {
  private static final int HOUSES = 132;
  private static final int NEAR = 40;
  private static final int TASKS = 500;
  private static final int MICROS = 300_000;

  private static final Policy EXCLUSIVE =
      new Policy(5, 0, 3, Requirements.NONE, Placement.BALANCED, 1, 1, true, false, "");

  private final Village village = new Village(23);

  /** The first can't be connected but with the next {@value #NEAR}; all others are. */
  private House submitter() {
    for (int i = 0; i < HOUSES; i++) {
      village.add(1, 1, Village.WORK);
    }
    House submitter = village.houses.get(0);
    far().forEach(house -> village.roads.bar(submitter, house));
    village.meet(3_000);
    return submitter;
  }

  private List<House> near() {
    return village.houses.subList(1, 1 + NEAR);
  }

  private List<House> far() {
    return village.houses.subList(1 + NEAR, HOUSES);
  }

  private static boolean isDone(Call call) {
    return call.outcomes.size() == 1 && call.outcomes.get(0) instanceof Outcome.Value;
  }

  private void isCleanAfterAWhile() {
    village.pass(30_000);
    assertThat(village.houses).allMatch(house -> !house.alive || house.core.isIdle());
    assertThat(village.houses).allMatch(house -> house.misbehaved.isEmpty());
  }

  @Test
  void peersWithoutAConnectionToTheSubmitter_haveTheirShareAllTheSame() {
    House submitter = submitter();

    List<Call> calls = submitter.submit(Village.WORK, TASKS, MICROS, true);

    assertThat(village.passUntilDone(calls, 20_000)).isTrue();
    assertThat(calls).allMatch(WaysTest::isDone);
    int ran = far().stream().mapToInt(house -> house.slots.ran).sum();
    assertThat(ran).isGreaterThan(TASKS / 3);
    assertThat(far().stream().filter(house -> house.slots.ran > 0).count())
        .isGreaterThan(HOUSES / 2);
    isCleanAfterAWhile();
  }

  @Test
  void neighboursThatCarryAndDie_areReplacedByOthers() {
    House submitter = submitter();

    List<Call> calls = submitter.submit(Village.WORK, TASKS, MICROS, true);
    village.pass(1_500);
    near().subList(0, NEAR * 3 / 4).forEach(village::kill);

    assertThat(village.passUntilDone(calls, 60_000)).isTrue();
    assertThat(calls).allMatch(WaysTest::isDone);
    isCleanAfterAWhile();
  }

  @Test
  void tasksOfPeersThatNothingLeadsToAnyMore_goElsewhere() {
    for (int i = 0; i < HOUSES; i++) {
      village.add(1, 1, Village.WORK);
    }
    House submitter = village.houses.get(0);
    House carrier = village.houses.get(1);
    House other = village.houses.get(2);
    for (House far : village.houses.subList(3, HOUSES)) {
      village.roads.bar(submitter, far);
      village.roads.bar(other, far);
    }
    village.meet(3_000);
    List<Call> calls = submitter.submit(Village.WORK, TASKS, MICROS, true);
    village.pass(1_500);
    assertThat(submitter.core.ways()).isNotEmpty();
    village.kill(carrier);

    assertThat(village.passUntilDone(calls, 200_000)).isTrue();
    assertThat(calls).allMatch(WaysTest::isDone);
    isCleanAfterAWhile();
  }

  @Test
  void exclusiveTasks_goOverConnectionsOnly() {
    House submitter = submitter();
    List<Call> first = submitter.submit(Village.WORK, TASKS, MICROS, true);
    assertThat(village.passUntilDone(first, 20_000)).isTrue();
    far().forEach(house -> house.slots.ran = 0);

    List<Call> calls = submitter.submit(Village.WORK, TASKS, 10_000, true, EXCLUSIVE);

    assertThat(village.passUntilDone(calls, 60_000)).isTrue();
    assertThat(calls).allMatch(WaysTest::isDone);
    assertThat(far()).allMatch(house -> house.slots.ran == 0);
    isCleanAfterAWhile();
  }
}
