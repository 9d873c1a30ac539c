package io.minga.node.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.minga.node.core.Village.Call;
import io.minga.node.core.Village.House;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Owners even out what they hold, whatever their submitters do. */
final class MovesTest {
  @Test
  void ownerThatTwoSubmittersLoad_givesToTheOthers() {
    Village village = new Village(1);
    House one = village.add(0, 1);
    House two = village.add(0, 1);
    List<House> owners = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      owners.add(village.add(2, 1, Village.WORK));
    }
    for (House owner : owners.subList(1, 4)) {
      village.bar(one, owner);
      village.bar(two, owner);
    }
    village.connectAll();
    village.pass(3_000);
    List<Call> calls = new ArrayList<>();
    calls.addAll(one.submit(Village.WORK, 1_000, 50_000, true));
    calls.addAll(two.submit(Village.WORK, 1_000, 50_000, true));
    village.in(6_000, village::unbar);
    boolean done = village.passUntilDone(calls, 120_000);
    for (House house : village.houses) {
      System.out.printf(
          "%d ran %d until %d ms, gave %d, took %d, misbehaved %s%n",
          house.number,
          house.ran,
          house.endNanos / 1_000_000,
          house.core.tasksGiven(),
          house.core.tasksTaken(),
          house.misbehaved);
    }
    assertThat(done).isTrue();
  }
}
