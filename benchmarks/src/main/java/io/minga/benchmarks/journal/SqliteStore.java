package io.minga.benchmarks.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A queue as one would write it on SQLite: a row a task, and a commit for each 1000 of a job. */
final class SqliteStore extends Store {
  private static final int COMMIT_TASKS = 1000;

  private final Path directory;
  private @Nullable Connection connection;
  private @Nullable PreparedStatement insert;
  private boolean outstanding;

  SqliteStore(Path home, Scale scale) {
    super(scale);
    this.directory = home.resolve("sqlite");
  }

  @Override
  public String title() {
    return "plain SQLite queue";
  }

  @Override
  public boolean isOurs() {
    return false;
  }

  private Connection open(Path home) throws SQLException {
    Connection opened = DriverManager.getConnection("jdbc:sqlite:" + home.resolve("queue.db"));
    connection = opened;
    try (Statement statement = opened.createStatement()) {
      statement.execute("PRAGMA journal_mode=WAL");
      statement.execute("PRAGMA synchronous=FULL");
      statement.execute(
          "CREATE TABLE IF NOT EXISTS tasks (id INTEGER PRIMARY KEY, state INTEGER NOT NULL,"
              + " function TEXT NOT NULL, input BLOB NOT NULL)");
    }
    insert = opened.prepareStatement("INSERT INTO tasks (state, function, input) VALUES (0, ?, ?)");
    return opened;
  }

  @Override
  void begin() throws IOException, SQLException {
    close();
    delete(directory);
    Files.createDirectories(directory);
    open(directory);
  }

  @Override
  double job() throws IOException, SQLException {
    begin();
    long startNanos = System.nanoTime();
    fill(scale.jobTasks());
    return scale.jobTasks() * 1e9 / (System.nanoTime() - startNanos);
  }

  private void fill(int tasks) throws SQLException {
    Connection open = connection;
    if (open == null) {
      throw new IllegalStateException("it has not begun");
    }
    open.setAutoCommit(false);
    for (int i = 0; i < tasks; i++) {
      insert(i);
      if (i % COMMIT_TASKS == COMMIT_TASKS - 1) {
        open.commit();
      }
    }
    open.commit();
    open.setAutoCommit(true);
  }

  /** A commit of its own: it is acknowledged at once. */
  @Override
  Given give(int number) throws SQLException {
    insert(number);
    return () -> {};
  }

  private void insert(int number) throws SQLException {
    PreparedStatement statement = insert;
    if (statement == null) {
      throw new IllegalStateException("it has not begun");
    }
    statement.setString(1, "same");
    statement.setBytes(2, ByteBuffer.allocate(Integer.BYTES).putInt(number).array());
    statement.executeUpdate();
  }

  @Override
  double recover() throws IOException, SQLException {
    close();
    Path home = directory.resolveSibling("sqlite-outstanding");
    if (!outstanding) {
      delete(home);
      Files.createDirectories(home);
      open(home);
      fill(scale.outstanding());
      close();
      outstanding = true;
    }
    long startNanos = System.nanoTime();
    Connection opened = open(home);
    List<byte[]> inputs = new ArrayList<>();
    try (Statement statement = opened.createStatement();
        ResultSet rows = statement.executeQuery("SELECT * FROM tasks WHERE state = 0")) {
      while (rows.next()) {
        inputs.add(rows.getBytes(4));
      }
    }
    if (inputs.size() != scale.outstanding()) {
      throw new IllegalStateException("the tasks are not there");
    }
    double seconds = (System.nanoTime() - startNanos) / 1e9;
    close();
    return seconds;
  }

  @Override
  public void close() {
    if (connection != null) {
      try {
        connection.close();
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
      connection = null;
    }
  }
}
