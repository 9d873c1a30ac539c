package io.minga.crdt.claims;

import static io.minga.crdt.claims.Replicas.NOW;
import static io.minga.crdt.claims.Replicas.id;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.minga.crdt.claims.ClaimDelta.Entry;
import io.minga.crdt.wire.Digest;
import io.minga.crdt.wire.Id;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class ClaimSetTest {
  private static final Id SUBMITTER = id("submitter", 0);
  private static final Id ALICE = id("alice", 0);
  private static final Id BOB = id("bob", 0);
  private static final Id BATCH = id("batch", 0);
  private static final long DAY = Duration.ofDays(1).toMillis();
  private static final BatchFacts FACTS = new BatchFacts(BATCH, SUBMITTER, 7, 0, 10, NOW + DAY);
  private static final IndexSet ALL = IndexSet.range(0, 10);

  private final ClaimSet submitter = opened(SUBMITTER);
  private final ClaimSet alice = opened(ALICE);
  private final ClaimSet bob = opened(BOB);

  private static ClaimSet opened(Id peer) {
    ClaimSet set = new ClaimSet(peer, ClaimOptions.defaults());
    set.open(NOW, FACTS);
    return set;
  }

  private static ClaimDelta delta(Id claimant, Phase phase, int epoch, IndexSet indexes) {
    return new ClaimDelta(BATCH, claimant, List.of(new Entry(phase, epoch, indexes)));
  }

  private static ClaimDelta said(Claimed claimed) {
    return Objects.requireNonNull(claimed.delta(), "nothing was said");
  }

  private static Changes changes(Merge merge) {
    assertThat(merge).isInstanceOf(Merge.Merged.class);
    return ((Merge.Merged) merge).changes();
  }

  @Test
  void claim_takesWhatIsFree_inEpochOne() {
    Claimed claimed = alice.claim(NOW, BATCH, IndexSet.range(0, 4));

    assertThat(claimed.changes().gained()).isEqualTo(IndexSet.range(0, 4));
    assertThat(claimed.delta()).isEqualTo(delta(ALICE, Phase.HELD, 1, IndexSet.range(0, 4)));
    assertThat(alice.register(BATCH, 3)).isEqualTo(new Register(Phase.HELD, 1, ALICE));
    assertThat(alice.free(BATCH)).isEqualTo(IndexSet.range(4, 10));
    assertThat(alice.claim(NOW, BATCH, IndexSet.range(0, 4)).delta()).isNull();
  }

  @Test
  void claim_ofWhatAnotherHolds_saysNothing() {
    bob.merge(NOW, said(alice.claim(NOW, BATCH, ALL)));

    assertThat(bob.claim(NOW, BATCH, ALL).delta()).isNull();
  }

  @Test
  void twoClaimsInOneEpoch_oneWinsEach_andBothSeeTheSame() {
    ClaimDelta byAlice = said(alice.claim(NOW, BATCH, ALL));
    ClaimDelta byBob = said(bob.claim(NOW, BATCH, ALL));

    Changes atAlice = changes(alice.merge(NOW, byBob));
    Changes atBob = changes(bob.merge(NOW, byAlice));

    assertThat(atAlice.lost()).isEqualTo(atAlice.taken());
    assertThat(atAlice.lost().or(atBob.lost())).isEqualTo(ALL);
    assertThat(atAlice.lost().and(atBob.lost())).isEqualTo(IndexSet.EMPTY);
    assertThat(alice.claims(BATCH)).isEqualTo(bob.claims(BATCH));
  }

  @Test
  void rank_isFairToEveryPeer() {
    TreeMap<Id, Integer> wins = new TreeMap<>();
    for (int batch = 0; batch < 100; batch++) {
      for (int index = 0; index < 256; index++) {
        Id winner = ALICE;
        for (Id rival : List.of(BOB, SUBMITTER, id("carol", 0))) {
          if (Long.compareUnsigned(
                  Registers.rank(id("batch", batch), index, rival),
                  Registers.rank(id("batch", batch), index, winner))
              > 0) {
            winner = rival;
          }
        }
        wins.merge(winner, 1, Integer::sum);
      }
    }
    assertThat(wins.values()).hasSize(4).allMatch(n -> n > 6100 && n < 6700);
  }

  @Test
  void release_freesInTheNextEpoch_andTheNextClaimHasIt() {
    bob.merge(NOW, said(alice.claim(NOW, BATCH, ALL)));
    ClaimDelta released = said(alice.release(NOW, BATCH, IndexSet.of(5)));

    assertThat(released).isEqualTo(delta(ALICE, Phase.RELEASED, 2, IndexSet.of(5)));
    assertThat(changes(bob.merge(NOW, released)).freed()).isEqualTo(IndexSet.of(5));
    Claimed claimed = bob.claim(NOW, BATCH, ALL);
    assertThat(claimed.delta()).isEqualTo(delta(BOB, Phase.HELD, 2, IndexSet.of(5)));
    assertThat(changes(alice.merge(NOW, said(claimed))).lost()).isEqualTo(IndexSet.EMPTY);
    assertThat(changes(alice.merge(NOW, said(alice.release(NOW, BATCH, IndexSet.of(6))))).changed())
        .isEqualTo(IndexSet.EMPTY);
  }

  @Test
  void takeOver_beatsTheHolder_whichHearsThatItLost() {
    bob.merge(NOW, said(alice.claim(NOW, BATCH, ALL)));

    Claimed taken = bob.takeOver(NOW, BATCH, IndexSet.of(1, 2));

    assertThat(taken.delta()).isEqualTo(delta(BOB, Phase.HELD, 2, IndexSet.of(1, 2)));
    Changes atAlice = changes(alice.merge(NOW, said(taken)));
    assertThat(atAlice.lost()).isEqualTo(IndexSet.of(1, 2));
    assertThat(atAlice.jumps()).isZero();
  }

  @Test
  void done_byALoser_countsAllTheSame() {
    bob.merge(NOW, said(alice.claim(NOW, BATCH, ALL)));
    alice.merge(NOW, said(bob.takeOver(NOW, BATCH, ALL)));

    ClaimDelta done = said(alice.done(NOW, BATCH, 1, IndexSet.of(3)));

    Changes atBob = changes(bob.merge(NOW, done));
    assertThat(atBob.done()).isEqualTo(IndexSet.of(3));
    assertThat(atBob.lost()).isEqualTo(IndexSet.of(3));
    assertThat(bob.register(BATCH, 3)).isEqualTo(new Register(Phase.DONE, 1, ALICE));
    assertThat(said(bob.done(NOW, BATCH, 2, IndexSet.of(3))).indexes()).isEqualTo(IndexSet.of(3));
    assertThat(alice.done(NOW, BATCH, 1, IndexSet.of(3)).delta()).isNull();
  }

  @Test
  void settled_beatsAll_andNothingBeatsIt() {
    ClaimDelta settled = said(submitter.settle(NOW, BATCH, IndexSet.of(0)));
    alice.merge(NOW, settled);

    Claimed claimed = alice.takeOver(NOW, BATCH, IndexSet.of(0));
    Changes changes = changes(alice.merge(NOW, delta(BOB, Phase.DONE, 9, IndexSet.of(0))));

    assertThat(claimed.delta()).isNull();
    assertThat(changes.changed()).isEqualTo(IndexSet.EMPTY);
    assertThat(alice.register(BATCH, 0)).isEqualTo(new Register(Phase.SETTLED, 0, SUBMITTER));
  }

  @Test
  void settled_byAnyoneElse_isRefusedAsAWhole() {
    ClaimDelta forged =
        new ClaimDelta(
            BATCH,
            BOB,
            List.of(
                new Entry(Phase.HELD, 1, IndexSet.of(1)),
                new Entry(Phase.SETTLED, 0, IndexSet.of(0))));

    assertThat(alice.merge(NOW, forged)).isInstanceOf(Merge.Refused.class);
    assertThat(alice.free(BATCH)).isEqualTo(ALL);
    assertThatThrownBy(() -> bob.settle(NOW, BATCH, ALL))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void indexBeyondTheBatch_isRefusedAsAWhole() {
    Merge merge = alice.merge(NOW, delta(BOB, Phase.HELD, 1, IndexSet.of(0, 10)));

    assertThat(merge).isEqualTo(new Merge.Refused(BOB, BATCH, "index 10 of a batch of 10 tasks"));
    assertThat(alice.free(BATCH)).isEqualTo(ALL);
    assertThatThrownBy(() -> alice.claim(NOW, BATCH, IndexSet.of(10)))
        .hasMessageContaining("none at 10");
  }

  @Test
  void epochJump_countsButIsReported() {
    Changes changes = changes(alice.merge(NOW, delta(BOB, Phase.HELD, 1000, IndexSet.of(0, 1))));

    assertThat(changes.taken()).isEqualTo(IndexSet.of(0, 1));
    assertThat(changes.jumps()).isEqualTo(2);
    assertThat(changes.jumpMax()).isEqualTo(999);
  }

  @Test
  void lastEpoch_canOnlyBeDoneOrSettled() {
    int last = ClaimDelta.EPOCH_MAX;
    alice.merge(NOW, delta(BOB, Phase.HELD, last, ALL));
    bob.merge(NOW, delta(BOB, Phase.HELD, last, ALL));

    assertThat(alice.takeOver(NOW, BATCH, ALL).delta()).isNull();
    assertThat(bob.release(NOW, BATCH, ALL).delta()).isNull();
    assertThat(said(alice.done(NOW, BATCH, 1, IndexSet.of(0)))).isNotNull();
    submitter.merge(NOW, delta(BOB, Phase.HELD, last, ALL));
    assertThat(submitter.settle(NOW, BATCH, ALL).changes().settled()).isEqualTo(ALL);
  }

  @Test
  void equivocation_isNone_oncePeersHaveHeardBoth() {
    ClaimDelta one = delta(BOB, Phase.RELEASED, 2, ALL);
    ClaimDelta other = delta(BOB, Phase.HELD, 5, IndexSet.range(0, 5));
    alice.merge(NOW, one);
    submitter.merge(NOW, other);
    assertThat(alice.digest()).isNotEqualTo(submitter.digest());

    alice.merge(NOW, other);
    submitter.merge(NOW, one);

    assertThat(alice.digest()).isEqualTo(submitter.digest());
    assertThat(alice.claims(BATCH)).isEqualTo(submitter.claims(BATCH));
  }

  @Test
  void moreOwnersThanTasks_keepTheLatest() {
    for (int round = 0; round < 100; round++) {
      for (int index = 0; index < 10; index++) {
        Id peer = id("worker", round * 10 + index);
        alice.merge(NOW, delta(peer, Phase.HELD, round + 1, IndexSet.of(index)));
        assertThat(alice.register(BATCH, index))
            .isEqualTo(new Register(Phase.HELD, round + 1, peer));
      }
    }
    assertThat(alice.claims(BATCH).deltas()).hasSize(10);
  }

  @Test
  void inForce_isWhatNobodyHasBeaten() {
    ClaimDelta held = said(alice.claim(NOW, BATCH, ALL));
    bob.merge(NOW, held);
    assertThat(bob.inForce(held)).isEqualTo(ALL);

    bob.takeOver(NOW, BATCH, IndexSet.range(2, 10));

    assertThat(bob.inForce(held)).isEqualTo(IndexSet.of(0, 1));
    assertThat(bob.in(BATCH, Phase.HELD, ALICE)).isEqualTo(IndexSet.of(0, 1));
  }

  @Test
  void digest_leavesOutWhatIsAllSettled() {
    assertThat(alice.digest()).isNotEqualTo(Digest.NONE);

    submitter.settle(NOW, BATCH, IndexSet.range(0, 9));
    assertThat(submitter.digest()).isNotEqualTo(Digest.NONE);
    submitter.settle(NOW, BATCH, ALL);

    assertThat(submitter.digest()).isEqualTo(Digest.NONE);
    assertThat(submitter.claims(BATCH).deltas())
        .containsExactly(delta(SUBMITTER, Phase.SETTLED, 0, ALL));
    assertThat(submitter.register(BATCH, 9)).isEqualTo(new Register(Phase.SETTLED, 0, SUBMITTER));
  }
}
