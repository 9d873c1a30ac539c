package io.minga.node.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Cid;
import io.minga.node.task.Batch;
import io.minga.node.task.CopyFrame;
import io.minga.node.task.Outcome;
import io.minga.node.task.TaskRef;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Durable work goes on when its submitter is gone, and each task has one outcome that counts. */
final class StewardsTest {
  private static final int SEEDS = 40;

  private Village village = new Village(11);
  private final List<VillageJournal> journals = new ArrayList<>();

  /** What the submitter's callers were told. */
  private final Map<TaskRef, Outcome> told = new LinkedHashMap<>();

  private final List<String> broken = new ArrayList<>();

  private void peers(int count) {
    village.watcher = this::check;
    for (int i = 0; i < count; i++) {
      journals.add(village.addKeeper(1 + village.random.nextInt(2)));
    }
    village.meet(3_000);
  }

  private House house(int index) {
    return village.houses.get(index);
  }

  /** Nothing is said before the journal has what it depends on, and nothing changes. */
  private void check(House house, Effect effect) {
    if (effect instanceof Effect.Complete it && it.batch() != null) {
      Batch batch = it.batch();
      if (!it.outcome().equals(house.journal().outcomes(batch).get(it.index()))) {
        broken.add("%s/%d is said and not journaled".formatted(batch, it.index()));
      }
      Outcome before = told.put(new TaskRef(batch.cid(), it.index()), it.outcome());
      if (before != null && !before.equals(it.outcome())) {
        broken.add("%s/%d has two outcomes".formatted(batch, it.index()));
      }
    } else if (effect instanceof Effect.SendCopy it
        && Frames.read(it) instanceof CopyFrame.Kept kept
        && !house.journal().keeps(kept.batch())) {
      broken.add("%s is said to be kept and is not".formatted(kept.batch()));
    }
  }

  private boolean isDone(boolean submitterIsGone) {
    for (Batch batch : journals.get(0).batches()) {
      boolean done =
          submitterIsGone
              ? village.holders(batch).stream()
                  .anyMatch(it -> it.journal().copied(batch.cid()).size() == batch.size())
              : journals.get(0).outcomes(batch).size() == batch.size();
      if (!done) {
        return false;
      }
    }
    return true;
  }

  private boolean passUntilDone(boolean submitterIsGone, int secondsMost) {
    for (int i = 0; i < secondsMost && !isDone(submitterIsGone); i++) {
      village.pass(1_000);
    }
    return isDone(submitterIsGone);
  }

  /** All that is known of how tasks ended is the same everywhere. */
  private void assertThatAllAgree(boolean submitterIsGone) {
    for (Batch batch : journals.get(0).batches()) {
      List<House> holders = village.holders(batch);
      SortedMap<Integer, Outcome> right =
          submitterIsGone
              ? holders.get(0).journal().copied(batch.cid())
              : journals.get(0).outcomes(batch);
      for (House holder : holders) {
        assertThat(holder.journal().copied(batch.cid())).isEqualTo(right);
      }
      assertThat(right).hasSize(batch.size());
    }
  }

  private int ran() {
    return village.runs.values().stream().mapToInt(Integer::intValue).sum();
  }

  @Test
  void submitterThatDiesForGood_isStoodInFor() {
    peers(4);
    journals.get(0).submit(Village.DRAW, 60, 2_000_000);
    village.pass(4_000);
    village.kill(house(0));
    assertThat(isDone(true)).isFalse();

    assertThat(passUntilDone(true, 300)).isTrue();
    village.pass(5_000);
    assertThatAllAgree(true);
    assertThat(broken).isEmpty();
  }

  @Test
  void holdersThatHearEachOther_haveOneStewardForABatch() {
    peers(5);
    journals.get(0).submit(Village.DRAW, 60, 2_000_000);
    village.pass(1_000);
    assertThat(village.holders(journals.get(0).batches().get(0))).hasSize(2);
    Map<Cid, Set<House>> stewards = new LinkedHashMap<>();
    village.watcher =
        (house, effect) -> {
          check(house, effect);
          if (effect instanceof Effect.RecordSeenTo it) {
            stewards.computeIfAbsent(it.batch(), batch -> new LinkedHashSet<>()).add(house);
          }
        };
    village.kill(house(0));

    assertThat(passUntilDone(true, 300)).isTrue();
    assertThat(stewards.values()).isNotEmpty().allMatch(it -> it.size() == 1);
  }

  @Test
  void submitterThatIsRestartedSoon_isNot() {
    peers(4);
    journals.get(0).submit(Village.DRAW, 60, 1_000_000);
    village.pass(4_000);
    House before = house(0);
    village.kill(before);
    village.pass(10_000);
    village.revive(before);
    List<Effect> seenTo = new ArrayList<>();
    village.watcher =
        (house, effect) -> {
          check(house, effect);
          if (effect instanceof Effect.RecordSeenTo) {
            seenTo.add(effect);
          }
        };

    assertThat(passUntilDone(false, 300)).isTrue();
    village.pass(40_000);
    assertThat(seenTo).isEmpty();
    assertThatAllAgree(false);
    assertThat(broken).isEmpty();
  }

