package io.minga.node.journal.store;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.multiformats.Cid;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import io.minga.node.journal.CopyLedger;
import io.minga.node.journal.Entry;
import io.minga.node.journal.KeptCopy;
import io.minga.node.journal.Row;
import io.minga.node.task.BatchName;
import io.minga.node.task.CopyFrame;
import io.minga.node.task.ResultGroup;
import io.minga.node.task.ResultsBuilder;
import io.minga.node.task.TaskLimits;
import io.minga.node.task.WorkFrame;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The rows of a journal that are about others' batches. For the journal's thread. */
final class CopyRows {
  private final TaskLimits limits;
  private final CopyLedger ledger = new CopyLedger();

  /** Rows that nobody needs. */
  private final List<Long> strays = new ArrayList<>();

  /** The batches that there were when the journal was opened; taken once. */
  private final Map<Cid, CopyFrame.Keep> found = new LinkedHashMap<>();

  CopyRows(TaskLimits limits) {
    this.limits = limits;
  }

  static boolean isOne(Entry entry) {
    return entry instanceof Entry.Copied
        || entry instanceof Entry.CopyEnded
        || entry instanceof Entry.CopyTried;
  }

  /** A row that was read when the journal was opened. */
  void read(long row, Entry entry) {
    if (add(row, entry) && entry instanceof Entry.Copied it) {
      found.put(it.keep().batch().cid(), it.keep());
    }
  }

  /** A row that is committed; false if nobody needs it. */
  boolean add(long row, Entry entry) {
    boolean needed = ledger.add(row, entry);
    if (!needed) {
      strays.add(row);
    }
    return needed;
  }

  /** The rows that nobody needs, since this was asked last. */
  List<Long> takeStrays() {
    List<Long> rows = List.copyOf(strays);
    strays.clear();
    return rows;
  }

  /** The batches that there were. */
  List<KeptCopy> takeFound() {
    List<KeptCopy> copies = new ArrayList<>();
    found.forEach(
        (batch, keep) -> copies.add(new KeptCopy(keep, ledger.said(batch), ledger.tries(batch))));
    found.clear();
    return copies;
  }

  CopyLedger ledger() {
    return ledger;
  }

  /** How tasks of a batch ended, in frames for whoever lacks that. */
  List<CopyFrame.Ended> ended(JournalFile file, Cid batch, IndexSet wanted)
      throws SQLException, JournalException {
    List<CopyFrame.Ended> frames = new ArrayList<>();
    IndexSet left = wanted;
    for (long number : ledger.endedRows(batch)) {
      if (left.isEmpty()) {
        break;
      }
      CopyFrame.Ended row = row(file, number);
      ResultsBuilder results = new ResultsBuilder(limits);
      results.begin(new BatchName.ByCid(batch), 1);
      IndexSet taken = IndexSet.EMPTY;
      for (ResultGroup group : row.results().groups()) {
        for (ResultGroup.Cursor at = group.cursor(); at.next(); ) {
          boolean counts = row.origin().equals(ledger.origin(batch, at.index()));
          if (counts && left.contains(at.index()) && !taken.contains(at.index())) {
            taken = taken.or(IndexSet.of(at.index()));
            while (!results.add(at.index(), at.outcome(), at.runMicros())) {
              frames.add(frame(batch, row, results));
            }
          }
        }
      }
      left = left.andNot(taken);
      if (results.size() > 0) {
        frames.add(frame(batch, row, results));
      }
    }
    return frames;
  }

  private CopyFrame.Ended frame(Cid batch, CopyFrame.Ended row, ResultsBuilder results) {
    return new CopyFrame.Ended(batch, row.origin(), results(limits, results.build()));
  }

  /** The results that our own builder has written. */
  static WorkFrame.Results results(TaskLimits limits, Bytes built) {
    try {
      return (WorkFrame.Results) WorkFrame.decode(limits, built);
    } catch (WireException e) {
      throw new IllegalStateException("results that were just written can't be read", e);
    }
  }

  private CopyFrame.Ended row(JournalFile file, long number) throws SQLException, JournalException {
    JournalFile.@Nullable Read read = file.row(number);
    Row row = read == null ? null : read.intact();
    try {
      if (row != null && Entry.decode(limits, row) instanceof Entry.CopyEnded it) {
        return it.ended();
      }
    } catch (WireException e) {
      throw new JournalException("row %d of the journal can't be read".formatted(number), e);
    }
    throw new JournalException(
        "row %d of the journal is damaged; it is mended when the peer starts again"
            .formatted(number));
  }
}
