package io.minga.node.journal.store;

import io.minga.libp2p.multiformats.Cid;
import io.minga.node.journal.Entry;
import io.minga.node.journal.Head;
import io.minga.node.journal.JobId;
import io.minga.node.journal.JobState;
import io.minga.node.journal.Ledger;
import io.minga.node.journal.Row;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that writes a journal: a group of what waits is one commit, with one sync. In
 * between it answers questions and deletes what is over, a little at a time.
 */
final class JournalWriter {
  private static final Logger LOG = LoggerFactory.getLogger(JournalWriter.class);
  private static final int VACUUM_PAGES = 256;
  private static final int EXPIRED_MAX = 64;

  private final Path path;
  private final JournalOptions options;
  private final Journal.Listener listener;
  private final JournalFile file;
  private final Mark mark;
  private final Ledger ledger;
  private final CopyRows copies;
  private final JournalReader reader;
  private final Thread thread = new Thread(this::run, "minga-journal");
  private final GroupQueue queue;
  private volatile boolean over;

  // The thread's.
  private Head head;
  private long lastNumber;

  /** Outcomes that found no room, and are tried again. */
  private final Deque<GroupQueue.Write> unwritten = new ArrayDeque<>();

  private final Deque<Long> doomed = new ArrayDeque<>();
  private final Map<Long, List<CompletableFuture<Optional<JobState>>>> awaited =
      new LinkedHashMap<>();
  private boolean full;
  private boolean vacuuming = true;
  private boolean stopping;
  private long sweepNanos;

  /** A question, which may fail. */
  @FunctionalInterface
  interface Question<T> {
    T ask(JournalWriter writer) throws SQLException, JournalException;
  }

  JournalWriter(
      Path path, JournalOptions options, Recovery.Opened opened, Journal.Listener listener) {
    this.path = path;
    this.options = options;
    this.listener = listener;
    this.file = opened.file();
    this.mark = opened.mark();
    this.head = opened.head();
    this.ledger = opened.ledger();
    this.copies = opened.copies();
    this.queue = new GroupQueue(options);
    queue.open(ledger.openTasks());
    this.reader = new JournalReader(path, options.tasks(), file, ledger, copies);
    doomed.addAll(opened.stray());
    thread.setDaemon(true);
  }

  void start() {
    sweepNanos = System.nanoTime();
    thread.start();
  }

  // For any thread.

  void write(long number, Entry entry) {
    queue.add(new GroupQueue.Write(number, entry));
  }

