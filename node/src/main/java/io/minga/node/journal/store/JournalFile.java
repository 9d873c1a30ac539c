package io.minga.node.journal.store;

import io.minga.libp2p.wire.Bytes;
import io.minga.node.journal.Entry;
import io.minga.node.journal.Head;
import io.minga.node.journal.Row;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.sqlite.JDBC;

/**
 * The database of a journal: one table of rows by their rising numbers, and one row that says what
 * there is. It is this process's alone while it is open. For one thread.
 */
final class JournalFile implements AutoCloseable {
  /** Of the tables below, and of the rows in them; a later one is not touched. */
  static final int SCHEMA = 2;

  /** Of a journal without rows that only later programs know. */
  private static final int FIRST_SCHEMA = 1;

  private static final int APPLICATION = 0x4d6e6761;
  private static final int PAGE_BYTES = 4096;
  private static final int HEADER_BYTES = 100;
  private static final int SCHEMA_AT = 60;
  private static final int APPLICATION_AT = 68;
  private static final int BUSY_MILLIS = 1000;
  private static final int SCAN_ROWS = 256;

  private static final int SQLITE_BUSY = 5;
  private static final int SQLITE_NOMEM = 7;
  private static final int SQLITE_READONLY = 8;
  private static final int SQLITE_IOERR = 10;
  private static final int SQLITE_FULL = 13;
  private static final int SQLITE_CANTOPEN = 14;

  private static final String TABLES =
      """
      CREATE TABLE head (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        lineage INTEGER NOT NULL, commits INTEGER NOT NULL, rows INTEGER NOT NULL,
        digest INTEGER NOT NULL, next_row INTEGER NOT NULL, next_job INTEGER NOT NULL,
        next_batch INTEGER NOT NULL, sum INTEGER NOT NULL) STRICT;
      CREATE TABLE log (
        number INTEGER PRIMARY KEY,
        job INTEGER NOT NULL, kind INTEGER NOT NULL, body BLOB NOT NULL, sum INTEGER NOT NULL)
        STRICT;
      """;

  private final Path path;
  private final Connection connection;
  private final Statement plain;

  /** Whether its version says that there may be rows that earlier programs don't know. */
  private boolean isLater;

  private @Nullable PreparedStatement insert;
  private @Nullable PreparedStatement delete;
  private @Nullable PreparedStatement sum;
  private @Nullable PreparedStatement one;
  private @Nullable PreparedStatement head;

  private JournalFile(Path path, Connection connection) throws SQLException {
    this.path = path;
    this.connection = connection;
    this.plain = connection.createStatement();
  }

  /** A row as it was read, whatever is wrong with it; null in place of a body that is none. */
  record Read(long number, long job, int kind, @Nullable Bytes body, int sum) {
    /** The row; null if it is not as it was written. */
    @Nullable Row intact() {
      Bytes bytes = body;
      if (bytes == null) {
        return null;
      }
      Row row = new Row(number, job, kind, bytes, sum);
      return row.isIntact() ? row : null;
    }
  }

  /**
   * The version that the file's first page has, without anything of it being touched; 0 if it is no
   * journal's.
   */
  static int schemaOf(Path path) throws IOException {
    try (InputStream in = Files.newInputStream(path)) {
      byte[] header = in.readNBytes(HEADER_BYTES);
      ByteBuffer fields = ByteBuffer.wrap(header);
      return header.length == HEADER_BYTES && fields.getInt(APPLICATION_AT) == APPLICATION
          ? fields.getInt(SCHEMA_AT)
          : 0;
    } catch (NoSuchFileException none) {
      return 0;
    }
  }

