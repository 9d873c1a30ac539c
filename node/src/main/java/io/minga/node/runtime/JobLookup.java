package io.minga.node.runtime;

import io.minga.libp2p.identity.PeerId;
import io.minga.node.core.Effect;
import io.minga.node.core.Enquiry;
import io.minga.node.core.FarJob;
import io.minga.node.core.Input;
import io.minga.node.journal.JobId;
import io.minga.node.journal.JobState;
import io.minga.node.journal.TaskEnd;
import io.minga.node.journal.store.Journal;
import io.minga.node.task.JobFrame;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Finds durable jobs wherever they were submitted: in this peer's journal, and at those who have
 * them or copies of them, which are asked. Safe for any thread.
 */
public final class JobLookup {
  /** How many jobs of others are remembered with who knows them. */
  private static final int FOUND_MAX = 256;

  private static final long AGAIN_MILLIS = 2_000;

  /** How often a job that was known is asked for when nobody knows it any more. */
  private static final int MISSES_MAX = 15;

  private final DurableJobs durable;
  private final AtomicLong last = new AtomicLong();
  private final Map<Long, CompletableFuture<Effect.Learned>> waiting = new ConcurrentHashMap<>();

  /** By what was asked last; under its own lock. */
  private final Map<JobId, FarJob> found =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<JobId, FarJob> eldest) {
          return size() > FOUND_MAX;
        }
      };

  /**
   * A job.
   *
   * @param submitter where it was submitted; null if it was here
   */
  public record Found(JobState state, @Nullable PeerId submitter) {}

  JobLookup(DurableJobs durable) {
    this.durable = durable;
  }

  // Asking others.

  private CompletableFuture<Effect.Learned> enquire(Enquiry about) {
    long number = last.incrementAndGet();
    CompletableFuture<Effect.Learned> answer = new CompletableFuture<>();
    waiting.put(number, answer);
    durable
        .loop()
        .ask((core, now) -> number, it -> new Input.Enquire(it, about))
        .whenComplete(
            (asked, thrown) -> {
              if (thrown != null && waiting.remove(number) != null) {
                answer.completeExceptionally(thrown);
              }
            });
    return answer.thenApplyAsync(
        learned -> {
          if (learned.asked() == 0 && !(about instanceof Enquiry.Ends)) {
            throw new IllegalStateException("too much is asked of this peer at once; try again");
          }
          return learned;
        },
        callers());
  }

  private Executor callers() {
    return durable.callers();
  }

  /** On the loop: others have answered. */
  void learned(Effect.Learned it) {
    CompletableFuture<Effect.Learned> answer = waiting.remove(it.number());
    if (answer != null) {
      answer.complete(it);
    }
  }

  /** Nobody is asked any more. */
  void close() {
    for (Long number : List.copyOf(waiting.keySet())) {
      CompletableFuture<Effect.Learned> answer = waiting.remove(number);
      if (answer != null) {
        answer.completeExceptionally(new IllegalStateException("this peer is closed"));
      }
    }
  }

  private CompletableFuture<Optional<FarJob>> far(JobId id) {
    return enquire(new Enquiry.Stand(id))
        .thenApply(
            learned -> {
              synchronized (found) {
                found.remove(id);
                learned.jobs().forEach(job -> found.put(job.id(), job));
              }
              return learned.jobs().stream().findFirst();
            });
  }

  private static Found found(FarJob job) {
    JobFrame.Standing it = job.standing();
    return new Found(
        new JobState(
            job.id(),
            it.function(),
            it.total(),
            it.lost(),
            it.ended(),
            it.failed(),
            JobState.COPIES_UNKNOWN,
            it.createdAtMillis(),
            it.expiresAtMillis()),
        it.submitter());
  }

  // What callers want to know.

  /** This peer's own jobs, and then those that others tell of. */
  public CompletableFuture<List<Found>> jobs() {
    return durable
        .jobs()
        .thenCombine(
            enquire(new Enquiry.Jobs()),
            (own, learned) -> {
              List<Found> all = new ArrayList<>();
              Set<JobId> known = new LinkedHashSet<>();
              own.forEach(
                  job -> {
                    known.add(job.id());
                    all.add(new Found(job, null));
                  });
              for (FarJob job : learned.jobs()) {
                if (known.add(job.id())) {
                  all.add(found(job));
                }
              }
              return all;
            });
  }

  /** How a job stands; nothing if nobody who was asked knows it. */
  public CompletableFuture<Optional<Found>> job(JobId id) {
    return durable
        .job(id)
        .thenCompose(
            own ->
                own.isPresent()
                    ? CompletableFuture.completedFuture(
                        Optional.of(new Found(own.orElseThrow(), null)))
                    : far(id).thenApply(job -> job.map(JobLookup::found)));
  }

  /**
   * Completes when all tasks of a job have ended, or with nothing when nobody who is asked knows
   * it. Others are asked again and again, until the future is cancelled.
   */
  public CompletableFuture<Optional<Found>> whenDone(JobId id) {
    CompletableFuture<Optional<Found>> done = new CompletableFuture<>();
    look(id, done, MISSES_MAX);
    return done;
  }

  private void look(JobId id, CompletableFuture<Optional<Found>> done, int misses) {
    job(id)
        .whenComplete(
            (job, thrown) -> {
              if (thrown != null) {
                done.completeExceptionally(thrown);
              } else if (job.isPresent() && job.orElseThrow().submitter() == null) {
                ownWhenDone(id, done);
              } else {
                farWhenDone(id, done, misses, job);
              }
            });
  }

  private void ownWhenDone(JobId id, CompletableFuture<Optional<Found>> done) {
    Journal journal = durable.journal();
    CompletableFuture<Optional<JobState>> ended =
        journal == null
            ? CompletableFuture.completedFuture(Optional.empty())
            : journal.whenDone(id);
    ended
        .thenCompose(it -> job(id))
        .whenComplete(
            (job, thrown) -> {
              if (thrown == null) {
                done.complete(job);
              } else {
                done.completeExceptionally(thrown);
              }
            });
  }

  private void farWhenDone(
      JobId id, CompletableFuture<Optional<Found>> done, int misses, Optional<Found> job) {
    boolean over = job.map(it -> it.state().isDone()).orElse(misses >= MISSES_MAX);
    if (over) {
      done.complete(job);
    } else if (!done.isDone()) {
      int missed = job.isEmpty() ? misses + 1 : 0;
      CompletableFuture.delayedExecutor(AGAIN_MILLIS, TimeUnit.MILLISECONDS, callers())
          .execute(() -> look(id, done, missed));
    }
  }

  /**
   * Outcomes of a job's tasks, in their order; those that have none are missing.
   *
   * @param from the first task's index
   * @return of at most {@link JobFrame#TASKS_MAX} tasks; fails with an {@link
   *     IllegalStateException} if some are missing of a job of which all have ended
   */
  public CompletableFuture<List<TaskEnd>> outcomes(JobId id, long from) {
    Journal journal = durable.journal();
    if (journal == null) {
      return farOutcomes(id, from, false);
    }
    return journal
        .job(id)
        .thenCompose(
            own ->
                own.isPresent()
                    ? journal.outcomes(id, from, JobFrame.TASKS_MAX)
                    : farOutcomes(id, from, false));
  }

  private CompletableFuture<List<TaskEnd>> farOutcomes(JobId id, long from, boolean again) {
    FarJob known;
    synchronized (found) {
      known = again ? null : found.get(id);
    }
    CompletableFuture<Optional<FarJob>> job =
        known == null ? far(id) : CompletableFuture.completedFuture(Optional.of(known));
    return job.thenCompose(
        it -> {
          if (it.isEmpty() || from >= it.orElseThrow().standing().total()) {
            return CompletableFuture.completedFuture(List.of());
          }
          return farOutcomes(it.orElseThrow(), from, again);
        });
  }

  private CompletableFuture<List<TaskEnd>> farOutcomes(FarJob job, long from, boolean again) {
    JobFrame.Standing standing = job.standing();
    long wanted = Math.min(JobFrame.TASKS_MAX, standing.total() - from);
    return enquire(new Enquiry.Ends(job, from))
        .thenCompose(
            learned -> {
              boolean lacks = learned.ends().size() < wanted && standing.lost() == 0;
              if (!lacks || !job.isDone()) {
                return CompletableFuture.completedFuture(learned.ends());
              } else if (!again) {
                return farOutcomes(job.id(), from, true);
              }
              return CompletableFuture.failedFuture(
                  new IllegalStateException(
                      ("%d of the outcomes of job %s from task %d on were not to be had from those"
                              + " who have them; try again")
                          .formatted(wanted - learned.ends().size(), job.id(), from)));
            });
  }
}
