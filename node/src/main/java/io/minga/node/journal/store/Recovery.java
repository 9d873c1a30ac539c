package io.minga.node.journal.store;

import io.minga.libp2p.wire.WireException;
import io.minga.node.journal.Entry;
import io.minga.node.journal.Head;
import io.minga.node.journal.Ledger;
import io.minga.node.journal.Row;
import io.minga.node.task.Batch;
import io.minga.node.task.TaskLimits;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Opens a journal: checks all of it and replays it; one that is damaged is set aside, and what can
 * be read of it is put into a new one.
 */
final class Recovery {
  private final Path path;
  private final JournalOptions options;
  private final LongSupplier lineages;
  private final List<String> troubles = new ArrayList<>();

  /**
   * A journal that is open.
   *
   * @param batches those with open tasks, by sequence
   * @param copies what is kept for others
   * @param stray rows that are to be deleted
   * @param troubles sentences for a person on what was wrong; mostly none
   */
  record Opened(
      JournalFile file,
      Mark mark,
      Head head,
      Ledger ledger,
      Map<Long, Batch> batches,
      CopyRows copies,
      List<Long> stray,
      List<String> troubles) {}

  /** What was read of a file. */
  private static final class Contents {
    final Ledger ledger = new Ledger();
    final Map<Long, Batch> batches = new LinkedHashMap<>();
    final CopyRows copies;
    long nextBatch;

    Contents(TaskLimits limits) {
      copies = new CopyRows(limits);
    }

    void add(long number, Entry entry) {
      if (CopyRows.isOne(entry)) {
        copies.read(number, entry);
        return;
      }
      ledger.add(number, entry);
      if (entry instanceof Entry.Opened it) {
        long sequence = it.batch().header().sequence();
        batches.put(sequence, it.batch());
        nextBatch = Math.max(nextBatch, sequence + 1);
      } else if (entry instanceof Entry.Ended it && ledger.jobOf(it.batch()) == 0) {
        batches.remove(it.batch());
      }
    }
  }

  Recovery(Path path, JournalOptions options, LongSupplier lineages) {
    this.path = path;
    this.options = options;
    this.lineages = lineages;
  }

  Opened open() throws JournalException {
    try {
      SetAside aside = new SetAside(path);
      aside.finish();
      requireKnown(JournalFile.schemaOf(path));
      Optional<Mark.Said> mark = Mark.read(Mark.of(path));
      @Nullable JournalFile file = null;
      try {
        file = JournalFile.connect(path);
        return open(file, mark);
      } catch (DamageException e) {
        return salvage(aside, file, String.valueOf(e.getMessage()));
      } catch (SQLException e) {
        if (file == null || file.isOutside(e)) {
          close(file);
          throw trouble(e);
        }
        return salvage(aside, file, "it can't be read (%s)".formatted(e.getMessage()));
      }
    } catch (SQLException e) {
      throw trouble(e);
    } catch (IOException e) {
      throw e instanceof JournalException known
          ? known
          : new JournalException("the journal %s can't be used".formatted(path), e);
    }
  }

  private void requireKnown(int schema) throws JournalException {
    if (schema > JournalFile.SCHEMA) {
      throw new JournalException(
          ("the journal %s is of version %d, and this program knows none after %d; use the program"
                  + " that wrote it, or name another data directory")
              .formatted(path, schema, JournalFile.SCHEMA));
    }
  }

  private JournalException trouble(SQLException e) {
    return JournalFile.isBusy(e)
        ? new JournalException("another process uses the journal %s".formatted(path))
        : new JournalException("the journal %s can't be used".formatted(path), e);
  }

  private static void close(@Nullable JournalFile file) throws SQLException {
    if (file != null) {
      file.close();
    }
  }

