package io.minga.node.journal.store;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Cid;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import io.minga.node.journal.Entry;
import io.minga.node.journal.JobId;
import io.minga.node.journal.JobState;
import io.minga.node.journal.KeptCopy;
import io.minga.node.journal.OpenBatch;
import io.minga.node.journal.TaskEnd;
import io.minga.node.task.Batch;
import io.minga.node.task.CopyFrame;
import io.minga.node.task.JobFrame;
import io.minga.node.task.Tries;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A peer's journal of durable work. What is written is committed with all that waits then, by a
 * thread of its own, and told of once it is on the disk. Safe for any thread.
 */
public final class Journal implements AutoCloseable {
  /** How many outcomes are read at once. */
  public static final int PAGE_MAX = 1024;

  private final JournalOptions options;
  private final JournalWriter writer;
  private final long lineage;
  private final long nextBatch;
  private final AtomicLong nextJob;
  private final List<String> troubles;
  private @Nullable List<OpenBatch> open;
  private @Nullable List<KeptCopy> copies;

  /** Who hears of what becomes of entries. Called by the journal's thread, which must not wait. */
  public interface Listener {
    /** Hears nothing: of a journal in which nothing is written. */
    Listener DEAF =
        new Listener() {
          @Override
          public void recorded(long upTo) {}

          @Override
          public void refused(long number, String why) {}

          @Override
          public void failed(JournalException why) {}

          @Override
          public void trouble(String sentence) {}
        };

    /** All entries up to this number are committed, but for those that were refused. */
    void recorded(long upTo);

    /**
     * An entry of a batch is not written, for there is no room; none of its job is acknowledged.
     */
    void refused(long number, String why);

    /**
     * The disk doesn't take what it should: nothing is written any more, and of what waits nobody
     * knows whether it was.
     */
    void failed(JournalException why);

    /** Something that a person should know, in a sentence. */
    void trouble(String sentence);
  }

  private Journal(JournalOptions options, JournalWriter writer, Recovery.Opened opened) {
    this.options = options;
    this.writer = writer;
    this.lineage = opened.head().lineage();
    this.nextBatch = opened.head().nextBatch();
    this.nextJob = new AtomicLong(opened.head().nextJob());
    this.troubles = opened.troubles();
    List<OpenBatch> batches = new ArrayList<>(opened.batches().size());
    opened
        .batches()
        .forEach((sequence, batch) -> batches.add(opened.ledger().openBatch(sequence, batch)));
    this.open = batches;
    this.copies = opened.copies().takeFound();
  }

  /**
   * Opens the journal {@code path}, or begins it. One that is damaged is set aside.
   *
   * @param lineages names for new journals, random
   * @throws JournalException if it is of a later version, in use, or can't be read or written; the
   *     message says what would be right
   */
  public static Journal open(
      Path path, JournalOptions options, LongSupplier lineages, Listener listener)
      throws JournalException {
    Recovery.Opened opened = new Recovery(path.toAbsolutePath(), options, lineages).open();
    JournalWriter writer = new JournalWriter(path, options, opened, listener);
    Journal journal = new Journal(options, writer, opened);
    writer.start();
    return journal;
  }

  /** Its name, which is in those of its jobs. */
  public long lineage() {
    return lineage;
  }

  /** The sequence of the next batch, as of when it was opened. */
  public long nextBatch() {
    return nextBatch;
  }

  /** What was wrong with it when it was opened, in sentences; mostly nothing. */
  public List<String> troubles() {
    return troubles;
  }

  /** The batches with open tasks that it had when it was opened; given once. */
  public synchronized List<OpenBatch> takeOpen() {
    List<OpenBatch> batches = open;
    open = null;
    return batches == null ? List.of() : batches;
  }

  /** The batches of others that it had when it was opened; given once. */
  public synchronized List<KeptCopy> takeCopies() {
    List<KeptCopy> batches = copies;
    copies = null;
    return batches == null ? List.of() : batches;
  }

  /** A number for a new job. */
  public JobId newJob() {
    return new JobId(lineage, nextJob.getAndIncrement());
  }

  // Writing. Numbers rise from call to call.

  /** Writes a batch down. */
  public void opened(long number, long job, long total, long offset, Batch batch) {
    writer.write(number, new Entry.Opened(job, total, offset, batch));
  }

