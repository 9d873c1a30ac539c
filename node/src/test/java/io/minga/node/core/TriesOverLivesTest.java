package io.minga.node.core;

import static io.minga.node.core.Village.FLAKY;
import static io.minga.node.core.Village.KILLER;
import static io.minga.node.core.Village.WORK;
import static org.assertj.core.api.Assertions.assertThat;

import io.minga.node.task.Batch;
import io.minga.node.task.FunctionName;
import io.minga.node.task.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** How often a durable task was tried outlives its submitter, and is known to who stands in. */
final class TriesOverLivesTest {
  private static final int SEEDS = 40;
  private static final int MICROS = 200_000;

  private Village village = new Village(3);

  /** Where the task was run, and when. */
  private final List<House> runs = new ArrayList<>();

  private long lastNanos;
  private boolean isTried;

  @BeforeEach
  void begin() {
    begin(3, 5);
  }

  private void begin(long seed, int others) {
    village = new Village(seed);
    runs.clear();
    village.watcher =
        (house, effect) -> {
          if (effect instanceof Effect.Run) {
            runs.add(house);
            lastNanos = village.nowNanos;
          }
          isTried |= effect instanceof Effect.RecordTried;
        };
    new VillageJournal(village, village.add(0, 1));
    for (int i = 0; i < others; i++) {
      House house = village.add(1, 1, KILLER, FLAKY, WORK);
      house.slots.broken = true;
      new VillageJournal(village, house);
    }
    village.meet(3_000);
  }

  private House submitter() {
    return village.houses.get(0);
  }

  private VillageJournal journal() {
    return Objects.requireNonNull(submitter().journal);
  }

  private Batch batch() {
    return journal().batches().get(0);
  }

  private void submit(FunctionName function) {
    village.houses.forEach(it -> it.slots.broken = function.equals(FLAKY));
    journal()
        .submitExactly(
            function, function.equals(WORK) ? 60_000_000 : MICROS, VillageJournal.DURABLE);
  }

  /** Whether the last attempt has not ended, or nobody else has heard of that. */
  private boolean isUntold() {
    return village.nowNanos - lastNanos < 300_000_000; // it runs for 200 ms
  }

  private void passUntilRuns(int count) {
    for (int i = 0; i < 20_000 && runs.size() < count; i++) {
      village.pass(1);
    }
    assertThat(runs).hasSize(count);
  }

  private void restart(long awayMillis) {
    House before = submitter();
    village.kill(before);
    village.pass(awayMillis);
    village.revive(before);
  }

  private Outcome.Kind end() {
    return ((Outcome.Failure) Objects.requireNonNull(journal().outcomes(batch()).get(0))).kind();
  }

  private boolean isDone() {
    return journal().outcomes(batch()).size() == 1;
  }

  private void passUntilDone(int seconds) {
    for (int i = 0; i < seconds && !isDone(); i++) {
      village.pass(1_000);
    }
    assertThat(isDone()).isTrue();
  }

  @Test
  void taskThatKillsItsWorker_killsTwoInAll_whateverRestartsThereAre() {
    submit(KILLER);
    passUntilRuns(1);
    village.pass(250); // its submitter has heard of the first, and the second is not yet
    assertThat(runs).hasSize(1);

    restart(2_000);

    passUntilDone(60);
    village.pass(10_000);
    assertThat(runs).hasSize(2);
    assertThat(end()).isEqualTo(Outcome.Kind.WORKER_DIED);
  }

  @Test
  void deathThatIsToldAfterARestart_counts() {
    submit(KILLER);
    passUntilRuns(1);
    village.pass(50);

    restart(1_000); // it died meanwhile, and its peer keeps the outcome

    passUntilDone(60);
    village.pass(10_000);
    assertThat(runs).hasSize(2);
  }

  @Test
  void taskThatFails_isTriedAsOftenAsItsPolicySays_inAll() {
    submit(FLAKY);
    for (int attempt = 1; attempt < 3; attempt++) {
      passUntilRuns(attempt);
      village.pass(230);
      restart(500);
    }

    passUntilDone(60);
    village.pass(10_000);
    assertThat(runs).hasSize(3);
    assertThat(end()).isEqualTo(Outcome.Kind.HANDLER);
  }

