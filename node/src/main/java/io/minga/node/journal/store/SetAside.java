package io.minga.node.journal.store;

import io.minga.node.journal.Head;
import io.minga.node.journal.Row;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;

/**
 * Puts a new journal in the place of a damaged one, of which a copy stays. Whenever it is
 * interrupted, the next start goes on: the new one is built under one name, gets another when it is
 * whole, and then its own.
 */
final class SetAside {
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

  private static final int COPIES_MAX = 1000;

  private final Path path;
  private final Path building;
  private final Path built;

  SetAside(Path path) {
    this.path = path;
    this.building = beside("-building");
    this.built = beside("-built");
  }

  private Path beside(String ending) {
    return path.resolveSibling(path.getFileName() + ending);
  }

  private static Path wal(Path database) {
    return database.resolveSibling(database.getFileName() + "-wal");
  }

  /** Goes on with what was interrupted. */
  void finish() throws IOException {
    delete(building);
    if (Files.exists(built)) {
      putInPlace();
    }
  }

  private static void delete(Path database) throws IOException {
    Files.deleteIfExists(database);
    Files.deleteIfExists(wal(database));
    Files.deleteIfExists(database.resolveSibling(database.getFileName() + "-journal"));
  }

  /** Copies the damaged one, with what belongs to it; returns the copy's name. */
  Path copy() throws IOException {
    String stamp = STAMP.format(Instant.now());
    Path copy = beside(".damaged-" + stamp);
    for (int i = 2; Files.exists(copy) && i < COPIES_MAX; i++) {
      copy = beside(".damaged-%s-%d".formatted(stamp, i));
    }
    if (Files.exists(wal(path))) {
      Files.copy(wal(path), wal(copy));
      sync(wal(copy));
    }
    Files.copy(path, copy);
    sync(copy);
    return copy;
  }

  /** Builds the new one of these rows; returns its head. */
  Head build(long bytesMax, long lineage, long nextBatch, List<Row> rows)
      throws SQLException, IOException {
    delete(building);
    Head head = Head.first(lineage).withBatch(nextBatch - 1).committed();
    try (JournalFile file = JournalFile.connect(building)) {
      file.begin(bytesMax);
      file.create(Head.first(lineage));
      file.beginCommit();
      for (Row row : rows) {
        file.insert(row);
        head = head.with(row);
      }
      file.write(head);
      file.commit();
    }
    sync(building);
    Files.move(building, built, StandardCopyOption.ATOMIC_MOVE);
    syncDirectory();
    return head;
  }

  /** Lets the damaged one go, and puts the new one in its place. */
  void replace(JournalFile damaged) throws IOException {
    try {
      damaged.close();
    } catch (SQLException e) {
      // It is damaged.
    }
    putInPlace();
  }

  private void putInPlace() throws IOException {
    Files.deleteIfExists(Mark.of(path)); // it is the damaged one's
    Files.deleteIfExists(wal(path));
    Files.move(built, path, StandardCopyOption.ATOMIC_MOVE);
    syncDirectory();
  }

  private static void sync(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
  }

  private void syncDirectory() throws IOException {
    try (FileChannel channel =
        FileChannel.open(path.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
