package io.minga.node.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.Hostile;
import io.minga.libp2p.wire.WireException;
import io.minga.node.task.CopyFrame;
import io.minga.node.task.Tries;
import java.util.List;
import org.junit.jupiter.api.Test;

final class EntryTest {
  private static final Entry.Opened OPENED = new Entry.Opened(3, 10, 2, Work.batch(1, 7, 5));

  private static Row row(long number, long job, Entry entry) {
    return Row.of(number, job, entry.kind(), entry.encode());
  }

  private static Entry ended(Bytes results) throws WireException {
    return Entry.Ended.decode(Work.LIMITS, results);
  }

  @Test
  void entries_comeBackFromTheirRows() throws WireException {
    assertThat(Entry.decode(Work.LIMITS, row(1, 3, OPENED))).isEqualTo(OPENED);
    assertThat(Entry.decode(Work.LIMITS, row(2, 3, new Entry.Kept(3))))
        .isEqualTo(new Entry.Kept(3));
    Entry.Tried tried =
        new Entry.Tried(7, Tries.of(IndexSet.of(1), index -> new Tries.Count(4, 1, 1, 2, 3)));
    assertThat(Entry.decode(Work.LIMITS, row(4, 3, tried))).isEqualTo(tried);
    Entry.CopyTried copyTried =
        new Entry.CopyTried(new CopyFrame.Tried(OPENED.batch().cid(), tried.tries()));
    assertThat(Entry.decode(Work.LIMITS, row(5, 0, copyTried))).isEqualTo(copyTried);
    Entry.Ended ended =
        (Entry.Ended) Entry.decode(Work.LIMITS, row(3, 3, ended(Work.results(7, 0, 3))));
    assertThat(ended.batch()).isEqualTo(7);
    assertThat(ended.encode()).isEqualTo(Work.results(7, 0, 3));
  }

  @Test
  void row_thatDiffersInAnyBit_isNotIntact() {
    Row row = row(9, 3, OPENED);
    assertThat(row.isIntact()).isTrue();
    assertThat(new Row(8, 3, row.kind(), row.body(), row.sum()).isIntact()).isFalse();
    assertThat(new Row(9, 2, row.kind(), row.body(), row.sum()).isIntact()).isFalse();
    assertThat(new Row(9, 3, 2, row.body(), row.sum()).isIntact()).isFalse();
    byte[] body = row.body().toByteArray();
    for (int bit = 0; bit < 8 * body.length; bit++) {
      body[bit / 8] ^= (byte) (1 << bit % 8);
      assertThat(new Row(9, 3, row.kind(), Bytes.copyOf(body), row.sum()).isIntact()).isFalse();
      body[bit / 8] ^= (byte) (1 << bit % 8);
    }
  }

  @Test
  void batch_outsideItsJob_isRefused() {
    assertThatThrownBy(() -> new Entry.Opened(1, 5, 1, Work.batch(1, 7, 5)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("5 tasks from 1 on of job 1, which has 5");
    Row row = row(1, 3, OPENED);
    assertThatThrownBy(
            () -> Entry.decode(Work.LIMITS, new Row(1, 0, row.kind(), row.body(), row.sum())))
        .isInstanceOf(WireException.class);
  }

  @Test
  void unknownKind_isRefused() {
    assertThatThrownBy(() -> Entry.decode(Work.LIMITS, Row.of(1, 1, 9, Bytes.EMPTY)))
        .isInstanceOf(WireException.class)
        .hasMessageContaining("kind 9");
  }

  @Test
  void hostileBodies_areRefused() {
    List<byte[]> opened = List.of(OPENED.encode().toByteArray());
    Hostile.fuzz(
        11,
        opened,
        in -> Entry.decode(Work.LIMITS, new Row(1, 3, Entry.OPENED, Bytes.copyOf(in), 0)));
    List<byte[]> ended =
        List.of(Work.results(7, 0, 3).toByteArray(), Work.failure(7, 1).toByteArray());
    Hostile.fuzz(
        12,
        ended,
        in -> Entry.decode(Work.LIMITS, new Row(1, 3, Entry.ENDED, Bytes.copyOf(in), 0)));
  }

  @Test
  void jobId_isItsText() {
    JobId id = new JobId(-2, 17);
    assertThat(id).hasToString("fffffffffffffffe-17");
    assertThat(JobId.parse(id.toString())).isEqualTo(id);
    for (String wrong : List.of("", "17", "fffffffffffffffe-0", "FFFFFFFFFFFFFFFE-1", "x-1")) {
      assertThatThrownBy(() -> JobId.parse(wrong))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("sixteen hex digits");
    }
  }
}
