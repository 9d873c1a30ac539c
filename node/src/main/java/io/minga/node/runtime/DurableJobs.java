package io.minga.node.runtime;

import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.wire.Bytes;
import io.minga.node.core.Effect;
import io.minga.node.core.Input;
import io.minga.node.core.JobPlace;
import io.minga.node.core.Submission;
import io.minga.node.journal.JobId;
import io.minga.node.journal.JobState;
import io.minga.node.journal.KeptCopy;
import io.minga.node.journal.OpenBatch;
import io.minga.node.journal.store.Journal;
import io.minga.node.journal.store.JournalException;
import io.minga.node.journal.store.JournalOptions;
import io.minga.node.runtime.store.BlockHold;
import io.minga.node.task.FunctionName;
import io.minga.node.task.Outcome;
import io.minga.node.task.Payload;
import io.minga.node.task.Placement;
import io.minga.node.task.Policy;
import io.minga.node.task.Requirements;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The durable jobs of a peer, between its callers, its core and its journal. The journal is opened
 * when the peer starts, if there is one, or with its first durable job. Safe for any thread.
 */
public final class DurableJobs {
  private static final Logger LOG = LoggerFactory.getLogger(DurableJobs.class);
  private static final @Nullable BlockHold[] NO_HOLDS = {};

  private final @Nullable Path path;
  private final CompletableFuture<String> failure = new CompletableFuture<>();
  private final JobLookup lookup = new JobLookup(this);
  private volatile @Nullable Around around;

  /** Set once, under the lock. */
  private volatile @Nullable Journal journal;

  private boolean closed;

  /**
   * What is around them in a peer that runs.
   *
   * @param callers runs what callers wait for
   * @param later has something run by them after the turn, on the loop
   * @param copies what is kept for others
   * @param trouble hears what a person should know, in sentences
   */
  record Around(
      NodeLoop loop,
      Executor callers,
      Consumer<Runnable> later,
      KeptCopies copies,
      Consumer<String> trouble) {}

  private DurableJobs(@Nullable Path path) {
    this.path = path;
  }

  /** A job on its way into the journal. */
  private static final class Job {
    final JobId id;
    final long total;
    final CompletableFuture<JobId> acknowledged = new CompletableFuture<>();

    /** The loop's. */
    long calls;

    Job(JobId id, long total) {
      this.id = id;
      this.total = total;
    }
  }

  /**
   * Calls of a job that were submitted together, or that the journal had. Nobody waits for them.
   */
  private record Chunk(@Nullable Job job, long offset) implements Caller {
    @Override
    public void completed(Effect.Complete end) {
      if (end.batch() == null) { // it never was a task
        completed(end.call(), end.outcome(), end.peer(), end.attempts());
      }
    }

    @Override
    public void completed(int call, Outcome outcome, @Nullable PeerId peer, int attempts) {
      if (job != null && outcome instanceof Outcome.Failure failure) {
        job.acknowledged.completeExceptionally(new IllegalStateException(failure.message()));
      }
    }
  }

  /**
   * Opens the journal if there is one: before other peers find this one, for it may take a while.
   *
   * @param path where it is, or is to be; null if this peer is to have none
   * @throws IllegalStateException if it can't be used; the message says why
   */
  static DurableJobs open(@Nullable Path path) {
    DurableJobs jobs = new DurableJobs(path);
    if (path != null && Files.exists(path)) {
      jobs.journal(path);
    }
    return jobs;
  }

  /** Hands the core what the journal had. */
  synchronized void begin(Around around) {
    this.around = around;
    if (journal != null) {
      handOver(journal, around);
    }
    if (path != null) {
      around.loop.submit(new Input.Keeps(true));
    }
  }

  private Around around() {
    Around known = around;
    if (known == null) {
      throw new IllegalStateException("this peer has not begun");
    }
    return known;
  }

  NodeLoop loop() {
    return around().loop;
  }

  Executor callers() {
    return around().callers;
  }

