package io.minga.node.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.wire.WireException;
import io.minga.node.task.Batch;
import io.minga.node.task.CopyFrame;
import io.minga.node.task.TaskRuns;
import io.minga.node.task.WorkFrame;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class CopyLedgerTest {
  private static final Batch BATCH = Work.batch(5, 3, 8);
  private static final PeerId ONE = Work.peer("22");
  private static final PeerId TWO = Work.peer("33");

  private final CopyLedger ledger = new CopyLedger();

  private static Entry copied() {
    return new Entry.Copied(new CopyFrame.Keep(1, 8, 0, List.of(ONE, TWO), BATCH));
  }

  private static Entry ended(PeerId origin, int from, int to) {
    try {
      WorkFrame.Results results =
          (WorkFrame.Results) WorkFrame.decode(Work.LIMITS, Work.results(3, from, to));
      return new Entry.CopyEnded(new CopyFrame.Ended(BATCH.cid(), origin, results));
    } catch (WireException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void entries_comeBackAsTheyWent() throws Exception {
    for (Entry entry : List.of(copied(), ended(ONE, 0, 3))) {
      Row row = Row.of(1, 0, entry.kind(), entry.encode());
      assertThat(Entry.decode(Work.LIMITS, row).encode()).isEqualTo(entry.encode());
    }
  }

  @Test
  void submittersWord_countsBeforeOthers() {
    assertThat(ledger.add(1, copied())).isTrue();
    assertThat(ledger.add(2, copied())).as("it is there").isFalse();
    assertThat(ledger.add(3, ended(ONE, 0, 4))).isTrue();
    assertThat(ledger.add(4, ended(Work.peer(), 2, 6))).isTrue();
    assertThat(ledger.add(5, ended(ONE, 4, 6))).as("nobody needs that").isFalse();

    assertThat(ledger.said(BATCH.cid()))
        .containsExactly(
            new KeptCopy.Said(ONE, IndexSet.of(0, 1)),
            new KeptCopy.Said(Work.peer(), IndexSet.of(2, 3, 4, 5)));
    assertThat(ledger.endedRows(BATCH.cid())).containsExactly(3L, 4L);
    assertThat(ledger.forget(BATCH.cid())).containsExactly(1L, 3L, 4L);
    assertThat(ledger.add(6, ended(ONE, 0, 1))).isFalse();
  }

  @Test
  void whoseWordCounts_dependsOnNoOrder() {
    List<Entry> entries =
        new ArrayList<>(
            List.of(
                ended(ONE, 0, 5),
                ended(TWO, 2, 8),
                ended(Work.peer(), 4, 6),
                ended(TWO, 0, 1),
                ended(ONE, 7, 8)));
    List<PeerId> first = null;
    for (int seed = 0; seed < 50; seed++) {
      Collections.shuffle(entries, new Random(seed));
      CopyLedger other = new CopyLedger();
      other.add(1, copied());
      for (int i = 0; i < entries.size(); i++) {
        other.add(2 + i, entries.get(i));
      }
      List<PeerId> origins = new ArrayList<>();
      for (int index = 0; index < 8; index++) {
        origins.add(other.origin(BATCH.cid(), index));
      }
      first = first == null ? origins : first;
      assertThat(origins).as("seed %d", seed).isEqualTo(first);
    }
  }

  @Test
  void expired_areFound() {
    ledger.add(1, copied());
    assertThat(ledger.expired(BATCH.header().expiresAtMillis() - 1, 9)).isEmpty();
    assertThat(ledger.expired(BATCH.header().expiresAtMillis(), 9)).containsExactly(BATCH.cid());
  }

  @Test
  void jobs_standAsTheirBatchesDo() {
    JobId id = new JobId(BATCH.header().lineage(), 1);
    ledger.add(1, copied());
    ledger.add(2, ended(ONE, 0, 2));
    ledger.add(3, ended(TWO, 5, 6));

    assertThat(ledger.jobs(10))
        .singleElement()
        .satisfies(job -> assertThat(job.ended()).isEqualTo(3));
    assertThat(ledger.jobs(0)).isEmpty();
    assertThat(ledger.jobs(id, 4))
        .singleElement()
        .satisfies(
            job -> {
              assertThat(job.submitter()).isEqualTo(Work.peer());
              assertThat(job.total()).isEqualTo(8);
              assertThat(job.runs().runs())
                  .containsExactly(new TaskRuns.Run(0, 2), new TaskRuns.Run(5, 6));
            });
    assertThat(ledger.jobs(new JobId(id.lineage(), 2), 4)).isEmpty();
    assertThat(ledger.batches(Work.peer(), id, 7, 9))
        .containsExactly(new CopyLedger.Placed(BATCH.cid(), 0, 8));
    assertThat(ledger.batches(Work.peer(), id, 8, 9)).isEmpty();
    assertThat(ledger.batches(ONE, id, 0, 9)).as("it is another's").isEmpty();
    ledger.forget(BATCH.cid());
    assertThat(ledger.jobs(10)).isEmpty();
  }
}
