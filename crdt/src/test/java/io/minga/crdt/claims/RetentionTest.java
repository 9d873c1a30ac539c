package io.minga.crdt.claims;

import static io.minga.crdt.claims.Replicas.NOW;
import static io.minga.crdt.claims.Replicas.id;
import static org.assertj.core.api.Assertions.assertThat;

import io.minga.crdt.claims.ClaimDelta.Entry;
import io.minga.crdt.wire.Digest;
import io.minga.crdt.wire.Id;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What a set knows for how long, and that what is over never comes back. */
final class RetentionTest {
  private static final Id SELF = id("self", 0);
  private static final Id BOB = id("bob", 0);
  private static final long DAY = Duration.ofDays(1).toMillis();
  private static final long RETENTION = Duration.ofMinutes(10).toMillis();
  private static final long WAITING = Duration.ofSeconds(30).toMillis();
  private static final IndexSet ONE = IndexSet.of(0);

  private final ClaimSet set = new ClaimSet(SELF, ClaimOptions.defaults());

  /** A batch of one task that this peer has submitted. */
  private static BatchFacts own(int sequence) {
    return new BatchFacts(id("batch", sequence), SELF, 1, sequence, 1, NOW + DAY);
  }

  private static ClaimDelta held(Id claimant, Id batch) {
    return new ClaimDelta(batch, claimant, List.of(new Entry(Phase.HELD, 1, ONE)));
  }

  private static ClaimOptions options(
      int batches, int waiting, int perClaimant, int lineages, int perSubmitter, int gaps) {
    ClaimOptions defaults = ClaimOptions.defaults();
    return new ClaimOptions(
        defaults.retention(),
        defaults.lifetimeMax(),
        batches,
        waiting,
        perClaimant,
        defaults.waitingBytesMax(),
        defaults.waitingTime(),
        lineages,
        perSubmitter,
        gaps);
  }

  private static Opening.Reason refused(Opening opening) {
    assertThat(opening).isInstanceOf(Opening.Refused.class);
    return ((Opening.Refused) opening).reason();
  }

  @Test
  void settledBatch_isForgottenAfterItsRetention_andStaysAway() {
    Id batch = own(0).batch();
    set.open(NOW, own(0));
    set.settle(NOW + 5, batch, ONE);

    assertThat(set.nextExpiryMillis()).isEqualTo(NOW + 5 + RETENTION);
    assertThat(set.expire(NOW + 4 + RETENTION)).isEmpty();
    assertThat(set.contains(batch)).isTrue();
    assertThat(set.expire(NOW + 5 + RETENTION)).containsExactly(batch);
    assertThat(set.contains(batch)).isFalse();

    long later = NOW + 6 + RETENTION;
    assertThat(set.merge(later, held(BOB, batch))).isEqualTo(new Merge.Waits(BOB, batch));
    assertThat(refused(set.open(later, own(0)))).isEqualTo(Opening.Reason.FORGOTTEN);
    assertThat(set.wanted()).isEmpty();
    assertThat(set.contains(batch)).isFalse();
    assertThat(set.digest()).isEqualTo(Digest.NONE);
  }

