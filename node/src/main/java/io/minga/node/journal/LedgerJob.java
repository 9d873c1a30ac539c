package io.minga.node.journal;

import io.minga.node.journal.Ledger.EndedRow;
import io.minga.node.task.BatchHeader;
import io.minga.node.task.FunctionName;
import io.minga.node.task.TaskRef;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What the ledger knows of a job. */
final class LedgerJob {
  /** In place of the offset of a row that has neither outcomes nor a batch. */
  static final long NOTHING = Long.MIN_VALUE;

  final long number;
  final long total;
  final long expiresAtMillis;
  private final long lineage;
  private final long createdAtMillis;
  private final FunctionName function;

  long opened;
  long ended;
  long failed;

  /** Whether it counts as acknowledged, though some of it is lost. */
  boolean kept;

  private long[] rows = new long[2];
  private long[] offsets = new long[2];
  private int count;

  LedgerJob(Entry.Opened first) {
    BatchHeader header = first.batch().header();
    this.number = first.job();
    this.total = first.total();
    this.lineage = header.lineage();
    this.createdAtMillis = header.createdAtMillis();
    this.expiresAtMillis = header.expiresAtMillis();
    this.function = first.batch().functions().get(0);
  }

  /** In place of the offset of a row that has no outcomes, but the batch that begins there. */
  static long opened(long offset) {
    return ~offset;
  }

  void add(long row, long offset) {
    if (count == rows.length) {
      rows = Arrays.copyOf(rows, 2 * count);
      offsets = Arrays.copyOf(offsets, 2 * count);
    }
    rows[count] = row;
    offsets[count++] = offset;
  }

  boolean isAcknowledged() {
    return kept || opened == total;
  }

  List<Long> rows() {
    return Arrays.stream(rows, 0, count).sorted().boxed().toList();
  }

  List<EndedRow> endedRows(long from, long to) {
    List<EndedRow> found = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      if (offsets[i] >= 0 && offsets[i] < to && offsets[i] + TaskRef.BATCH_TASKS_MAX > from) {
        found.add(new EndedRow(rows[i], offsets[i]));
      }
    }
    return found;
  }

  /** The row that has the batch that begins there; 0 if there is none. */
  long openedRow(long offset) {
    for (int i = 0; i < count; i++) {
      if (offsets[i] == opened(offset)) {
        return rows[i];
      }
    }
    return 0;
  }

  JobState state() {
    return new JobState(
        new JobId(lineage, number),
        function,
        total,
        kept ? total - opened : 0,
        ended,
        failed,
        JobState.COPIES_UNKNOWN,
        createdAtMillis,
        expiresAtMillis);
  }
}
