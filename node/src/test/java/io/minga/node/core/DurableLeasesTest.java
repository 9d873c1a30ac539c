package io.minga.node.core;

import static io.minga.node.core.Village.WORK;
import static org.assertj.core.api.Assertions.assertThat;

import io.minga.node.task.Batch;
import io.minga.node.task.Outcome;
import io.minga.node.task.Placement;
import io.minga.node.task.Policy;
import io.minga.node.task.Requirements;
import io.minga.node.task.TaskRef;
import io.minga.node.task.WorkFrame;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Work that is durable and exclusive: whatever becomes of its submitter, no two peers run a task at
 * once, its epochs rise, and it ends.
 */
final class DurableLeasesTest {
  private static final int SEEDS = 60;
  private static final Policy BOTH =
      new Policy(5, 0, 3, Requirements.NONE, Placement.BALANCED, 1, 1, true, true, "");

  private Village village = new Village(5);
  private final List<String> broken = new ArrayList<>();
  private final List<Running> running = new ArrayList<>();
  private final Map<TaskRef, Integer> epochs = new LinkedHashMap<>();
  private final Map<TaskRef, Integer> pushed = new LinkedHashMap<>();
  private final Map<TaskRef, Integer> runs = new LinkedHashMap<>();
  private final Map<TaskRef, Outcome> told = new LinkedHashMap<>();
  private final Map<House, Integer> interrupts = new LinkedHashMap<>();

  private record Running(House house, long run, TaskRef task, long untilNanos) {}

  private void peers(int submitterSlots, int others) {
    village.watcher = this::check;
    House submitter = village.add(submitterSlots, 1, functions(submitterSlots));
    new VillageJournal(village, submitter);
    for (int i = 0; i < others; i++) {
      new VillageJournal(village, village.add(1 + village.random.nextInt(2), 1, WORK));
    }
    village.meet(3_000);
  }

  private static io.minga.node.task.FunctionName[] functions(int slots) {
    return slots == 0
        ? new io.minga.node.task.FunctionName[0]
        : new io.minga.node.task.FunctionName[] {WORK};
  }

  private House submitter() {
    return village.houses.get(0);
  }

  private VillageJournal journal() {
    return Objects.requireNonNull(submitter().journal);
  }

  // What must hold.

  private void check(House house, Effect effect) {
    if (effect instanceof Effect.Run run && run.batch().header().policy().exclusive()) {
      run.indexes().forEach(index -> runs(house, run, new TaskRef(run.batch().cid(), index)));
    } else if (effect instanceof Effect.Interrupt it) {
      running.removeIf(each -> each.house == house && each.run == it.run());
      interrupts.merge(house, 1, Integer::sum);
    } else if (effect instanceof Effect.Send send) {
      sends(house, send);
    } else if (effect instanceof Effect.Complete it && it.batch() != null) {
      completes(house, it, it.batch());
    }
  }

  private void runs(House house, Effect.Run run, TaskRef task) {
    for (Running other : running) {
      boolean isUp = other.house.alive && !other.house.paused;
      if (other.task.equals(task) && isUp && other.untilNanos > village.nowNanos) {
        broken.add(
            "%s runs at %d while it runs at %d".formatted(task, house.number, other.house.number));
      }
    }
    Integer before = epochs.put(task, run.epoch());
    if (before != null && before >= run.epoch()) {
      broken.add("%s runs in epoch %d after %d".formatted(task, run.epoch(), before));
    }
    runs.merge(task, 1, Integer::sum);
    long micros =
        (long) (VillageSlots.micros(run.batch().task(task.index()).input()) * house.slots.slowness);
    running.add(new Running(house, run.run(), task, village.nowNanos + 1000 * micros));
  }

  private void sends(House house, Effect.Send send) {
    if (Frames.read(send) instanceof WorkFrame.Push push) {
      Batch batch = push.batch();
      if (batch != null && batch.header().submitter().equals(house.peer)) {
        push.indexes().forEach(index -> pushes(new TaskRef(batch.cid(), index), push.epoch()));
      }
    }
  }

  private void pushes(TaskRef task, int epoch) {
    Integer before = pushed.put(task, epoch);
    if (before != null && before > epoch) {
      broken.add("%s is pushed in epoch %d after %d".formatted(task, epoch, before));
    }
  }

  private void completes(House house, Effect.Complete it, Batch batch) {
    Outcome journaled = Objects.requireNonNull(house.journal).outcomes(batch).get(it.index());
    if (!it.outcome().equals(journaled)) {
      broken.add("%s/%d is said and not journaled".formatted(batch, it.index()));
    }
    Outcome before = told.put(new TaskRef(batch.cid(), it.index()), it.outcome());
    if (before != null && !before.equals(it.outcome())) {
      broken.add("%s/%d has two outcomes".formatted(batch, it.index()));
    }
  }

  private boolean isDone() {
    return journal().batches().stream()
        .allMatch(batch -> journal().outcomes(batch).size() == batch.size());
  }

  private boolean passUntilDone(int secondsMost) {
    for (int i = 0; i < secondsMost && !isDone(); i++) {
      village.pass(1_000);
    }
    return isDone();
  }

  /** A job of one task of exactly so long. */
  private TaskRef submit(int millis) {
    journal().submitExactly(WORK, millis * 1000, BOTH);
    village.pass(500);
    return new TaskRef(journal().batches().get(0).cid(), 0);
  }

  private House runner() {
    return running.get(running.size() - 1).house;
  }

  private void restart(long awayMillis) {
    House before = submitter();
    village.kill(before);
    village.pass(awayMillis);
    village.revive(before, functions(before.slots.count));
  }

  // One thing at a time.

