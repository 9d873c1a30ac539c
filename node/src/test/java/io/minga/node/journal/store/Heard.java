package io.minga.node.journal.store;

import static org.awaitility.Awaitility.await;

import io.minga.node.journal.JobId;
import io.minga.node.journal.JobState;
import io.minga.node.journal.TaskEnd;
import io.minga.node.journal.Work;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** A journal, and what it said so far. */
final class Heard implements Journal.Listener, AutoCloseable {
  static final JournalOptions SOON = JournalOptions.DEFAULT.withSweep(Duration.ofMillis(20));

  private static final AtomicLong LINEAGES = new AtomicLong(0x1000);

  final Map<Long, String> refused = new ConcurrentHashMap<>();
  final List<String> troubles = new CopyOnWriteArrayList<>();
  final List<JournalException> failures = new CopyOnWriteArrayList<>();
  final Journal journal;
  private final AtomicLong recorded = new AtomicLong();
  private long number;
  private long sequence;

  Heard(Path path) throws JournalException {
    this(path, SOON);
  }

  Heard(Path path, JournalOptions options) throws JournalException {
    journal = Journal.open(path, options, LINEAGES::getAndIncrement, this);
    sequence = journal.nextBatch();
  }

  @Override
  public void recorded(long upTo) {
    recorded.set(upTo);
  }

  @Override
  public void refused(long number, String why) {
    refused.put(number, why);
  }

  @Override
  public void failed(JournalException why) {
    failures.add(why);
  }

  @Override
  public void trouble(String sentence) {
    troubles.add(sentence);
  }

  long recorded() {
    return recorded.get();
  }

  /** Writes a job of one batch; returns its name. */
  JobId submit(int tasks) {
    return submit(tasks, 4_000_000_000_000L);
  }

  JobId submit(int tasks, long expiresAtMillis) {
    JobId job = journal.newJob();
    journal.opened(
        ++number,
        job.number(),
        tasks,
        0,
        Work.batch(journal.lineage(), sequence++, tasks, expiresAtMillis));
    return job;
  }

  /** The sequence of the batch that was written last. */
  long lastBatch() {
    return sequence - 1;
  }

  /** The number of the entry that was written last. */
  long lastNumber() {
    return number;
  }

  void end(long batch, int from, int to) {
    journal.ended(++number, Work.results(batch, from, to));
  }

  Heard settled() {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> recorded.get() >= number || !failures.isEmpty());
    return this;
  }

  JobState job(JobId id) {
    return journal.job(id).join().orElseThrow();
  }

  List<TaskEnd> outcomes(JobId id) {
    return journal.outcomes(id, 0, Journal.PAGE_MAX).join();
  }

  @Override
  public void close() {
    journal.close();
  }
}
