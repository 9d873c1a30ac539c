package io.minga.node.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.minga.node.task.Batch;
import io.minga.node.task.CopyFrame;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Durable batches are in the journals of others before they are acknowledged. */
final class CopiesTest {
  private final Village village = new Village(7);
  private final List<House> peers = new ArrayList<>();

  private void peers(int keepers, int others) {
    for (int i = 0; i < keepers + others; i++) {
      House house = village.add(2, 1, Village.DRAW);
      peers.add(house);
      if (i < keepers) {
        new VillageJournal(village, house);
      }
    }
    village.meet(3_000);
  }

  private VillageJournal journal(int peer) {
    return peers.get(peer).journal();
  }

  private long copies(Batch batch) {
    return peers.stream().filter(it -> it.journal != null && it.journal.keeps(batch.cid())).count();
  }

  @Test
  void batch_isAcknowledged_whenTwoOthersHaveIt() {
    peers(5, 2);
    village.watcher =
        (house, effect) -> {
          if (effect instanceof Effect.Acknowledge it) {
            assertThat(it.copies()).isEqualTo(2);
            for (Batch batch : journal(0).batches()) {
              assertThat(copies(batch)).isEqualTo(2);
            }
          }
        };
    long job = journal(0).submit(Village.DRAW, 1, 50_000);
    village.pass(5_000);

    assertThat(journal(0).acknowledged).containsEntry(job, 1);
    assertThat(peers.get(0).core.copyCounts()).containsEntry(job, 2);
  }

  @Test
  void job_ofManyBatches_isKeptByTwo() {
    peers(4, 0);
    long job = journal(0).submit(Village.DRAW, 3_000, 2_000);
    village.pass(30_000);

    assertThat(journal(0).acknowledged).containsEntry(job, 3_000);
    assertThat(journal(0).copiesSaid).containsEntry(job, 2);
    assertThat(journal(0).batches()).hasSizeGreaterThan(16).allMatch(it -> copies(it) == 2);
    for (Batch batch : journal(0).batches()) {
      assertThat(journal(0).outcomes(batch)).hasSize(batch.size());
      for (House house : peers) {
        if (house.journal != null && house.journal.keeps(batch.cid())) {
          assertThat(house.journal.copied(batch.cid())).isEqualTo(journal(0).outcomes(batch));
        }
      }
    }
  }

  @Test
  void withFewerPeersThatKeepJournals_thatManyHaveIt() {
    peers(2, 3);
    long job = journal(0).submit(Village.DRAW, 1, 1_000);
    village.pass(2_000);

    assertThat(journal(0).acknowledged).containsEntry(job, 1);
    assertThat(journal(0).copiesSaid).containsEntry(job, 1);
  }

  @Test
  void peerThatIsAlone_acknowledgesByItself() {
    peers(1, 1);
    long job = journal(0).submit(Village.DRAW, 1, 1_000);
    village.pass(1_000);

    assertThat(journal(0).copiesSaid).containsEntry(job, 0);
  }

  @Test
  void holderThatStaysAway_isReplaced() {
    peers(4, 0);
    long job = journal(0).submit(Village.DRAW, 4, 200_000_000);
    village.pass(1_000);
    House holder = peers.stream().filter(it -> keeps(it) > 0).findFirst().orElseThrow();
    village.kill(holder);
    village.pass(20_000);
    assertThat(peers.get(0).core.copyCounts()).as("it may be back").containsEntry(job, 2);
    village.pass(20_000);

    assertThat(peers.get(0).core.copyCounts()).containsEntry(job, 2);
    peers.remove(holder);
    for (Batch batch : journal(0).batches()) {
      assertThat(copies(batch)).isEqualTo(2);
    }
  }

  @Test
  void holderOfWhatIsDone_isReplaced_aFewBatchesAtATime() {
    peers(4, 0);
    long job = journal(0).submit(Village.DRAW, 3_000, 500);
    village.pass(20_000);
    assertThat(journal(0).acknowledged).containsEntry(job, 3_000);
    House holder = peers.stream().filter(it -> keeps(it) > 0).findFirst().orElseThrow();
    int[] open = new int[2];
    village.watcher =
        (house, effect) -> {
          boolean asks = effect instanceof Effect.AskToKeep;
          open[0] += asks ? 1 : 0;
          if (effect instanceof Effect.SendCopy it && Frames.read(it) instanceof CopyFrame.Kept) {
            open[0]--;
          }
          open[1] = Math.max(open[1], open[0]);
        };
    village.kill(holder);
    village.pass(20_000);
    assertThat(open[1]).as("it may be back").isZero();
    village.pass(30_000);

    assertThat(peers.get(0).core.copyCounts()).containsEntry(job, 2);
    assertThat(open[1]).isBetween(1, CopyOptions.DEFAULT.askedMax());
    peers.remove(holder);
    assertThat(journal(0).batches()).hasSizeGreaterThan(CopyOptions.DEFAULT.askedMax());
    for (Batch batch : journal(0).batches()) {
      assertThat(copies(batch)).isEqualTo(2);
      for (House house : peers) {
        if (house.journal != null && house.journal.keeps(batch.cid())) {
          assertThat(house.journal.copied(batch.cid())).isEqualTo(journal(0).outcomes(batch));
        }
      }
    }
  }

