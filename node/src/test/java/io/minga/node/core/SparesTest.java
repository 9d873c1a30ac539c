package io.minga.node.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.minga.node.task.Batch;
import io.minga.node.task.CopyFrame;
import io.minga.node.task.Outcome;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** While a submitter is away, those that keep its batches see to it that there are enough. */
final class SparesTest {
  /** Longer than it takes to find out that somebody is away, and to have another keep it. */
  private static final int LONG_MILLIS = 180_000;

  private final Village village = new Village(17);
  private final List<VillageJournal> journals = new ArrayList<>();

  private void peers(int count) {
    for (int i = 0; i < count; i++) {
      journals.add(village.addKeeper(1));
    }
    village.meet(3_000);
  }

  private House house(int index) {
    return village.houses.get(index);
  }

  private List<Batch> batches() {
    return journals.get(0).batches();
  }

  /** One of the job's, which are all with the same peers. */
  private Batch batch() {
    return batches().get(0);
  }

  /** How the job's tasks ended, as far as a peer knows. */
  private List<Outcome> outcomes(House holder) {
    return batches().stream()
        .flatMap(batch -> holder.journal().copied(batch.cid()).values().stream())
        .toList();
  }

  @Test
  void holdersThatDieOneAfterTheOther_areReplaced_andNoResultIsLost() {
    peers(6);
    journals.get(0).submit(Village.DRAW, 5, 100_000);
    village.pass(10_000);
    village.kill(house(0));
    village.pass(LONG_MILLIS);
    List<Outcome> right = outcomes(village.holders(batch()).get(0));
    assertThat(right).hasSize(5);

    for (int deaths = 0; deaths < 3; deaths++) {
      assertThat(village.holders(batch())).hasSize(2);
      village.kill(village.holders(batch()).get(deaths % 2));
      village.pass(LONG_MILLIS);
    }

    assertThat(village.holders(batch())).hasSize(2).allMatch(it -> outcomes(it).equals(right));
  }

  @Test
  void openTasks_goOnWhenAllWhoHadThemAtFirstAreDead() {
    peers(6);
    journals.get(0).submit(Village.DRAW, 2, 500_000_000);
    village.pass(5_000);
    List<House> first = village.holders(batch());
    assertThat(first).hasSize(2);
    village.kill(house(0));
    village.pass(LONG_MILLIS);
    village.kill(first.get(0));
    village.pass(LONG_MILLIS);
    village.kill(first.get(1));

    village.pass(2_600_000);

    assertThat(village.holders(batch())).isNotEmpty().allMatch(it -> outcomes(it).size() == 2);
  }

  /** The submitter is cut off, and one of those who keep its batch dies; who they were. */
  private List<House> cutOffWhileAHolderDies() {
    peers(6);
    journals.get(0).submit(Village.DRAW, 3, 100_000);
    village.pass(10_000);
    List<House> holders = village.holders(batch());
    village.houses.subList(1, 6).forEach(it -> village.roads.cut(house(0), it));
    village.pass(60_000);
    village.kill(holders.get(0));
    village.pass(LONG_MILLIS);
    return holders;
  }

  @Test
  void submitterThatWasCutOff_hearsOfThoseThatHaveItNow() {
    cutOffWhileAHolderDies();
    assertThat(village.holders(batch())).hasSize(2);

    village.roads.heal();
    village.pass(10_000);

    assertThat(village.holders(batch())).hasSizeGreaterThanOrEqualTo(2);
    assertThat(house(0).core.copyCounts()).containsValue(village.holders(batch()).size());
    List<Effect> seenTo = new ArrayList<>();
    village.watcher =
        (house, effect) -> {
          if (effect instanceof Effect.SendCopy it && Frames.read(it) instanceof CopyFrame.Keep) {
            seenTo.add(effect);
          }
        };
    village.pass(LONG_MILLIS);
    assertThat(seenTo).isEmpty();
    assertThat(village.houses).allMatch(it -> it.misbehaved.isEmpty());
  }

  @Test
  void submitterThatMeetsAnotherFirst_countsThoseThatHaveItNow_too() {
    List<House> first = cutOffWhileAHolderDies();
    House since =
        village.holders(batch()).stream()
            .filter(it -> !first.contains(it))
            .findFirst()
            .orElseThrow();
    village.roads.heal();
    village.roads.cut(house(0), since);
    village.pass(20_000);
    int all = village.holders(batch()).size();
    assertThat(all).as("it asks somebody else meanwhile").isGreaterThan(2);
    assertThat(house(0).core.copyCounts()).containsValue(all - 1);

    village.roads.heal();
    village.pass(10_000);

    assertThat(house(0).core.copyCounts()).containsValue(all);
  }

  @Test
  void submitterThatHasLostItsJournal_keepsNobodyFromTakingCopies() {
    peers(6);
    journals.get(0).submit(Village.DRAW, 5, 100_000);
    village.pass(10_000);
    House anew = village.reboot(house(0), Village.DRAW);
    new VillageJournal(village, anew, 77);
    village.pass(LONG_MILLIS);

    for (int deaths = 0; deaths < 3; deaths++) {
      assertThat(village.holders(batch())).hasSize(2).allMatch(it -> outcomes(it).size() == 5);
      village.kill(village.holders(batch()).get(deaths % 2));
      village.pass(LONG_MILLIS);
    }

    assertThat(village.holders(batch())).hasSize(2).allMatch(it -> outcomes(it).size() == 5);
    assertThat(village.houses).allMatch(it -> it.misbehaved.isEmpty());
  }

  @Test
  void submitterThatIsAlive_isNotStoodInFor() {
    peers(4);
    journals.get(0).submit(Village.DRAW, 3, 100_000);
    village.pass(10_000);
    House holder = village.holders(batch()).get(0);
    House other =
        village.houses.stream()
            .filter(it -> it.number != 1 && !it.journal().keeps(batch().cid()))
            .findFirst()
            .orElseThrow();
    KeptBatch kept = new KeptBatch(new CopyFrame.Keep(1, 3, 0, List.of(), batch()));

    for (int times = 0; times < 3; times++) {
      other.input(new Input.CopyReceived(holder.peer, kept.keep(holder.peer, other.peer)));
      village.pass(1_000);
    }

    assertThat(other.journal().keeps(batch().cid())).isFalse();
    assertThat(other.misbehaved).isEmpty();
  }
}