  @Test
  void submitterThatIsBack_getsWhatWasDoneMeanwhile_andNothingRunsAgain() {
    peers(4);
    journals.get(0).submit(Village.DRAW, 60, 1_000_000);
    village.pass(2_000);
    House before = house(0);
    village.kill(before);
    assertThat(passUntilDone(true, 300)).isTrue();
    int ran = ran();
    assertThat(isDone(false)).isFalse();

    village.revive(before);
    assertThat(passUntilDone(false, 5)).isTrue();
    village.pass(5_000);

    assertThat(ran()).isEqualTo(ran);
    assertThatAllAgree(false);
    assertThat(broken).isEmpty();
  }

  @Test
  void stewardsThatCantHearEachOther_agreeWhenTheyCan() {
    peers(5);
    journals.get(0).submit(Village.DRAW, 10, 1_000_000);
    village.pass(1_000);
    List<House> holders = village.holders(journals.get(0).batches().get(0));
    assertThat(holders).hasSize(2);
    for (House house : village.houses) {
      if (house != holders.get(0)) {
        village.roads.cut(holders.get(0), house);
      }
    }
    village.kill(house(0));
    village.pass(300_000);
    village.roads.heal();
    village.pass(60_000);

    assertThat(isDone(true)).isTrue();
    assertThatAllAgree(true);
  }

  @Test
  void outcomesOfTwoStewards_countInTheSameWay_inWhateverOrderTheyAreHeard() {
    peers(4);
    journals.get(0).submit(Village.DRAW, 60, 1_000_000);
    village.pass(1_000);
    Batch batch = journals.get(0).batches().get(0);
    CopyFrame.Keep keep = new CopyFrame.Keep(1, batch.size(), 0, List.of(), batch);
    IndexSet tasks = IndexSet.range(0, batch.size());
    PeerId one = house(1).peer;
    PeerId other = house(2).peer;

    assertThat(heard(keep, tasks, one, other).part())
        .isEqualTo(heard(keep, tasks, other, one).part());
    assertThat(heard(keep, tasks, house(0).peer, one, other).part().confirmed()).isEqualTo(tasks);
    assertThat(heard(keep, tasks, one, other, house(0).peer).part().confirmed()).isEqualTo(tasks);
  }

  private static KeptBatch heard(CopyFrame.Keep keep, IndexSet tasks, PeerId... origins) {
    KeptBatch kept = new KeptBatch(keep);
    for (PeerId origin : origins) {
      kept.said(origin, kept.news(origin, tasks));
    }
    return kept;
  }

  static long[] seeds() {
    Long only = Long.getLong("seed");
    return only == null ? LongStream.range(0, SEEDS).toArray() : new long[] {only};
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void whateverBecomesOfTheSubmitter_eachTaskHasOneOutcome(long seed) {
    village = new Village(seed);
    peers(4 + village.random.nextInt(3));
    int tasks = 1 + village.random.nextInt(120);
    long job = journals.get(0).submit(Village.DRAW, tasks, 200_000);
    village.pass(village.random.nextInt(8_000));
    boolean isGone = false;
    House submitter = house(0);
    holderMayBeAway();
    switch (village.random.nextInt(4)) {
      case 0 -> {
        isGone = true;
        village.kill(submitter);
      }
      case 1 -> {
        village.kill(submitter);
        village.pass(60_000 + village.random.nextInt(10_000));
        village.revive(submitter);
      }
      case 2 -> {
        village
            .houses
            .subList(1, village.houses.size())
            .forEach(it -> village.roads.cut(submitter, it));
        village.pass(20_000 + village.random.nextInt(100_000));
        village.roads.heal();
      }
      default -> {
        village.kill(submitter);
        village.pass(village.random.nextInt(20_000));
        village.revive(submitter);
      }
    }
    holderMayBeAway();
    boolean acknowledged = journals.get(0).acknowledged.getOrDefault(job, 0) == tasks;
    if (isGone && !acknowledged) {
      return; // nothing was promised
    }

    assertThat(passUntilDone(isGone, 600)).as("all tasks end").isTrue();
    village.pass(60_000);
    assertThatAllAgree(isGone);
    assertThat(broken).isEmpty();
    told.forEach(
        (task, outcome) ->
            assertThat(journals.get(0).batches())
                .filteredOn(it -> it.cid().equals(task.batch()))
                .allMatch(it -> outcome.equals(journals.get(0).outcomes(it).get(task.index()))));
  }

  private void holderMayBeAway() {
    if (village.random.nextBoolean()) {
      House away = house(1 + village.random.nextInt(village.houses.size() - 1));
      long millis = 1L + village.random.nextInt(70_000);
      if (away.alive) {
        village.kill(away);
        village.in(millis, () -> village.revive(away, Village.DRAW));
      }
    }
  }
}
