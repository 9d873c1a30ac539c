package io.minga.node.journal.store;

import io.minga.libp2p.wire.WireException;
import io.minga.node.journal.Entry;
import io.minga.node.journal.Head;
import io.minga.node.journal.Row;
import io.minga.node.task.TaskLimits;
import java.sql.SQLException;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads what can be read of a damaged journal: from both ends up to where that fails, and row by
 * row in between.
 */
final class Salvage {
  /** How many rows are looked for one by one, where the head doesn't say how many there are. */
  private static final long PROBES_MAX = 100_000;

  /** In place of a row's number: there is none where reading failed. */
  private static final long ALL = -1;

  private final JournalFile file;
  private final TaskLimits limits;
  private final SortedMap<Long, Row> rows = new TreeMap<>();
  private long damaged;
  private boolean cutShort;

  Salvage(JournalFile file, TaskLimits limits) {
    this.file = file;
    this.limits = limits;
  }

  /** Hands over the rows that can be read and understood, in their order. */
  void read(BiConsumer<Row, Entry> taker) {
    long low = scan(0, true);
    if (low != ALL) {
      long high = scan(Long.MAX_VALUE, false);
      if (high != ALL) {
        probe(low, Math.min(high, end(low)));
      }
    }
    for (Row row : rows.values()) {
      try {
        taker.accept(row, Entry.decode(limits, row));
      } catch (WireException e) {
        damaged++;
      }
    }
    rows.clear();
  }

  /** What could not be read, in words. */
  String lost() {
    if (cutShort) {
      return damaged == 0
          ? "parts of it could not be read"
          : "%d rows and other parts of it could not be read".formatted(damaged);
    }
    return damaged == 0
        ? "whatever it had beyond them is lost"
        : "%d rows could not be read".formatted(damaged);
  }

  /** Reads on until it fails; returns where that was, or {@link #ALL} if it did not. */
  private long scan(long from, boolean upwards) {
    long[] last = {from};
    try {
      file.scan(
          from,
          upwards,
          read -> {
            last[0] = read.number();
            take(read);
          });
      return ALL;
    } catch (SQLException | DamageException e) {
      cutShort = true;
      return last[0];
    }
  }

  /** Up to where there may be rows. */
  private long end(long low) {
    try {
      Head head = file.head();
      return head == null ? low + PROBES_MAX : head.nextRow();
    } catch (SQLException e) {
      return low + PROBES_MAX;
    }
  }

  /** Looks for the rows between two. */
  private void probe(long low, long high) {
    for (long number = low + 1; number < high; number++) {
      try {
        JournalFile.@Nullable Read read = file.row(number);
        if (read != null && read.number() == number) {
          take(read);
        }
      } catch (SQLException e) {
        cutShort = true;
      }
    }
  }

  private void take(JournalFile.Read read) {
    Row row = read.intact();
    if (row == null) {
      damaged++;
    } else {
      rows.putIfAbsent(row.number(), row);
    }
  }
}
