package io.minga.node.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.minga.node.task.Outcome;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Memoizable calls of several submitters meet at one peer. */
final class MeetingTest {
  private final Village village = new Village(11);

  private void workers(int count) {
    for (int i = 0; i < count; i++) {
      village.add(1, 1, Village.WORK, Village.FIB, Village.FLAKY);
    }
  }

  private void meet() {
    village.meet(500);
  }

  @Test
  void fib_overFourPeers_runsEachNumberOnce() {
    workers(4);
    meet();

    List<Call> calls = village.houses.get(0).memoized(Village.FIB, List.of(200), false);

    assertThat(village.passUntilDone(calls, 60_000)).isTrue();
    assertThat(calls.get(0).number())
        .isEqualTo(new BigInteger("280571172992510140037611932413038677189525"));
    assertThat(village.runs).hasSize(201).allSatisfy((n, count) -> assertThat(count).isOne());
    assertThat(village.houses).allSatisfy(house -> assertThat(house.slots.ran).isGreaterThan(20));
    village.pass(1_000);
    assertThat(village.houses).allMatch(house -> house.core.isIdle());
  }

  @Test
  void fib_withAPeerThatDies_runsAnewWhatThatHeldAlone() {
    workers(5);
    meet();
    House dies = village.houses.get(4);

    List<Call> calls = village.houses.get(0).memoized(Village.FIB, List.of(150), false);
    village.pass(40);
    int lost = dies.slots.ran;
    assertThat(lost).isPositive();
    assertThat(calls.get(0).outcomes).isEmpty();
    village.kill(dies);

    assertThat(village.passUntilDone(calls, 60_000)).isTrue();
    assertThat(calls.get(0).number()).isEqualTo(new BigInteger("9969216677189303386214405760200"));
    int again = village.runs.values().stream().mapToInt(count -> count - 1).sum();
    assertThat(again).isLessThanOrEqualTo(lost);
  }

  @Test
  void callsWhoseHomeIsGone_areTriedAgainByTheOnlyPeerThereIs() {
    House one = village.add(1, 1, Village.KILLER);
    House two = village.add(2, 1, Village.KILLER);
    meet();
    List<Integer> inputs = IntStream.range(100_000, 100_020).boxed().toList();
    List<Call> calls = one.memoized(Village.KILLER, inputs, false);
    village.pass(30);
    village.kill(two);

    assertThat(village.passUntilDone(calls, 120_000)).isTrue();
  }

  @Test
  void equalCallsOfManySubmitters_runOnce_alsoLater() {
    workers(3);
    House one = village.add(0, 1);
    House two = village.add(0, 1);
    House late = village.add(0, 1);
    meet();

    List<Call> calls = new ArrayList<>(one.memoized(Village.WORK, List.of(50_000), false));
    calls.addAll(two.memoized(Village.WORK, List.of(50_000), false));
    assertThat(village.passUntilDone(calls, 5_000)).isTrue();
    List<Call> last = late.memoized(Village.WORK, List.of(50_000), false);
    assertThat(village.passUntilDone(last, 30)).isTrue();

    calls.addAll(last);
    Village.assertAllSucceeded(calls);
    assertThat(village.runs).hasSize(1).containsEntry(Village.input(50_000), 1);
  }

  @Test
  void jobsOfManySubmitters_runEachDifferentInputOnce() {
    workers(3);
    House one = village.add(0, 1);
    House two = village.add(0, 1);
    meet();
    List<Integer> inputs = new ArrayList<>();
    for (int i = 0; i < 1_500; i++) {
      inputs.add(1_000 + i % 300);
    }

    List<Call> calls = new ArrayList<>(one.memoized(Village.WORK, inputs, true));
    Collections.reverse(inputs);
    calls.addAll(two.memoized(Village.WORK, inputs, true));

    village.assertAllSucceed(calls, 20_000);
    assertThat(village.runs).hasSize(300);
    int again = village.runs.values().stream().mapToInt(count -> count - 1).sum();
    assertThat(again).as("run twice, where one home was late").isLessThan(30);
  }

