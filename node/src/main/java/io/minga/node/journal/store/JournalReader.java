package io.minga.node.journal.store;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Cid;
import io.minga.libp2p.wire.WireException;
import io.minga.node.journal.CopyLedger;
import io.minga.node.journal.Entry;
import io.minga.node.journal.JobId;
import io.minga.node.journal.JobState;
import io.minga.node.journal.Ledger;
import io.minga.node.journal.Row;
import io.minga.node.journal.TaskEnd;
import io.minga.node.task.Batch;
import io.minga.node.task.BatchName;
import io.minga.node.task.CopyFrame;
import io.minga.node.task.JobFrame;
import io.minga.node.task.Outcome;
import io.minga.node.task.ResultGroup;
import io.minga.node.task.ResultsBuilder;
import io.minga.node.task.TaskLimits;
import io.minga.node.task.TaskRuns;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Answers what is asked of a journal's rows. For the journal's thread. */
final class JournalReader {
  /** How many tasks are read at a time, so that an answer that is full cost little. */
  private static final int PIECE = 16;

  private final Path path;
  private final TaskLimits limits;
  private final JournalFile file;
  private final Ledger ledger;
  private final CopyRows copies;

  JournalReader(Path path, TaskLimits limits, JournalFile file, Ledger ledger, CopyRows copies) {
    this.path = path;
    this.limits = limits;
    this.file = file;
    this.ledger = ledger;
    this.copies = copies;
  }

  /** How a job of this journal's own stands; null if it isn't known. */
  @Nullable JobState job(JobId id) {
    JobState state = ledger.job(id.number());
    return state != null && state.id().equals(id) ? state : null;
  }

  List<CopyFrame.Ended> copyEnded(Cid batch, IndexSet wanted)
      throws SQLException, JournalException {
    return copies.ended(file, batch, wanted);
  }

  /** Outcomes of a job of this journal's own. */
  List<TaskEnd> outcomes(JobId id, long from, long to) throws SQLException, JournalException {
    SortedMap<Long, TaskEnd> ends = new TreeMap<>();
    if (job(id) == null) {
      return List.of();
    }
    for (Ledger.EndedRow each : ledger.endedRows(id.number(), from, to)) {
      Row row = intact(each.number());
      try {
        Entry.Ended entry = Entry.Ended.decode(limits, row.body());
        for (ResultGroup group : entry.results().groups()) {
          for (ResultGroup.Cursor at = group.cursor(); at.next(); ) {
            long index = each.offset() + at.index();
            if (index >= from && index < to) {
              ends.putIfAbsent(index, new TaskEnd(index, at.outcome(), at.runMicros()));
            }
          }
        }
      } catch (WireException e) {
        throw new JournalException("the journal " + path, e);
      }
    }
    return List.copyOf(ends.values());
  }

  /** The batch of a job of this journal's own that begins there; null if it isn't known. */
  @Nullable Batch batch(JobId id, long offset) throws SQLException, JournalException {
    long number = job(id) == null ? 0 : ledger.openedRow(id.number(), offset);
    if (number == 0) {
      return null;
    }
    try {
      return Entry.decode(limits, intact(number)) instanceof Entry.Opened it ? it.batch() : null;
    } catch (WireException e) {
      throw new JournalException("the journal " + path, e);
    }
  }

  private Row intact(long number) throws SQLException, JournalException {
    JournalFile.@Nullable Read read = file.row(number);
    Row row = read == null ? null : read.intact();
    if (row == null) {
      throw new JournalException(
          "row %d of the journal %s is damaged; it is mended when the peer starts again"
              .formatted(number, path));
    }
    return row;
  }

  // What other peers ask.

  /** The answer to a question of this peer's own, or of another. */
  JobFrame answer(PeerId self, JobFrame.Ask ask) throws SQLException, JournalException {
    PeerId submitter = ask.submitter();
    if (submitter != null) {
      return ends(self, submitter, ask);
    }
    int max = limits.partsMax();
    List<JobFrame.Standing> known = new ArrayList<>();
    if (ask.job() == 0) {
      List<JobState> own = ledger.jobs();
      own.subList(Math.max(0, own.size() - max), own.size())
          .forEach(job -> known.add(job.said(self, TaskRuns.NONE)));
      known.addAll(copies.ledger().jobs(max - known.size()));
    } else {
      JobId id = new JobId(ask.lineage(), ask.job());
      JobState own = job(id);
      if (own != null) {
        known.add(own.said(self, ledger.ended(id.number()).cut()));
      }
      known.addAll(copies.ledger().jobs(id, JobFrame.NAMESAKES_MAX - known.size()));
    }
    return new JobFrame.Known(ask.number(), known);
  }

  private JobFrame ends(PeerId self, PeerId submitter, JobFrame.Ask ask)
      throws SQLException, JournalException {
    JobId id = new JobId(ask.lineage(), ask.job());
    boolean own = submitter.equals(self);
    ResultsBuilder results = new ResultsBuilder(limits);
    results.begin(new BatchName.Ref(1), 1);
    IndexSet confirmed = IndexSet.EMPTY;
    for (int piece = 0; piece < JobFrame.TASKS_MAX; piece += PIECE) {
      long from = ask.from() + piece;
      List<Told> told = own ? own(id, from) : copied(submitter, id, from);
      for (Told each : told) {
        int index = (int) (each.index - ask.from());
        if (!results.add(index, each.outcome, each.runMicros)) {
          return frame(ask, index, confirmed, results);
        }
        confirmed = each.confirmed ? confirmed.or(IndexSet.of(index)) : confirmed;
      }
    }
    return frame(ask, JobFrame.TASKS_MAX, confirmed, results);
  }

  private JobFrame frame(JobFrame.Ask ask, int until, IndexSet confirmed, ResultsBuilder results) {
    return new JobFrame.Ends(
        ask.number(),
        until,
        confirmed,
        results.size() == 0 ? null : CopyRows.results(limits, results.build()));
  }

  /** An outcome, and whether it is its submitter's. */
  private record Told(long index, Outcome outcome, long runMicros, boolean confirmed) {}

  private List<Told> own(JobId id, long from) throws SQLException, JournalException {
    return outcomes(id, from, from + PIECE).stream()
        .map(end -> new Told(end.index(), end.outcome(), end.runMicros(), true))
        .toList();
  }

  private List<Told> copied(PeerId submitter, JobId id, long from)
      throws SQLException, JournalException {
    SortedMap<Long, Told> told = new TreeMap<>();
    for (CopyLedger.Placed batch : copies.ledger().batches(submitter, id, from, from + PIECE)) {
      int first = (int) Math.max(0, from - batch.offset());
      int end = (int) Math.min(batch.size(), from + PIECE - batch.offset());
      for (CopyFrame.Ended ended : copyEnded(batch.batch(), IndexSet.range(first, end))) {
        boolean confirmed = ended.origin().equals(submitter);
        for (ResultGroup group : ended.results().groups()) {
          for (ResultGroup.Cursor at = group.cursor(); at.next(); ) {
            long index = batch.offset() + at.index();
            told.putIfAbsent(index, new Told(index, at.outcome(), at.runMicros(), confirmed));
          }
        }
      }
    }
    return List.copyOf(told.values());
  }
}