  private Opened open(JournalFile file, Optional<Mark.Said> mark)
      throws SQLException, IOException, DamageException {
    file.begin(options.bytesMax());
    if (file.isEmpty()) {
      if (mark.isPresent() && mark.get().commits() > 0) {
        throw new DamageException("it is empty, after %d commits".formatted(mark.get().commits()));
      }
      Head head = Head.first(lineages.getAsLong());
      file.create(head);
      return opened(file, head, new Contents(options.tasks()));
    }
    if (file.schema() > JournalFile.SCHEMA) {
      int schema = file.schema();
      file.close();
      requireKnown(schema);
    }
    Contents contents = new Contents(options.tasks());
    Head head = check(file, mark, contents);
    return opened(file, head, contents);
  }

  private Opened opened(JournalFile file, Head head, Contents contents) throws IOException {
    Mark mark = Mark.open(Mark.of(path));
    mark.write(head.lineage(), head.commits());
    List<Long> stray = new ArrayList<>(contents.ledger.dropUnacknowledged());
    stray.addAll(contents.copies.takeStrays());
    contents.batches.keySet().removeIf(sequence -> contents.ledger.jobOf(sequence) == 0);
    return new Opened(
        file,
        mark,
        head,
        contents.ledger,
        contents.batches,
        contents.copies,
        stray,
        List.copyOf(troubles));
  }

  /** Reads all of a file that should be as it was written. */
  private Head check(JournalFile file, Optional<Mark.Said> mark, Contents contents)
      throws SQLException, DamageException {
    String problem = file.problem();
    if (problem != null) {
      throw new DamageException(problem);
    }
    Head head = file.head();
    if (head == null) {
      throw new DamageException("what it says of itself is damaged");
    }
    if (mark.isPresent()
        && mark.get().lineage() == head.lineage()
        && mark.get().commits() > head.commits()) {
      throw new DamageException(
          "its last %d commits are missing".formatted(mark.get().commits() - head.commits()));
    }
    long[] seen = {0, 0};
    file.scan(
        0,
        true,
        read -> {
          contents.add(read.number(), entry(read));
          seen[0]++;
          seen[1] += Row.digest(read.number(), read.sum());
        });
    if (seen[0] != head.rows() || seen[1] != head.digest()) {
      throw new DamageException(
          "it has %d rows, not the %d that were written".formatted(seen[0], head.rows()));
    }
    return head;
  }

  private Entry entry(JournalFile.Read read) throws DamageException {
    Row row = read.intact();
    if (row == null) {
      throw new DamageException("row %d is damaged".formatted(read.number()));
    }
    try {
      return Entry.decode(options.tasks(), row);
    } catch (WireException e) {
      throw new DamageException("row %d: %s".formatted(read.number(), e.getMessage()));
    }
  }

  // What is damaged.

  private Opened salvage(SetAside aside, JournalFile damaged, String why)
      throws IOException, SQLException {
    Path copy = aside.copy();
    Contents contents = new Contents(options.tasks());
    List<Row> rows = new ArrayList<>();
    Salvage found = new Salvage(damaged, options.tasks());
    found.read(
        (row, entry) -> {
          contents.add(row.number(), entry);
          rows.add(row);
        });
    for (long job : contents.ledger.incomplete()) {
      long number = rows.isEmpty() ? 1 : rows.get(rows.size() - 1).number() + 1;
      Entry kept = new Entry.Kept(job);
      rows.add(Row.of(number, job, kept.kind(), kept.encode()));
      contents.ledger.add(number, kept);
    }
    Head head = aside.build(options.bytesMax(), lineages.getAsLong(), contents.nextBatch, rows);
    aside.replace(damaged);
    JournalFile file = JournalFile.connect(path);
    file.begin(options.bytesMax());
    troubles.add(
        ("the journal %s is damaged: %s. It was set aside as %s; a new one has what could be read:"
                + " %d rows of %d jobs, with %d open tasks; %s")
            .formatted(
                path,
                why,
                copy.getFileName(),
                rows.size(),
                contents.ledger.size(),
                contents.ledger.openTasks(),
                found.lost()));
    return opened(file, head, contents);
  }
}