  @Test
  void oneSubmitterThatCancels_leavesTheRunToTheOther() {
    workers(2);
    House one = village.add(0, 1);
    House two = village.add(0, 1);
    meet();
    List<Call> first = one.memoized(Village.WORK, List.of(300_000), false);
    village.pass(50);
    List<Call> second = two.memoized(Village.WORK, List.of(300_000), false);
    village.pass(50);

    cancel(one);
    village.pass(50);
    assertThat(first.get(0).outcomes).hasSize(1);
    assertThat(village.houses).allMatch(house -> house.slots.interrupted.isEmpty());

    village.assertAllSucceed(second, 5_000);
    assertThat(village.runs).containsEntry(Village.input(300_000), 1);
  }

  @Test
  void runThatNobodyWaitsFor_isInterrupted() {
    workers(2);
    House one = village.add(0, 1);
    House two = village.add(0, 1);
    meet();
    one.memoized(Village.WORK, List.of(300_000), false);
    village.pass(50);
    two.memoized(Village.WORK, List.of(300_000), false);
    village.pass(50);

    cancel(one);
    cancel(two);
    village.pass(50);

    assertThat(village.houses.stream().mapToInt(house -> house.slots.interrupted.size()).sum())
        .isOne();
    village.pass(1_000);
    assertThat(village.houses).allMatch(house -> house.core.isIdle());
    List<Call> again = two.memoized(Village.WORK, List.of(300_000), false);
    village.assertAllSucceed(again, 5_000);
  }

  @Test
  void submitterThatDies_leavesItsPlaceToTheOther() {
    workers(1);
    House one = village.add(0, 1);
    House two = village.add(0, 1);
    meet();
    List<Call> busy = two.submit(Village.WORK, 1, 100, false);
    assertThat(village.passUntilDone(busy, 1_000)).isTrue();
    one.memoized(Village.WORK, List.of(12_000_000, 1_001), true);
    village.pass(50);
    List<Call> second = two.memoized(Village.WORK, List.of(1_001), false);
    village.pass(50);

    village.kill(one);

    village.assertAllSucceed(second, 60_000);
    village.pass(20_000);
    assertThat(village.houses.get(0).core.isIdle()).isTrue();
  }

  @Test
  void homeThatLeaves_handsOverWhatWaitsThere() {
    workers(2);
    House one = village.add(0, 1);
    House two = village.add(0, 1);
    meet();
    List<Integer> inputs = IntStream.range(100_000, 100_020).boxed().toList();
    List<Call> calls = new ArrayList<>(one.memoized(Village.WORK, inputs, true));
    calls.addAll(two.memoized(Village.WORK, inputs, true));
    village.pass(100);

    village.houses.get(0).input(new Input.Leave());

    village.assertAllSucceed(calls, 60_000);
    assertThat(village.houses.get(0).left).isTrue();
  }

  @Test
  void failure_isNotRemembered_andEveryWaiterHasItsAttempts() {
    workers(2);
    House one = village.add(0, 1);
    House two = village.add(0, 1);
    meet();
    for (int input = 1; input <= 50; input++) {
      List<Call> calls = new ArrayList<>(one.memoized(Village.FLAKY, List.of(input), false));
      calls.addAll(two.memoized(Village.FLAKY, List.of(input), false));
      assertThat(village.passUntilDone(calls, 5_000)).isTrue();
      for (Call call : calls) {
        if (call.outcomes.get(0) instanceof Outcome.Failure) {
          List<Call> again = one.memoized(Village.FLAKY, List.of(input), false);
          assertThat(village.passUntilDone(again, 5_000)).isTrue();
        }
      }
    }
    assertThat(village.runs.values().stream().mapToInt(it -> it).sum()).isBetween(51, 150);
  }

  @Test
  void busyHome_isPassedOver() {
    workers(4);
    House submitter = village.add(0, 1);
    meet();
    List<Call> known = submitter.submit(Village.WORK, 40, 500_000, true);
    assertThat(village.passUntilDone(known, 60_000)).isTrue();
    village.pass(2_500);
    long begun = village.nowNanos;

    List<Integer> inputs = IntStream.range(500_000, 500_040).boxed().toList();
    List<Call> calls = submitter.memoized(Village.WORK, inputs, true);

    assertThat(village.passUntilDone(calls, 60_000)).isTrue();
    long millis = (village.nowNanos - begun) / 1_000_000;
    assertThat(millis).as("of 5,000 if all peers finish together").isLessThan(6_600);
  }

  private static void cancel(House house) {
    for (Submission submission : List.copyOf(house.calls.keySet())) {
      house.input(new Input.Cancel(submission, -1));
    }
  }
}