  @Test
  void ownerGoesOn_whenItsSubmitterIsRestartedWithinTheLease() {
    peers(0, 3);
    TaskRef task = submit(40_000);
    village.pass(5_000);

    restart(4_000);

    assertThat(passUntilDone(120)).isTrue();
    assertThat(runs).containsEntry(task, 1);
    assertThat(interrupts).isEmpty();
    assertThat(broken).isEmpty();
  }

  @Test
  void outcomeOfAnOwnerThatWasDoneMeanwhile_counts() {
    peers(0, 3);
    TaskRef task = submit(8_000);
    village.pass(2_000);

    restart(10_000);

    assertThat(passUntilDone(5)).isTrue();
    assertThat(runs).containsEntry(task, 1);
    assertThat(broken).isEmpty();
  }

  @Test
  void taskGoesElsewhere_inALaterEpoch_whenItsSubmitterWasAwayForLonger() {
    peers(0, 3);
    TaskRef task = submit(40_000);
    village.pass(2_000);
    House first = runner();

    restart(20_000);

    assertThat(interrupts).containsOnlyKeys(first);
    long backNanos = village.nowNanos;
    assertThat(passUntilDone(200)).isTrue();
    assertThat(runs).containsEntry(task, 2);
    assertThat(epochs.get(task)).isEqualTo(Attempts.RESERVED + 1);
    assertThat(village.nowNanos - backNanos)
        .as("it waits for leases of before to end, for it knows of none")
        .isGreaterThan(16_000_000_000L + 40_000_000_000L);
    assertThat(broken).isEmpty();
  }

  @Test
  void ownerThatIsCutOff_mayEndItsLease_beforeAnotherBegins() {
    peers(0, 3);
    TaskRef task = submit(60_000);
    village.pass(2_000);
    House first = runner();

    restart(100);
    village.roads.cut(submitter(), first);

    assertThat(passUntilDone(200)).isTrue();
    assertThat(interrupts).containsOnlyKeys(first);
    assertThat(runs).containsEntry(task, 2);
    assertThat(broken).isEmpty();
  }

  @Test
  void ownSlot_isWaitedFor_too() {
    peers(1, 0);
    TaskRef task = submit(30_000);
    village.pass(1_000);

    restart(1_000);

    assertThat(passUntilDone(100)).isTrue();
    assertThat(runs).containsEntry(task, 2);
    assertThat(broken).isEmpty();
  }

  @Test
  void epochsRise_overManyRestarts() {
    peers(0, 2);
    TaskRef task = submit(60_000);
    int last = 0;
    for (int life = 0; life < 5; life++) {
      village.pass(20_000);
      assertThat(epochs.get(task)).isGreaterThan(last);
      last = epochs.getOrDefault(task, 0);
      restart(20_000);
    }
    assertThat(passUntilDone(200)).isTrue();
    assertThat(runs.get(task)).isGreaterThanOrEqualTo(5);
    assertThat(broken).isEmpty();
  }

  @Test
  void exclusiveWork_waitsForItsSubmitter_whoeverKeepsIt() {
    peers(0, 4);
    TaskRef task = submit(5_000);
    village.kill(submitter());
    village.pass(300_000);

    assertThat(runs).containsEntry(task, 1);
    House before = submitter();
    village.revive(before);
    assertThat(passUntilDone(60)).isTrue();
    assertThat(epochs.get(task)).isEqualTo(Attempts.RESERVED + 1);
    assertThat(broken).isEmpty();
  }

  // Anything.

  static long[] seeds() {
    Long only = Long.getLong("seed");
    return only == null
        ? LongStream.range(0, Integer.getInteger("leases.seeds", SEEDS)).toArray()
        : new long[] {only};
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void whateverHappens_noTwoRunATask_epochsRise_andAllEnds(long seed) {
    village = new Village(seed);
    peers(village.random.nextInt(2), 2 + village.random.nextInt(3));
    int millis = village.random.nextBoolean() ? 500 : 8_000;
    long job = journal().submit(WORK, 1 + village.random.nextInt(8), millis * 1000, BOTH);
    for (int i = 3 + village.random.nextInt(8); i > 0; i--) {
      village.pass(village.random.nextInt(15_000));
      trouble();
      assertThat(broken).as("seed %d", seed).isEmpty();
    }
    village.pass(60_000);
    village.roads.heal();
    for (House house : List.copyOf(village.houses)) {
      assertThat(house.alive && !house.paused).as("the troubles are over").isTrue();
    }

    boolean acknowledged = journal().acknowledged.containsKey(job);
    assertThat(!acknowledged || passUntilDone(900)).as("all tasks end, seed %d", seed).isTrue();
    assertThat(broken).as("seed %d", seed).isEmpty();
    assertThat(village.houses).allMatch(house -> house.misbehaved.isEmpty());
  }

  private void trouble() {
    int away = 1 + village.random.nextInt(40_000);
    int number = village.random.nextInt(3) > 0 ? 0 : village.random.nextInt(village.houses.size());
    House house = village.houses.get(number);
    if (!house.alive || house.paused) {
      return;
    }
    switch (village.random.nextInt(4)) {
      case 0, 1 -> {
        village.kill(house);
        village.in(away, () -> village.revive(house, functions(house.slots.count)));
      }
      case 2 -> {
        house.paused = true;
        village.in(away, house::resume);
      }
      default -> {
        int others = 1 + village.random.nextInt(village.houses.size() - 1);
        for (int i = 0; i < others; i++) {
          House other = village.houses.get(village.random.nextInt(village.houses.size()));
          if (other != house) {
            village.roads.cut(house, other);
          }
        }
        village.in(away, village.roads::heal);
      }
    }
  }
}