  <T> CompletableFuture<T> ask(Question<T> question) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    Runnable missed =
        () ->
            answer.completeExceptionally(
                new JournalException("the journal %s is closed".formatted(path)));
    queue.add(
        new GroupQueue.Ask(
            () -> {
              try {
                answer.complete(question.ask(this));
              } catch (SQLException | JournalException | RuntimeException e) {
                answer.completeExceptionally(
                    e instanceof JournalException
                        ? e
                        : new JournalException("the journal %s can't be read".formatted(path), e));
              }
            },
            missed));
    if (over) {
      miss();
    }
    return answer;
  }

  void stop() {
    queue.add(new GroupQueue.Stop());
    boolean interrupted = false;
    while (thread.isAlive() && Thread.currentThread() != thread) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  // The thread.

  private void run() {
    try {
      while (!stopping || !queue.isEmpty()) {
        turn();
      }
      file.close();
      mark.close();
    } catch (SQLException | IOException e) {
      LOG.error("the journal {} fails: {}", path, e.toString());
      listener.failed(
          new JournalException("the journal %s can't be written any more".formatted(path), e));
    } catch (InterruptedException | RuntimeException | Error e) {
      LOG.error("the journal {} stops because of a defect", path, e);
      listener.failed(
          new JournalException("the journal %s stops because of a defect".formatted(path), e));
    } finally {
      over = true;
      miss();
    }
  }

  /** Answers those who come too late. */
  private void miss() {
    for (GroupQueue.Work work = queue.poll(); work != null; work = queue.poll()) {
      if (work instanceof GroupQueue.Ask ask) {
        ask.missed().run();
      }
    }
    synchronized (awaited) {
      awaited.values().forEach(all -> all.forEach(it -> it.complete(Optional.empty())));
      awaited.clear();
    }
  }

  private void turn() throws SQLException, IOException, InterruptedException {
    boolean busy = stopping || ((!doomed.isEmpty() || vacuuming) && !full);
    long wait = busy ? 0 : Math.max(0, sweepNanos - System.nanoTime());
    GroupQueue.Group group = queue.take(wait);
    stopping |= group.stops;
    if (!group.writes.isEmpty()) {
      commit(group.writes);
      queue.open(ledger.openTasks());
    }
    group.asked.forEach(it -> it.question().run());
    boolean due = sweepNanos - System.nanoTime() <= 0;
    if (due) {
      sweepNanos = System.nanoTime() + options.sweep().toNanos();
      sweep();
    }
    if (!doomed.isEmpty() && queue.isEmpty() && (due || !full)) {
      delete();
      vacuuming = true;
    } else if (vacuuming && queue.isEmpty() && !full) {
      vacuuming = file.vacuum(VACUUM_PAGES);
    }
  }

  private void commit(List<GroupQueue.Write> group) throws SQLException, IOException {
    lastNumber = group.get(group.size() - 1).number();
    String why = refusal(group);
    List<GroupQueue.Write> writes = new ArrayList<>(unwritten);
    unwritten.clear();
    for (GroupQueue.Write write : group) {
      if (why != null && GroupQueue.isNewWork(write.entry())) {
        listener.refused(write.number(), why);
      } else {
        writes.add(write);
      }
    }
    if (!writes.isEmpty() && !tryCommit(writes)) {
      tellFull();
      for (GroupQueue.Write write : writes) {
        if (GroupQueue.isNewWork(write.entry())) {
          listener.refused(write.number(), noRoom());
        } else {
          unwritten.add(write);
        }
      }
    }
    if (unwritten.isEmpty()) {
      listener.recorded(lastNumber);
    }
  }

  /** Why new work is not taken; null if it is. */
  private @Nullable String refusal(List<GroupQueue.Write> group) throws SQLException {
    if (full) {
      return noRoom();
    }
    if (group.stream().noneMatch(it -> GroupQueue.isNewWork(it.entry()))) {
      return null;
    }
    if (ledger.size() >= options.jobsMax()) {
      return "the journal has %d jobs, and takes no more before some are over"
          .formatted(ledger.size());
    }
    long used = file.usedBytes();
    return used > options.bytesMax() / 8 * 7
        ? "the journal has %d B of the %d B that it may have, and takes no more work"
            .formatted(used, options.bytesMax())
        : null;
  }

  private String noRoom() {
    return "there is no room on the disk for the journal " + path;
  }

  private void tellFull() {
    if (!full) {
      full = true;
      listener.trouble(noRoom() + "; new durable work is refused until there is");
    }
  }

  /** Writes these, at once; false if there is no room, and nothing was written. */
  private boolean tryCommit(List<GroupQueue.Write> writes) throws SQLException, IOException {
    Map<Long, Entry> rows = new LinkedHashMap<>();
    Map<Long, Long> opening = new LinkedHashMap<>(); // jobs by batch
    Head next = head;
    try {
      file.beginCommit();
      for (GroupQueue.Write write : writes) {
        long job = jobOf(write.entry(), opening);
        if (job == 0 && !CopyRows.isOne(write.entry())) {
          continue; // it was forgotten
        }
        Row row = Row.of(next.nextRow(), job, write.entry().kind(), write.entry().encode());
        file.insert(row);
        next = next.with(row);
        if (write.entry() instanceof Entry.Opened it) {
          next = next.withBatch(it.batch().header().sequence());
        }
        rows.put(row.number(), write.entry());
      }
      next = next.committed();
      file.write(next);
      file.commit();
    } catch (SQLException e) {
      if (!JournalFile.isFull(e)) {
        throw e;
      }
      file.rollback();
      return false;
    }
    mark.write(next.lineage(), next.commits());
    head = next;
    committed(rows);
    return true;
  }

  /** The job whose row this is; 0 if it is none's. */
  private long jobOf(Entry entry, Map<Long, Long> opening) {
    if (entry instanceof Entry.Opened it) {
      opening.put(it.batch().header().sequence(), it.job());
      return it.job();
    } else if (entry instanceof Entry.Ended it) {
      return opening.getOrDefault(it.batch(), ledger.jobOf(it.batch()));
    } else if (entry instanceof Entry.Tried it) {
      return opening.getOrDefault(it.batch(), ledger.jobOf(it.batch()));
    }
    return 0;
  }

  private void committed(Map<Long, Entry> rows) {
    Set<Long> touched = new LinkedHashSet<>();
    rows.forEach(
        (number, entry) -> {
          if (CopyRows.isOne(entry)) {
            copies.add(number, entry);
            return;
          }
          if (entry instanceof Entry.Ended it) {
            touched.add(ledger.jobOf(it.batch()));
          }
          ledger.add(number, entry);
        });
    doomed.addAll(copies.takeStrays());
    touched.forEach(this::tellDone);
  }

  private void tellDone(long job) {
    JobState state = ledger.job(job);
    if (state != null && state.isDone()) {
      List<CompletableFuture<Optional<JobState>>> waiting;
      synchronized (awaited) {
        waiting = awaited.remove(job);
      }
      if (waiting != null) {
        waiting.forEach(it -> it.complete(Optional.of(state)));
      }
    }
  }

  // What is over.

  private void sweep() throws SQLException, IOException {
    if (full && tryCommit(List.copyOf(unwritten))) {
      full = false;
      boolean waited = !unwritten.isEmpty();
      unwritten.clear();
      listener.trouble("there is room again for the journal %s".formatted(path));
      if (waited) {
        listener.recorded(lastNumber);
      }
    }
    long nowMillis = System.currentTimeMillis();
    for (long job : ledger.expired(nowMillis, EXPIRED_MAX)) {
      doom(job);
    }
    forgetCopies(copies.ledger().expired(nowMillis, EXPIRED_MAX));
  }

  /** Deletes what is kept of these batches of others. */
  void forgetCopies(List<Cid> batches) {
    batches.forEach(batch -> doomed.addAll(copies.ledger().forget(batch)));
  }

  private void doom(long job) {
    doomed.addAll(ledger.forget(job));
    List<CompletableFuture<Optional<JobState>>> waiting;
    synchronized (awaited) {
      waiting = awaited.remove(job);
    }
    if (waiting != null) {
      waiting.forEach(it -> it.complete(Optional.empty()));
    }
  }

  private void delete() throws SQLException, IOException {
    List<Long> some = new ArrayList<>();
    while (some.size() < options.sweepRowsMax() && !doomed.isEmpty()) {
      some.add(doomed.poll());
    }
    try {
      file.beginCommit();
      Head next = file.delete(head, some).committed();
      file.write(next);
      file.commit();
      head = next;
    } catch (SQLException e) {
      if (!JournalFile.isFull(e)) {
        throw e;
      }
      file.rollback();
      some.forEach(doomed::addFirst);
      tellFull();
      return;
    }
    mark.write(head.lineage(), head.commits());
  }

  // Questions, on the thread.

  List<JobState> jobs() {
    return ledger.jobs();
  }

  JournalReader reader() {
    return reader;
  }

  Optional<JobState> job(JobId id) {
    return Optional.ofNullable(reader.job(id));
  }

  CompletableFuture<Optional<JobState>> whenDone(JobId id) {
    Optional<JobState> state = job(id);
    if (state.isEmpty() || state.get().isDone()) {
      return CompletableFuture.completedFuture(state);
    }
    CompletableFuture<Optional<JobState>> done = new CompletableFuture<>();
    synchronized (awaited) {
      awaited.computeIfAbsent(id.number(), it -> new ArrayList<>()).add(done);
    }
    return done;
  }

  boolean forget(JobId id) {
    boolean known = reader.job(id) != null;
    if (known) {
      doom(id.number());
    }
    return known;
  }

  Journal.Size size() throws SQLException {
    return new Journal.Size(
        ledger.size(),
        ledger.openTasks(),
        copies.ledger().size(),
        head.rows(),
        head.commits(),
        file.usedBytes(),
        file.freeBytes());
  }
}