  @Test
  void holderThatLeaves_isReplaced() {
    peers(4, 0);
    long job = journal(0).submit(Village.DRAW, 4, 1_000);
    village.pass(3_000);
    House holder = peers.stream().filter(it -> keeps(it) > 0).findFirst().orElseThrow();
    holder.input(new Input.Leave());
    village.pass(40_000);

    assertThat(peers.get(0).core.copyCounts()).containsEntry(job, 2);
    peers.remove(holder);
    assertThat(journal(0).batches()).allMatch(it -> copies(it) == 2);
  }

  @Test
  void holderThatIsBackInTime_isNotReplaced() {
    peers(4, 0);
    journal(0).submit(Village.DRAW, 4, 1_000);
    village.pass(3_000);
    House holder = peers.stream().filter(it -> keeps(it) > 0).findFirst().orElseThrow();
    village.kill(holder);
    village.pass(20_000);
    House back = village.revive(holder, Village.DRAW);
    peers.set(peers.indexOf(holder), back);
    village.pass(60_000);

    assertThat(journal(0).batches()).allMatch(it -> copies(it) == 2);
  }

  @Test
  void lateKeeper_getsWhatIsDone_ifTooFewHaveIt() {
    peers(2, 0);
    journal(0).submit(Village.DRAW, 4, 1_000);
    village.pass(3_000);
    House late = village.add(1, 1);
    peers.add(late);
    VillageJournal its = new VillageJournal(village, late);
    village.meet(10_000);

    for (Batch batch : journal(0).batches()) {
      assertThat(its.copied(batch.cid())).isEqualTo(journal(0).outcomes(batch)).isNotEmpty();
    }
  }

  private static int keeps(House house) {
    return house.journal == null ? 0 : house.journal.keptCount();
  }

  @Test
  void newHolder_hearsWhatHasEnded() {
    peers(2, 0);
    journal(0).submit(Village.DRAW, 40, 1_000_000);
    village.pass(2_000);
    House late = village.add(1, 1);
    peers.add(late);
    VillageJournal its = new VillageJournal(village, late);
    village.meet(60_000);

    assertThat(its.keptCount()).isPositive();
    for (Batch batch : journal(0).batches()) {
      if (its.keeps(batch.cid())) {
        assertThat(its.copied(batch.cid())).isEqualTo(journal(0).outcomes(batch)).isNotEmpty();
      }
    }
  }

  @Test
  void forgottenJob_isDroppedByThoseWhoKeepIt() {
    peers(3, 0);
    long job = journal(0).submit(Village.DRAW, 1, 1_000);
    village.pass(2_000);
    Batch batch = journal(0).batches().get(0);
    assertThat(copies(batch)).isEqualTo(2);

    peers.get(0).input(new Input.Forgotten(job));
    village.pass(1_000);

    assertThat(copies(batch)).isZero();
    assertThat(peers.get(0).core.copyCounts()).doesNotContainKey(job);
  }

  @Test
  void anothersBatch_isNotKept() {
    peers(3, 0);
    journal(0).submit(Village.DRAW, 1, 1_000);
    village.pass(2_000);
    Batch batch = journal(0).batches().get(0);
    House holder = peers.get(1);
    House fresh = village.add(1, 1);
    new VillageJournal(village, fresh);
    fresh.input(new Input.CopyReceived(holder.peer, new CopyFrame.Keep(1, 1, 0, List.of(), batch)));
    assertThat(fresh.misbehaved).singleElement().asString().contains("its own durable batch");
  }

  @Test
  void peerWithoutAJournal_declines() {
    peers(2, 0);
    Map<CopyFrame.Why, Integer> declined = new LinkedHashMap<>();
    village.watcher =
        (house, effect) -> {
          if (effect instanceof Effect.SendCopy it
              && Frames.read(it) instanceof CopyFrame.Declined no) {
            declined.merge(no.why(), 1, Integer::sum);
          }
        };
    peers.get(1).input(new Input.Keeps(false));
    long job = journal(0).submit(Village.DRAW, 1, 1_000);
    village.pass(2_000);

    assertThat(declined).containsKey(CopyFrame.Why.NO_JOURNAL);
    assertThat(journal(0).copiesSaid).containsEntry(job, 0);
  }

  @Test
  void nobodyButItsSubmitter_maySayThatABatchIsOver() {
    peers(4, 0);
    journal(0).submit(Village.DRAW, 4, 200_000_000);
    village.pass(1_000);
    Batch batch = journal(0).batches().get(0);
    House holder = peers.stream().filter(it -> keeps(it) > 0).findFirst().orElseThrow();
    House another =
        peers.stream().filter(it -> it != holder && it != peers.get(0)).findFirst().orElseThrow();
    Input.CopyReceived over =
        new Input.CopyReceived(another.peer, new CopyFrame.Over(List.of(batch.cid())));

    holder.input(over);
    village.pass(1_000);
    assertThat(journal(peers.indexOf(holder)).keeps(batch.cid())).isTrue();

    holder.input(new Input.CopyReceived(peers.get(0).peer, over.frame()));
    village.pass(1_000);
    assertThat(journal(peers.indexOf(holder)).keeps(batch.cid())).isFalse();
  }
}