  /** Opens the file, or begins one if there is none. Nothing is read or written yet. */
  static JournalFile connect(Path path) throws SQLException {
    NativeLibrary.prepare(path.toAbsolutePath().resolveSibling(""));
    Properties settings = new Properties();
    settings.setProperty("busy_timeout", String.valueOf(BUSY_MILLIS));
    Connection connection =
        JDBC.createConnection("jdbc:sqlite:" + path.toUri().toASCIIString(), settings);
    try {
      return new JournalFile(path, connection);
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  private static boolean is(SQLException e, int code) {
    return (e.getErrorCode() & 0xff) == code;
  }

  /** Whether there was no room. */
  static boolean isFull(SQLException e) {
    return is(e, SQLITE_FULL);
  }

  /** Whether another process has the file. */
  static boolean isBusy(SQLException e) {
    return is(e, SQLITE_BUSY);
  }

  /** Whether the file could not be read for reasons that are not in it. */
  boolean isOutside(SQLException e) {
    return isBusy(e)
        || isFull(e)
        || is(e, SQLITE_NOMEM)
        || is(e, SQLITE_IOERR)
        || is(e, SQLITE_CANTOPEN)
        || (is(e, SQLITE_READONLY) && !Files.isWritable(path));
  }

  /** Sets up the connection; the first thing that touches the file. */
  void begin(long bytesMax) throws SQLException {
    run("PRAGMA locking_mode=EXCLUSIVE"); // without memory shared with others
    run("PRAGMA auto_vacuum=INCREMENTAL"); // of a new file
    run("PRAGMA journal_mode=WAL");
    run("PRAGMA synchronous=FULL");
    run("PRAGMA temp_store=MEMORY");
    run("PRAGMA cell_size_check=ON");
    run("PRAGMA trusted_schema=OFF");
    run("PRAGMA max_page_count=" + Math.max(1, bytesMax / PAGE_BYTES));
  }

  /** The version of its tables; 0 of a file that is not a journal yet. */
  int schema() throws SQLException {
    return (int) number("PRAGMA user_version");
  }

  /** Whether there is nothing in it at all. */
  boolean isEmpty() throws SQLException {
    return schema() == 0
        && number("PRAGMA application_id") == 0
        && number("SELECT count(*) FROM sqlite_schema") == 0;
  }

  void create(Head head) throws SQLException {
    run("BEGIN IMMEDIATE");
    for (String table : TABLES.split(";", -1)) {
      if (!table.isBlank()) {
        run(table);
      }
    }
    run("PRAGMA application_id=" + APPLICATION);
    run("PRAGMA user_version=" + FIRST_SCHEMA);
    write(head);
    run("COMMIT");
  }

  /** What is wrong with the file as such; null if nothing is. */
  @Nullable String problem() throws SQLException {
    if (number("PRAGMA application_id") != APPLICATION
        || (schema() != FIRST_SCHEMA && schema() != SCHEMA)) {
      return "its header is not that of a journal";
    }
    try (ResultSet found = plain.executeQuery("PRAGMA quick_check(1)")) {
      String said = found.next() ? found.getString(1) : "nothing";
      return said.equals("ok") ? null : "its structure is damaged (%s)".formatted(said);
    }
  }

  /** What it says of itself; null if that is gone or damaged. */
  @Nullable Head head() throws SQLException {
    try (ResultSet row = plain.executeQuery("SELECT * FROM head WHERE id = 1")) {
      if (!row.next()) {
        return null;
      }
      Head head =
          new Head(
              row.getLong(2),
              row.getLong(3),
              row.getLong(4),
              row.getLong(5),
              row.getLong(6),
              row.getLong(7),
              row.getLong(8));
      return head.sum() == row.getInt(9) ? head : null;
    }
  }

  /** What is done with rows. */
  interface Reader {
    void read(Read row) throws DamageException;
  }

  /**
   * Reads rows one after the other, upwards from {@code from} or downwards.
   *
   * @return the number of the last that was read, or {@code from} if there was none
   */
  long scan(long from, boolean upwards, Reader reader) throws SQLException, DamageException {
    String sql =
        upwards
            ? "SELECT * FROM log WHERE number > ? ORDER BY number LIMIT " + SCAN_ROWS
            : "SELECT * FROM log WHERE number < ? ORDER BY number DESC LIMIT " + SCAN_ROWS;
    long last = from;
    try (PreparedStatement select = connection.prepareStatement(sql)) {
      for (int count = SCAN_ROWS; count == SCAN_ROWS; ) {
        select.setLong(1, last);
        count = 0;
        try (ResultSet rows = select.executeQuery()) {
          for (; rows.next(); count++) {
            Read row = read(rows);
            last = row.number;
            reader.read(row);
          }
        }
      }
    }
    return last;
  }

  /** The row of this number; null if there is none. */
  @Nullable Read row(long number) throws SQLException {
    PreparedStatement select = one;
    if (select == null) {
      select = connection.prepareStatement("SELECT * FROM log WHERE number = ?");
      one = select;
    }
    select.setLong(1, number);
    try (ResultSet rows = select.executeQuery()) {
      return rows.next() ? read(rows) : null;
    }
  }

  private static Read read(ResultSet row) throws SQLException {
    byte[] body = row.getBytes(4);
    return new Read(
        row.getLong(1),
        row.getLong(2),
        row.getInt(3),
        body == null ? null : Bytes.copyOf(body),
        row.getInt(5));
  }

  // Writing.

  void beginCommit() throws SQLException {
    run("BEGIN IMMEDIATE");
  }

  void insert(Row row) throws SQLException {
    if (row.kind() > Entry.COPY_ENDED && !isLater) {
      run("PRAGMA user_version=" + SCHEMA); // part of the commit
      isLater = true;
    }
    PreparedStatement statement = insert;
    if (statement == null) {
      statement = connection.prepareStatement("INSERT INTO log VALUES (?, ?, ?, ?, ?)");
      insert = statement;
    }
    statement.setLong(1, row.number());
    statement.setLong(2, row.job());
    statement.setInt(3, row.kind());
    statement.setBytes(4, row.body().toByteArray());
    statement.setInt(5, row.sum());
    statement.executeUpdate();
  }

  /** Deletes rows; returns the head without them. */
  Head delete(Head before, List<Long> numbers) throws SQLException {
    PreparedStatement select = sum;
    PreparedStatement statement = delete;
    if (select == null || statement == null) {
      select = connection.prepareStatement("SELECT sum FROM log WHERE number = ?");
      sum = select;
      statement = connection.prepareStatement("DELETE FROM log WHERE number = ?");
      delete = statement;
    }
    Head after = before;
    for (long number : numbers) {
      select.setLong(1, number);
      try (ResultSet row = select.executeQuery()) {
        if (row.next()) {
          after = after.without(number, row.getInt(1));
        }
      }
      statement.setLong(1, number);
      statement.executeUpdate();
    }
    return after;
  }

  void write(Head it) throws SQLException {
    PreparedStatement statement = head;
    if (statement == null) {
      statement =
          connection.prepareStatement(
              "INSERT OR REPLACE INTO head VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?)");
      head = statement;
    }
    statement.setLong(1, it.lineage());
    statement.setLong(2, it.commits());
    statement.setLong(3, it.rows());
    statement.setLong(4, it.digest());
    statement.setLong(5, it.nextRow());
    statement.setLong(6, it.nextJob());
    statement.setLong(7, it.nextBatch());
    statement.setInt(8, it.sum());
    statement.executeUpdate();
  }

  void commit() throws SQLException {
    run("COMMIT");
  }

  /** Undoes what was not committed. */
  void rollback() throws SQLException {
    isLater = false;
    try {
      run("ROLLBACK");
    } catch (SQLException e) {
      if (!String.valueOf(e.getMessage()).contains("no transaction is active")) {
        throw e; // it was not undone by itself
      }
    }
  }

  /** How many bytes of the file are in use. */
  long usedBytes() throws SQLException {
    return (number("PRAGMA page_count") - number("PRAGMA freelist_count")) * PAGE_BYTES;
  }

  /** How many are not. */
  long freeBytes() throws SQLException {
    return number("PRAGMA freelist_count") * PAGE_BYTES;
  }

  /** Gives some of what is not in use back; whether there is more. */
  boolean vacuum(int pages) throws SQLException {
    if (freeBytes() > 0) {
      plain.executeUpdate("PRAGMA incremental_vacuum(" + pages + ")"); // each step frees a page
    }
    return freeBytes() > 0;
  }

  private void run(String sql) throws SQLException {
    plain.execute(sql);
  }

  private long number(String sql) throws SQLException {
    try (ResultSet row = plain.executeQuery(sql)) {
      return row.next() ? row.getLong(1) : 0;
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