  @Test
  void peersThatDieWithATask_areTwoInAll() {
    submit(WORK);
    passUntilRuns(1);
    village.pass(500);
    village.kill(runs.get(0));
    for (int i = 0; i < 5_000 && !isTried; i++) {
      village.pass(1);
    }
    village.pass(40); // it is written down

    restart(100);

    passUntilRuns(runs.size() + 1);
    village.pass(500);
    village.kill(runs.get(runs.size() - 1));
    passUntilDone(20);
    assertThat(end()).isEqualTo(Outcome.Kind.WORKER_DIED);
  }

  @Test
  void steward_goesOnWhereTheSubmitterLeftOff() {
    submit(KILLER);
    passUntilRuns(1);
    village.pass(280);
    assertThat(runs).hasSize(1);
    House gone = submitter();
    village.kill(gone);

    village.pass(100_000);

    assertThat(runs).hasSize(2);
    village.revive(gone);
    passUntilDone(20);
    village.pass(10_000);
    assertThat(runs).hasSize(2);
    assertThat(end()).isEqualTo(Outcome.Kind.WORKER_DIED);
  }

  @Test
  void deathUnderASteward_isKnownToTheNext_andToTheSubmitter() {
    submit(KILLER);
    village.pass(60);
    village.kill(submitter());
    List<House> told = new ArrayList<>();
    village.watcher =
        (house, effect) -> {
          if (effect instanceof Effect.Run) {
            runs.add(house);
          } else if (effect instanceof Effect.RecordCopyTried && told.size() < 2) {
            told.add(house);
            if (told.size() == 2) {
              village.in(1, () -> village.kill(told.get(0))); // before it has it run again
            }
          }
        };
    village.pass(200_000);

    assertThat(told).as("the first steward and the other").doesNotHaveDuplicates().hasSize(2);
    House gone = submitter();
    village.revive(gone);
    passUntilDone(60);
    assertThat(end()).isEqualTo(Outcome.Kind.WORKER_DIED);
    assertThat(runs.size()).as("and one that nobody was told of").isLessThanOrEqualTo(3);
  }

  static long[] seeds() {
    Long only = Long.getLong("seed");
    return only == null ? LongStream.range(0, SEEDS).toArray() : new long[] {only};
  }

  /**
   * What is under way when its submitter is killed may be made once more; and so may what a steward
   * has under way when the submitter is back. Nothing else.
   */
  @ParameterizedTest
  @MethodSource("seeds")
  void whateverRestartsThereAre_attemptsAndDeathsAreBounded(long seed) {
    begin(seed, 3 + village.random.nextInt(3));
    boolean kills = village.random.nextBoolean();
    submit(kills ? KILLER : FLAKY);
    int under = 0;
    int restarts = village.random.nextInt(6);
    for (int i = 0; i < restarts; i++) {
      village.pass(village.random.nextInt(700));
      int before = runs.size();
      under += isUntold() ? 1 : 0;
      restart(village.random.nextInt(village.random.nextBoolean() ? 2_000 : 60_000));
      under += runs.size() > before && isUntold() ? 1 : 0;
      assertThat(runs.size()).isGreaterThanOrEqualTo(before);
    }
    if (journal().acknowledged.isEmpty()) {
      return;
    }
    passUntilDone(120);
    village.pass(60_000);

    int right = kills ? 2 : 3;
    assertThat(runs.size()).as("seed %d", seed).isLessThanOrEqualTo(right + under);
  }

  /** What a submitter that is killed now would not know of is one attempt at most. */
  @ParameterizedTest
  @MethodSource("seeds")
  void nextAttempt_waitsUntilTheLastIsWrittenDown(long seed) {
    begin(seed, 3 + village.random.nextInt(3));
    boolean kills = village.random.nextBoolean();
    submit(kills ? KILLER : FLAKY);
    passUntilRuns(1);
    village.pass(village.random.nextInt(kills ? 200 : 700));
    journal().stuck = true;
    village.pass(village.random.nextInt(5_000));
    assertThat(isDone()).isFalse();
    assertThat(runs.size())
        .as("seed %d", seed)
        .isLessThanOrEqualTo(journal().failures(batch(), 0) + 1);

    boolean restarts = village.random.nextBoolean();
    if (restarts) {
      restart(1_000);
    } else {
      journal().goOn();
    }

    passUntilDone(60);
    village.pass(10_000);
    int right = kills ? 2 : 3;
    assertThat(runs.size()).as("seed %d", seed).isBetween(right, right + (restarts ? 1 : 0));
  }
}