  @Test
  void unsettledBatch_isForgottenWhenItExpires_andStaysAway() {
    set.open(NOW, own(0));

    assertThat(set.merge(NOW + DAY, held(BOB, own(0).batch())))
        .isEqualTo(new Merge.Expired(BOB, own(0).batch()));
    assertThat(set.expire(NOW + DAY)).containsExactly(own(0).batch());
    assertThat(set.digest()).isEqualTo(Digest.NONE);
    assertThat(refused(set.open(NOW + DAY, own(0)))).isEqualTo(Opening.Reason.EXPIRED);
    assertThat(set.nextExpiryMillis()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void clockSetBack_bringsNothingBack() {
    set.open(NOW, own(0));
    set.expire(NOW + 2 * DAY);

    assertThat(refused(set.open(NOW, own(0)))).isEqualTo(Opening.Reason.EXPIRED);
  }

  @Test
  void batchThatExpiresTooLate_isRefused() {
    BatchFacts facts = new BatchFacts(id("batch", 0), SELF, 1, 0, 1, Long.MAX_VALUE);

    assertThat(refused(set.open(NOW, facts))).isEqualTo(Opening.Reason.EXPIRES_TOO_LATE);
  }

  @Test
  void forgottenBatches_areRememberedInOneRun_inAnyOrder() {
    Forgotten forgotten = new Forgotten(ClaimOptions.defaults());
    Random random = new Random(1);
    boolean[] over = new boolean[1000];
    for (int i = 0; i < over.length; i++) {
      forgotten.reserve(own(i));
    }
    for (int n = 0; n < 700; n++) {
      int i = random.nextInt(over.length);
      over[i] |= true;
      forgotten.add(own(i));
    }
    for (int i = 0; i < over.length; i++) {
      assertThat(forgotten.contains(own(i))).isEqualTo(over[i]);
    }
    for (int i = 0; i < over.length; i++) {
      forgotten.add(own(i));
    }
    assertThat(forgotten.runs()).isEqualTo(1);
    assertThat(forgotten.contains(own(1000))).isFalse();
  }

  @Test
  void submitterThatLeavesGaps_losesTheLowest_andWhatIsForgottenStaysSo() {
    Forgotten forgotten = new Forgotten(options(9, 9, 9, 9, 9, 4));
    for (int i = 0; i < 100; i += 2) {
      forgotten.reserve(own(i));
      forgotten.add(own(i));
      assertThat(forgotten.runs()).isLessThanOrEqualTo(4);
    }
    for (int i = 0; i < 100; i += 2) {
      assertThat(forgotten.contains(own(i))).isTrue();
    }
    assertThat(forgotten.contains(own(1))).isTrue();
    assertThat(forgotten.contains(own(97))).isFalse();
  }

  @Test
  void journal_isDroppedWhenItsLastBatchHasExpired() {
    ClaimSet small = new ClaimSet(SELF, options(9, 9, 9, 2, 1, 4));
    BatchFacts another = new BatchFacts(id("batch", 1), SELF, 2, 0, 1, NOW + 3 * DAY);
    small.open(NOW, own(0));
    assertThat(refused(small.open(NOW, another))).isEqualTo(Opening.Reason.FULL);
    small.settle(NOW, own(0).batch(), ONE);
    small.expire(NOW + RETENTION);
    assertThat(refused(small.open(NOW + RETENTION, another))).isEqualTo(Opening.Reason.FULL);

    small.expire(NOW + DAY);

    assertThat(small.open(NOW + DAY, another)).isInstanceOf(Opening.Opened.class);
  }

  @Test
  void batchesAndJournals_areBounded() {
    ClaimSet small = new ClaimSet(SELF, options(2, 9, 9, 2, 2, 4));
    BatchFacts bobs = new BatchFacts(id("batch", 8), BOB, 1, 0, 1, NOW + DAY);
    BatchFacts carols = new BatchFacts(id("batch", 9), id("carol", 0), 1, 0, 1, NOW + DAY);

    assertThat(small.open(NOW, own(0))).isInstanceOf(Opening.Opened.class);
    assertThat(small.open(NOW, own(0))).isInstanceOf(Opening.Known.class);
    assertThat(small.open(NOW, bobs)).isInstanceOf(Opening.Opened.class);
    assertThat(refused(small.open(NOW, own(1)))).isEqualTo(Opening.Reason.FULL);
    small.settle(NOW, own(0).batch(), ONE);
    small.expire(NOW + RETENTION);
    assertThat(refused(small.open(NOW, carols))).isEqualTo(Opening.Reason.FULL);
    assertThat(small.open(NOW, own(1))).isInstanceOf(Opening.Opened.class);
  }

  @Test
  void claimsThatOvertakeTheirBatch_waitAndCount() {
    Id batch = own(0).batch();
    set.merge(NOW, held(BOB, batch));
    set.merge(NOW, new ClaimDelta(batch, BOB, List.of(new Entry(Phase.DONE, 1, ONE))));
    set.merge(NOW, new ClaimDelta(batch, BOB, List.of(new Entry(Phase.HELD, 7, IndexSet.of(1)))));
    assertThat(set.wanted()).containsExactly(batch);

    Opening opening = set.open(NOW, new BatchFacts(batch, SELF, 1, 0, 2, NOW + DAY));

    assertThat(opening).isInstanceOf(Opening.Opened.class);
    assertThat(((Opening.Opened) opening).waited()).hasSize(1);
    assertThat(set.in(batch, Phase.DONE, BOB)).isEqualTo(ONE);
    assertThat(set.in(batch, Phase.HELD, BOB)).isEqualTo(IndexSet.of(1));
    assertThat(set.wanted()).isEmpty();
  }

  @Test
  void claimsThatWaited_andWereWrong_areRefusedWhenTheirBatchComes() {
    Id batch = own(0).batch();
    set.merge(NOW, new ClaimDelta(batch, BOB, List.of(new Entry(Phase.SETTLED, 0, ONE))));

    Opening opening = set.open(NOW, own(0));

    assertThat(((Opening.Opened) opening).waited())
        .containsExactly(new Merge.Refused(BOB, batch, "only its submitter settles a batch"));
    assertThat(set.free(batch)).isEqualTo(ONE);
  }

  @Test
  void waiting_endsAfterItsTime() {
    set.merge(NOW, held(BOB, own(0).batch()));
    set.merge(NOW + 1000, held(SELF, own(0).batch()));

    assertThat(set.nextExpiryMillis()).isEqualTo(NOW + WAITING);
    set.expire(NOW + WAITING);
    assertThat(set.wanted()).containsExactly(own(0).batch());
    set.expire(NOW + WAITING + 1000);
    assertThat(set.wanted()).isEmpty();
  }

  @Test
  void waiting_isBoundedPerClaimantAndInAll_andInBytes() {
    ClaimOptions options = options(9, 50, 10, 9, 9, 9);
    Waiting waiting = new Waiting(options);
    int kept = 0;
    for (int i = 0; i < 100; i++) {
      kept += waiting.add(NOW, held(BOB, id("batch", i))) ? 1 : 0;
    }
    assertThat(kept).isEqualTo(10);
    for (int i = 0; i < 100; i++) {
      waiting.add(NOW, held(id("peer", i), id("batch", i)));
    }
    assertThat(waiting.size()).isEqualTo(50);
    assertThat(waiting.add(NOW, held(BOB, id("batch", 0)))).isTrue();
    assertThat(waiting.bytes()).isEqualTo(bytesOf(waiting));

    waiting.batches().forEach(waiting::take);
    assertThat(waiting.size()).isZero();
    assertThat(waiting.bytes()).isZero();
  }

  /** What all that waits weighs when it is put anew, piece by piece. */
  private static long bytesOf(Waiting waiting) {
    long before = waiting.bytes();
    long sum = 0;
    for (Id batch : waiting.batches()) {
      Waiting other = new Waiting(ClaimOptions.defaults());
      waiting.take(batch).forEach(delta -> other.add(NOW, delta));
      sum += other.bytes();
      other.take(batch).forEach(delta -> waiting.add(NOW, delta));
    }
    assertThat(waiting.bytes()).isEqualTo(before);
    return sum;
  }
}
