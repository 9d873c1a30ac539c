package io.minga.node.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.minga.node.task.MoveFrame;
import io.minga.node.task.Outcome;
import io.minga.node.task.Placement;
import io.minga.node.task.Policy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Owners even out what they hold, whatever their submitters do. */
final class MovesTest {
  /** A village in which {@code submitters} can reach the first owner only, until that is undone. */
  private static List<House> ladenOwner(Village village, int submitters, int owners) {
    List<House> houses = new ArrayList<>();
    for (int i = 0; i < submitters; i++) {
      houses.add(village.add(0, 1));
    }
    for (int i = 0; i < owners; i++) {
      houses.add(village.add(2, 1, Village.WORK));
    }
    for (int i = 0; i < submitters; i++) {
      for (House owner : houses.subList(submitters + 1, houses.size())) {
        village.roads.bar(houses.get(i), owner);
      }
    }
    village.meet(3_000);
    return houses;
  }

  private static void assertAllRan(List<Call> calls) {
    for (Call call : calls) {
      assertThat(call.outcomes).hasSize(1);
      assertThat(call.outcomes.get(0)).isInstanceOf(Outcome.Value.class);
    }
  }

  @Test
  void ownerThatTwoSubmittersLoad_isHelpedWhenTheyMeetTheOthers() {
    Village village = new Village(1);
    List<House> houses = ladenOwner(village, 2, 4);
    List<House> owners = houses.subList(2, 6);
    List<Call> calls = new ArrayList<>();
    long begun = village.nowNanos;
    calls.addAll(houses.get(0).submit(Village.WORK, 1_000, 50_000, true));
    calls.addAll(houses.get(1).submit(Village.WORK, 1_000, 50_000, true));
    village.pass(2_500);
    village.roads.unbar();

    assertThat(village.passUntilDone(calls, 60_000)).isTrue();

    assertAllRan(calls);
    long first =
        owners.stream().mapToLong(owner -> owner.slots.endNanos - begun).min().orElseThrow();
    long last =
        owners.stream().mapToLong(owner -> owner.slots.endNanos - begun).max().orElseThrow();
    assertThat((double) last / first).as("when they were through").isLessThan(1.1);
    assertThat(village.moves.inAll()).as("moves").isLessThan(calls.size() / 4);
    assertThat(village.moves.doubles()).isEmpty();
  }

  /** The others can't be reached by the submitter, and the owner looks at the balance seldom. */
  @Test
  void idlePeers_askForWork_andGetIt() {
    Village village = new Village(6);
    List<House> houses = ladenOwner(village, 1, 3);
    int[] wants = {0};
    village.watcher = (house, effect) -> wants[0] += isWant(effect) ? 1 : 0;
    List<Call> calls = houses.get(0).submit(Village.WORK, 600, 100_000, true);

    village.pass(1_100);
    long taken = houses.stream().mapToLong(house -> house.core.tasksTaken()).sum();
    assertThat(wants[0]).as("who asks").isBetween(1, 40);
    assertThat(taken).isPositive();

    village.roads.unbar();
    assertThat(village.passUntilDone(calls, 60_000)).isTrue();
    assertAllRan(calls);
    village.pass(3_000); // until all have said that they have nothing
    wants[0] = 0;
    village.pass(20_000);
    assertThat(wants[0]).as("where nobody has anything, nobody asks").isZero();
  }

  private static boolean isWant(Effect effect) {
    return effect instanceof Effect.SendMove send && Frames.read(send) instanceof MoveFrame.Want;
  }

  @Test
  void peerThatBecomesSlow_givesAwayWhatItHas() {
    Village village = new Village(2);
    List<House> houses = ladenOwner(village, 1, 4);
    House submitter = houses.get(0);
    village.roads.unbar();
    village.connectAll();
    List<Call> calls = submitter.submit(Village.WORK, 800, 200_000, true);
    village.pass(2_000);
    House slow = houses.get(1);
    slow.slots.slowness = 10;

    assertThat(village.passUntilDone(calls, 120_000)).isTrue();

    assertAllRan(calls);
    assertThat(village.moves.doubles()).isEmpty();
    // 800 × 0.2 s at 8 slots are 20 s; without the slow one's two it takes 26 s.
    assertThat(village.nowNanos).isLessThan(36_000_000_000L);
  }

  @Test
  void quietBatch_staysWhereItIs() {
    Village village = new Village(3);
    List<House> houses = ladenOwner(village, 1, 4);
    House submitter = houses.get(0);
    village.watcher = (house, effect) -> assertThat(effect).isNotInstanceOf(Effect.SendMove.class);

    for (int i = 0; i < 200; i++) { // none of them lasts 50 ms
      List<Call> calls = submitter.submit(Village.WORK, 20, 500, true);
      village.pass(50);
      assertAllRan(calls);
    }

    assertThat(village.gossip.announcements).isZero();
  }

  @Test
  void tasksThatMustNotMove_stayWhereTheyAre() {
    Policy exclusive = policy(Policy.DEFAULT.placement(), true);
    Policy spread = policy(Placement.by(Placement.Rule.SPREAD), false);
    for (Policy policy : List.of(exclusive, spread)) {
      Village village = new Village(4);
      List<House> houses = ladenOwner(village, 1, 3);

      List<Call> calls = houses.get(0).submit(Village.WORK, 200, 50_000, true, policy);

      assertThat(village.passUntilDone(calls, 60_000)).isTrue();
      assertAllRan(calls);
      assertThat(village.moves.inAll()).as("%s", policy).isZero();
    }
  }

  private static Policy policy(Placement placement, boolean exclusive) {
    Policy any = Policy.DEFAULT;
    return new Policy(
        any.priority(),
        any.timeoutMillis(),
        any.attemptsMax(),
        any.requires(),
        placement,
        any.replicas(),
        any.quorum(),
        exclusive,
        any.durable(),
        any.tenant());
  }

  @Test
  void submitterThatLoadsAnother_getsItsOwnTasksBack() {
    Village village = new Village(5);
    House submitter = village.add(2, 1, Village.WORK);
    House slow = village.add(2, 1, Village.WORK);
    village.meet(3_000);
    List<Call> calls = submitter.submit(Village.WORK, 1_600, 50_000, true);
    village.pass(100);
    slow.slots.slowness = 50;

    assertThat(village.passUntilDone(calls, 200_000)).isTrue();

    assertAllRan(calls);
    assertThat(village.moves.doubles()).isEmpty();
    village.pass(10_000);
    assertThat(submitter.core.isIdle()).isTrue();
    assertThat(slow.core.isIdle()).isTrue();
  }
}