  /**
   * Writes outcomes down.
   *
   * @param results a frame of results of one batch, which it calls by its sequence + 1
   */
  public void ended(long number, Bytes results) {
    try {
      writer.write(number, Entry.Ended.decode(options.tasks(), results));
    } catch (WireException e) {
      throw new IllegalArgumentException("outcomes that can't be read: " + e.getMessage(), e);
    }
  }

  /**
   * Writes down how often tasks were tried.
   *
   * @param batch its sequence
   */
  public void tried(long number, long batch, Tries tries) {
    writer.write(number, new Entry.Tried(batch, tries));
  }

  /** Writes a batch of another peer down. */
  public void copied(long number, CopyFrame.Keep keep) {
    writer.write(number, new Entry.Copied(keep));
  }

  /** Writes down how tasks of such a batch ended. */
  public void copyEnded(long number, CopyFrame.Ended ended) {
    writer.write(number, new Entry.CopyEnded(ended));
  }

  /** Writes down how often tasks of such a batch were tried. */
  public void copyTried(long number, CopyFrame.Tried tried) {
    writer.write(number, new Entry.CopyTried(tried));
  }

  /** Deletes batches of others, with what is known of them. */
  public void forgetCopies(List<Cid> batches) {
    List<Cid> gone = List.copyOf(batches);
    writer.ask(
        it -> {
          it.forgetCopies(gone);
          return true;
        });
  }

  // Asking. What is answered is committed; futures fail with a JournalException when it is closed.

  /** The jobs, in the order in which they came. */
  public CompletableFuture<List<JobState>> jobs() {
    return writer.ask(JournalWriter::jobs);
  }

  /** How a job stands; nothing if it isn't known. */
  public CompletableFuture<Optional<JobState>> job(JobId id) {
    return writer.ask(it -> it.job(id));
  }

  /** Completes when all tasks of a job have ended, or with nothing when it isn't known. */
  public CompletableFuture<Optional<JobState>> whenDone(JobId id) {
    return writer.ask(it -> it.whenDone(id)).thenCompose(done -> done);
  }

  /**
   * Outcomes of a job's tasks, in their order; those that have none are missing.
   *
   * @param from the first task's index
   * @param max of how many tasks, at most {@link #PAGE_MAX}
   */
  public CompletableFuture<List<TaskEnd>> outcomes(JobId id, long from, int max) {
    long to = Math.min(from + Math.min(max, PAGE_MAX), Long.MAX_VALUE - PAGE_MAX);
    return writer.ask(it -> it.reader().outcomes(id, from, to));
  }

  /**
   * A batch of a job; nothing if it isn't known.
   *
   * @param offset the number in the job of its first task
   */
  public CompletableFuture<Optional<Batch>> batch(JobId id, long offset) {
    return writer.ask(it -> Optional.ofNullable(it.reader().batch(id, offset)));
  }

  /** How these tasks of another peer's batch ended, as far as that is known here. */
  public CompletableFuture<List<CopyFrame.Ended>> copyEnded(Cid batch, IndexSet indexes) {
    return writer.ask(it -> it.reader().copyEnded(batch, indexes));
  }

  /**
   * What is known here of jobs, of this peer's own and of others' that it keeps.
   *
   * @param self the peer
   */
  public CompletableFuture<JobFrame> answer(PeerId self, JobFrame.Ask ask) {
    return writer.ask(it -> it.reader().answer(self, ask));
  }

  /** Deletes a job and its outcomes; whether it was known. */
  public CompletableFuture<Boolean> forget(JobId id) {
    return writer.ask(it -> it.forget(id));
  }

  /** How much it holds. */
  public CompletableFuture<Size> size() {
    return writer.ask(JournalWriter::size);
  }

  /**
   * How much a journal holds.
   *
   * @param openTasks tasks without an outcome
   * @param copies batches that are kept for others
   * @param commits how many there were, ever
   * @param bytes what of its file is in use
   * @param freeBytes what is not, and is given back by and by
   */
  public record Size(
      int jobs, long openTasks, int copies, long rows, long commits, long bytes, long freeBytes) {}

  /** Commits all that waits, and closes the file. */
  @Override
  public void close() {
    writer.stop();
  }
}
