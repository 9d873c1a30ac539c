package io.minga.node.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.minga.node.task.Outcome;
import io.minga.node.task.Payload;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Inputs and results by CID, among cores that lose connections and die. */
final class LargeValuesTest {
  private static final int SEEDS = 60;

  /** Longer than an orphan's tasks and an unused input are kept. */
  private static final int REST_MILLIS = 40_000;

  static LongStream seeds() {
    Long one = Long.getLong("seed");
    return one != null ? LongStream.of(one) : LongStream.rangeClosed(1, SEEDS);
  }

  /**
   * Each call has one outcome, nothing is used that isn't there, and in the end nothing is held.
   */
  @ParameterizedTest
  @MethodSource("seeds")
  void everyCall_hasOneOutcome_andAllBlocksAreLetGo(long seed) {
    Village village = new Village(seed);
    int peers = 3 + village.random.nextInt(4);
    for (int i = 0; i < peers; i++) {
      int slots = i == 0 ? village.random.nextInt(2) : 1 + village.random.nextInt(4);
      village.add(slots, 0.5 + village.random.nextDouble(), Village.WORK, Village.LARGE);
    }
    village.connectAll();
    List<Call> calls = new ArrayList<>();
    House first = village.houses.get(0);
    House second = village.houses.get(1);
    for (int i = 0; i < 8; i++) {
      village.in(
          village.random.nextInt(3_000),
          () -> {
            House from = village.random.nextBoolean() ? first : second;
            int count = 1 + village.random.nextInt(60);
            boolean job = village.random.nextBoolean();
            switch (village.random.nextInt(3)) {
              case 0 -> calls.addAll(from.submitLarge(Village.WORK, count, job));
              case 1 -> calls.addAll(from.submitLarge(Village.LARGE, count, job));
              default -> calls.addAll(from.submit(Village.LARGE, count, 5_000, job));
            }
            if (village.random.nextInt(6) == 0) {
              from.input(
                  new Input.Cancel(
                      List.copyOf(from.calls.keySet()).get(from.calls.size() - 1), -1));
            }
          });
    }
    for (int i = village.random.nextInt(5); i > 0; i--) {
      village.in(village.random.nextInt(4_000), () -> cut(village));
    }
    if (peers > 3 && village.random.nextBoolean()) {
      village.in(village.random.nextInt(4_000), () -> village.kill(village.houses.get(peers - 1)));
    }
    if (peers > 3 && village.random.nextInt(3) == 0) { // not one of those who call
      village.in(
          village.random.nextInt(4_000),
          () -> village.houses.get(peers - 2).input(new Input.Leave()));
    }
    village.pass(4_000);
    assertThat(village.passUntilDone(calls, 120_000)).as("seed %d: all done", seed).isTrue();
    village.pass(REST_MILLIS);
    for (Call call : calls) {
      assertThat(call.outcomes).as("seed %d", seed).hasSize(1);
    }
    for (House house : village.houses) {
      assertThat(house.misbehaved).as("seed %d", seed).isEmpty();
      assertThat(house.blocks.flyingMost)
          .as("seed %d", seed)
          .isLessThanOrEqualTo(FetchOptions.DEFAULT.atOnceMax());
      if (house.isUp()) {
        assertThat(house.blocks.holds).as("seed %d: house %d", seed, house.number).isEmpty();
      }
    }
  }

  private static void cut(Village village) {
    House one = village.houses.get(village.random.nextInt(village.houses.size()));
    House other = village.houses.get(village.random.nextInt(village.houses.size()));
    if (one != other) {
      village.roads.disconnect(one, other);
    }
  }

  @Test
  void tasksWithOneInput_fetchItOnce() {
    Village village = new Village(1);
    village.lossless = true;
    House submitter = village.add(0, 1);
    House one = village.add(2, 1, Village.WORK);
    House other = village.add(2, 1, Village.WORK);
    village.meet(100);
    List<Call> calls = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      village.in(500L * i, () -> calls.addAll(submitter.submitLarge(Village.WORK, 40, true)));
    }
    village.pass(3_000);
    assertThat(village.passUntilDone(calls, 60_000)).isTrue();
    for (House owner : List.of(one, other)) {
      assertThat(owner.blocks.fetched).isNotEmpty().doesNotHaveDuplicates();
    }
    assertThat(calls).allMatch(call -> call.outcomes.get(0) instanceof Outcome.Value);
  }

  @Test
  void inputThatIsNowhere_failsTheTask_andSaysWhichBlock() {
    Village village = new Village(2);
    House submitter = village.add(0, 1);
    village.add(2, 1, Village.WORK);
    village.meet(100);
    submitter.blocks.servesNothing = true;
    List<Call> calls = submitter.submitLarge(Village.WORK, 1, false);
    assertThat(village.passUntilDone(calls, 60_000)).isTrue();
    Outcome.Failure failure = calls.get(0).failure();
    assertThat(failure.kind()).isEqualTo(Outcome.Kind.MISSING_CONTENT);
    Payload.Content input = (Payload.Content) calls.get(0).input;
    assertThat(failure.message())
        .isEqualTo(
            "its input, block %s of %d B, is not to be had: nobody has it"
                .formatted(input.cid(), input.sizeBytes()));
  }
}
