package io.minga.node.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import java.util.Objects;
import org.junit.jupiter.api.Test;

final class LedgerTest {
  private final Ledger ledger = new Ledger();

  private void open(long row, long job, long total, long offset, long sequence, int tasks) {
    ledger.add(row, new Entry.Opened(job, total, offset, Work.batch(5, sequence, tasks)));
  }

  private void end(long row, Bytes results) throws WireException {
    ledger.add(row, Entry.Ended.decode(Work.LIMITS, results));
  }

  private JobState job(long number) {
    return Objects.requireNonNull(ledger.job(number));
  }

  @Test
  void job_isAcknowledged_whenAllOfItIsIn() {
    open(1, 1, 8, 0, 0, 5);
    assertThat(ledger.jobs()).isEmpty();

    open(2, 1, 8, 5, 1, 3);

    assertThat(ledger.jobs()).extracting(JobState::id).containsExactly(new JobId(5, 1));
    assertThat(ledger.openTasks()).isEqualTo(8);
    assertThat(ledger.dropUnacknowledged()).isEmpty();
  }

  @Test
  void job_thatWasNeverAcknowledged_isDroppedWithItsOutcomes() throws WireException {
    open(1, 1, 8, 0, 0, 5);
    open(2, 2, 3, 0, 1, 3);
    end(3, Work.results(0, 0, 2));

    assertThat(ledger.dropUnacknowledged()).containsExactly(1L, 3L);
    assertThat(ledger.openTasks()).isEqualTo(3);
    assertThat(ledger.jobOf(0)).isZero();
    assertThat(ledger.size()).isOne();
  }

  @Test
  void outcome_thatComesTwice_countsOnce() throws WireException {
    open(1, 1, 5, 0, 0, 5);
    end(2, Work.results(0, 0, 3));
    end(3, Work.failure(0, 1));
    end(4, Work.failure(0, 4));

    assertThat(job(1).ended()).isEqualTo(4);
    assertThat(job(1).failed()).isEqualTo(1);
    assertThat(job(1).isDone()).isFalse();
    assertThat(ledger.open(0)).isEqualTo(IndexSet.of(3));
    assertThat(ledger.openTasks()).isEqualTo(1);

    end(5, Work.results(0, 3, 4));

    assertThat(job(1).isDone()).isTrue();
    assertThat(ledger.jobOf(0)).isZero();
  }

  @Test
  void rowsOfOutcomes_areFoundByTask() throws WireException {
    open(1, 1, 300, 0, 0, 256);
    open(2, 1, 300, 256, 1, 44);
    end(3, Work.results(1, 0, 44));
    end(4, Work.results(0, 0, 256));

    assertThat(ledger.endedRows(1, 290, 300))
        .contains(new Ledger.EndedRow(3, 256))
        .allMatch(it -> it.number() == 3 || it.number() == 4);
    assertThat(ledger.endedRows(1, 0, 10)).containsExactly(new Ledger.EndedRow(4, 0));
  }

  @Test
  void forgottenJob_leavesNothing() throws WireException {
    open(1, 1, 5, 0, 0, 5);
    end(2, Work.results(0, 0, 3));
    open(3, 2, 1, 0, 1, 1);

    assertThat(ledger.forget(1)).containsExactly(1L, 2L);

    assertThat(ledger.openTasks()).isEqualTo(1);
    assertThat(ledger.job(1)).isNull();
    assertThat(ledger.forget(1)).isEmpty();
  }

  @Test
  void outcomesOfNothing_areStray() throws WireException {
    end(1, Work.results(0, 0, 1));
    open(2, 1, 1, 0, 1, 1);

    assertThat(ledger.dropUnacknowledged()).containsExactly(1L);
  }

  @Test
  void keptJob_isDone_withWhatIsThere() throws WireException {
    open(1, 1, 8, 5, 1, 3);
    assertThat(ledger.incomplete()).containsExactly(1L);
    ledger.add(2, new Entry.Kept(1));
    end(3, Work.results(1, 0, 3));

    assertThat(ledger.dropUnacknowledged()).isEmpty();
    assertThat(job(1).lost()).isEqualTo(5);
    assertThat(job(1).isDone()).isTrue();
  }

  @Test
  void expiredJobs_areTold() {
    ledger.add(1, new Entry.Opened(1, 1, 0, Work.batch(5, 0, 1, 2_000_000)));
    ledger.add(2, new Entry.Opened(2, 1, 0, Work.batch(5, 1, 1, 3_000_000)));

    assertThat(ledger.expired(1_999_999, 9)).isEmpty();
    assertThat(ledger.expired(2_000_000, 9)).containsExactly(1L);
    assertThat(ledger.expired(3_000_000, 1)).containsExactly(1L);
  }
}