  /** The journal, which is opened if it isn't yet. */
  private synchronized Journal journal(Path path) {
    Journal known = journal;
    if (known != null) {
      return known;
    }
    if (closed) {
      throw new IllegalStateException("this peer is closed");
    }
    RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
    Journal opened;
    try {
      opened = Journal.open(path, JournalOptions.DEFAULT, random::nextLong, new Listening());
    } catch (JournalException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
    journal = opened;
    Around running = around;
    if (running != null) {
      handOver(opened, running);
    }
    return opened;
  }

  private static void handOver(Journal opened, Around around) {
    opened.troubles().forEach(around.trouble);
    around.loop.submit(new Input.Journaled(opened.lineage(), opened.nextBatch()));
    for (OpenBatch open : opened.takeOpen()) {
      around.loop.submit(restored(open));
    }
    for (KeptCopy copy : opened.takeCopies()) {
      around.loop.submit(new Input.RestoredCopy(copy));
    }
    around.loop.submit(now -> around.copies.opened(opened));
  }

  /** Has the journal opened, elsewhere, for others' batches wait for it. */
  private void openLater(Path path, Around around) {
    around.callers.execute(
        () -> {
          try {
            journal(path);
          } catch (IllegalStateException e) {
            String why = String.valueOf(e.getMessage());
            around.trouble.accept("no copies are kept for others: " + why);
            around.loop.submit(now -> around.copies.failed(why));
          }
        });
  }

  private static Input.Restored restored(OpenBatch it) {
    long lifetimeMillis =
        it.batch().header().expiresAtMillis() - it.batch().header().createdAtMillis();
    Submission submission =
        new Submission(
            new OpenCalls.Entry(new Chunk(null, 0), it.batch().size(), it.open()),
            it.batch().functions().get(0),
            it.batch().header().policy(),
            false,
            lifetimeMillis,
            1,
            false,
            Collections.nCopies(it.batch().size(), Payload.of(Bytes.EMPTY)),
            new JobPlace(it.job(), it.total(), it.offset()));
    return new Input.Restored(it.batch(), it.open(), submission, it.tries());
  }

  /** What becomes of records, from the journal's thread. */
  private final class Listening implements Journal.Listener {
    @Override
    public void recorded(long upTo) {
      around().loop.submit(new Input.Recorded(upTo));
    }

    @Override
    public void refused(long number, String why) {
      around().loop.submit(new Input.Refused(number, why));
    }

    @Override
    public void failed(JournalException why) {
      LOG.error("durable work ends: {}", why.getMessage());
      failure.complete(String.valueOf(why.getMessage()));
    }

    @Override
    public void trouble(String sentence) {
      Around running = around;
      if (running != null) {
        running.trouble.accept(sentence);
      } else {
        LOG.warn("{}", sentence);
      }
    }
  }

  /** Completes with the reason when the journal can't be written any more; the peer is to end. */
  CompletableFuture<String> failure() {
    return failure;
  }

  /** The policy of durable calls, else as {@link Policy#DEFAULT}. */
  public static Policy policy(
      int priority, long timeoutMillis, int attempts, List<String> tags, boolean exclusive) {
    return new Policy(
        priority,
        timeoutMillis,
        attempts,
        tags.isEmpty() ? Requirements.NONE : new Requirements(tags, 0, 0),
        Placement.BALANCED,
        1,
        1,
        exclusive,
        true,
        "");
  }

  /**
   * Has calls made that outlive this process.
   *
   * @param inputs at least one
   * @param lifetimeMillis how long they may take, and results are kept
   * @return completes with the job's name once all of it is journaled, so that it is not lost;
   *     fails with an {@link IllegalStateException} or a {@link JournalException} if that can't be
   */
  public CompletableFuture<JobId> submit(
      FunctionName function, Policy policy, long lifetimeMillis, List<Payload> inputs) {
    Path where = path;
    if (where == null) {
      return CompletableFuture.failedFuture(
          new IllegalStateException(
              "this peer has no directory of its own for a journal, so its jobs can't be durable"));
    }
    Around running = around();
    return CompletableFuture.supplyAsync(
            () -> new Job(journal(where).newJob(), inputs.size()), running.callers)
        .thenCompose(
            job -> {
              for (int from = 0; from < inputs.size(); from += Submission.CALLS_MAX) {
                int to = Math.min(inputs.size(), from + Submission.CALLS_MAX);
                running.loop.submit(
                    new Input.Submit(
                        new Submission(
                            new OpenCalls.Entry(new Chunk(job, from), to - from, NO_HOLDS),
                            function,
                            policy,
                            false,
                            lifetimeMillis,
                            inputs.size(),
                            false,
                            inputs.subList(from, to),
                            new JobPlace(job.id.number(), inputs.size(), from))));
              }
              return job.acknowledged;
            });
  }

  /** The journal, for questions; null if there is none yet. */
  public @Nullable Journal journal() {
    return journal;
  }

  /** Finds jobs that were submitted at other peers, too. */
  public JobLookup lookup() {
    return lookup;
  }

  /** This peer's own jobs, in the order in which they came, with what is known of copies. */
  public CompletableFuture<List<JobState>> jobs() {
    Journal open = journal;
    return open == null
        ? CompletableFuture.completedFuture(List.of())
        : open.jobs()
            .thenCombine(
                copies(),
                (jobs, copies) -> jobs.stream().map(job -> withCopies(job, copies)).toList());
  }

  /** How a job stands; nothing if it isn't known. */
  public CompletableFuture<Optional<JobState>> job(JobId id) {
    Journal open = journal;
    return open == null
        ? CompletableFuture.completedFuture(Optional.empty())
        : open.job(id)
            .thenCombine(copies(), (job, copies) -> job.map(it -> withCopies(it, copies)));
  }

  private CompletableFuture<Map<Long, Integer>> copies() {
    return around().loop.ask((core, now) -> core.copyCounts(), counts -> null);
  }

  private static JobState withCopies(JobState job, Map<Long, Integer> copies) {
    return job.withCopies(copies.getOrDefault(job.id().number(), JobState.COPIES_UNKNOWN));
  }

  /** Deletes a job with its results, here and wherever there are copies; whether it was known. */
  public CompletableFuture<Boolean> forget(JobId id) {
    Journal open = journal;
    if (open == null) {
      return CompletableFuture.completedFuture(false);
    }
    return open.forget(id)
        .thenApply(
            known -> {
              if (known) {
                around().loop.submit(new Input.Forgotten(id.number()));
              }
              return known;
            });
  }

  // On the loop.

  /** Does what the core wants with the journal. */
  void perform(Effect.Journaling effect) {
    if (effect instanceof Effect.RecordBatch it) {
      Chunk chunk = chunk(it.submission());
      Job job = chunk.job;
      if (job != null) {
        long offset = chunk.offset + it.firstCall();
        writing().opened(it.number(), job.id.number(), job.total, offset, it.batch());
      }
    } else if (effect instanceof Effect.RecordOutcomes it) {
      writing().ended(it.number(), it.results());
    } else if (effect instanceof Effect.RecordTried it) {
      writing().tried(it.number(), it.batch().header().sequence(), it.tries());
    } else if (effect instanceof Effect.Acknowledge it) {
      Job job = chunk(it.submission()).job;
      if (job != null && (job.calls += it.calls()) == job.total) {
        around().later.accept(() -> job.acknowledged.complete(job.id));
      }
    } else if (effect instanceof Effect.Decline it) {
      Job job = chunk(it.submission()).job;
      if (job != null) {
        IllegalStateException why = new IllegalStateException(it.why());
        around().later.accept(() -> job.acknowledged.completeExceptionally(why));
      }
    } else if (effect instanceof Effect.Learned it) {
      lookup.learned(it);
    } else {
      performForOthers(effect);
    }
  }

  private void performForOthers(Effect.Journaling effect) {
    Around running = around();
    boolean waited = running.copies.isWaiting();
    running.copies.perform(effect, journal);
    Path where = path;
    if (!waited && running.copies.isWaiting() && where != null) {
      openLater(where, running);
    }
  }

  private static Chunk chunk(Submission submission) {
    if (((OpenCalls.Entry) submission.caller()).caller() instanceof Chunk chunk) {
      return chunk;
    }
    throw new IllegalStateException("a durable call that is not of a durable job");
  }

  private Journal writing() {
    Journal open = journal;
    if (open == null) {
      throw new IllegalStateException("there is no journal");
    }
    return open;
  }

  /** Writes what waits, and closes the journal. */
  void close() {
    Journal open;
    synchronized (this) {
      closed = true;
      open = journal;
    }
    lookup.close();
    if (open != null) {
      open.close();
    }
  }
}
