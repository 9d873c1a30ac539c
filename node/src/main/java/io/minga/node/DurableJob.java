package io.minga.node;

import io.minga.libp2p.wire.WireException;
import io.minga.node.journal.JobId;
import io.minga.node.journal.JobState;
import io.minga.node.journal.TaskEnd;
import io.minga.node.runtime.JobLookup;
import io.minga.node.runtime.PeerRuntime;
import io.minga.node.task.JobFrame;
import io.minga.node.task.Outcome;
import io.minga.node.value.FunctionType;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * Calls that outlive the process that made them: they are in the journal of their peer, with their
 * results, and in those of others that keep copies, until their time is over. Safe for any thread.
 */
public final class DurableJob<R extends @Nullable Object> {
  private final PeerRuntime runtime;
  private final FunctionType<?, R> type;
  private final JobId id;

  DurableJob(PeerRuntime runtime, FunctionType<?, R> type, JobId id) {
    this.runtime = runtime;
    this.type = type;
    this.id = id;
  }

  /** Its name, by which another process finds it. */
  public JobId id() {
    return id;
  }

  private IllegalStateException unknown() {
    return new IllegalStateException(
        "there is no durable job %s, as far as this peer and those that it is connected with know"
            .formatted(id));
  }

  /**
   * How it stands.
   *
   * @throws IllegalStateException if nobody who can be asked knows the job, or it is over and
   *     forgotten
   */
  public JobState state() {
    return Asked.of(runtime.durable().lookup().job(id)).orElseThrow(this::unknown).state();
  }

  /** Completes when all tasks have ended; with nothing if the job is forgotten, or never was. */
  public CompletableFuture<Optional<JobState>> whenDone() {
    return runtime
        .durable()
        .lookup()
        .whenDone(id)
        .thenApply(found -> found.map(JobLookup.Found::state));
  }

  /**
   * How its tasks ended, in the order of the arguments, once all of them have. They can be asked
   * for again.
   *
   * @return waits; has no outcome of tasks that were lost with a damaged journal
   */
  public Stream<TaskOutcome<R>> outcomes() {
    JobState done = Asked.of(whenDone()).orElseThrow(this::unknown);
    return StreamSupport.stream(new Pages(done.total()), false);
  }

  /**
   * Its results in the order of the arguments, once all tasks have ended.
   *
   * @return waits; throws a {@link TaskFailedException} at the first task that failed
   */
  public Stream<R> results() {
    return outcomes().map(DurableJob::valueOf);
  }

  @SuppressWarnings("NullAway") // a result is null where its type allows that
  private static <R extends @Nullable Object> R valueOf(TaskOutcome<R> outcome) {
    TaskFailedException failure = outcome.failure();
    if (failure != null) {
      throw failure;
    }
    return outcome.value();
  }

  /** Reads outcomes, some at a time. */
  private final class Pages extends Spliterators.AbstractSpliterator<TaskOutcome<R>> {
    private static final int PAGE = JobFrame.TASKS_MAX;

    private final long total;
    private final Deque<TaskEnd> page = new ArrayDeque<>();
    private long next;

    Pages(long total) {
      super(total, Spliterator.ORDERED | Spliterator.NONNULL);
      this.total = total;
    }

    @Override
    public boolean tryAdvance(Consumer<? super TaskOutcome<R>> action) {
      while (page.isEmpty() && next < total) {
        page.addAll(Asked.of(runtime.durable().lookup().outcomes(id, next)));
        next += PAGE;
      }
      TaskEnd end = page.poll();
      if (end == null) {
        return false;
      }
      action.accept(outcome(end));
      return true;
    }
  }

  private TaskOutcome<R> outcome(TaskEnd end) {
    Outcome outcome = end.outcome();
    if (outcome instanceof Outcome.Value value) {
      try {
        Object came = Results.take(runtime, value.payload());
        return new TaskOutcome<>(end.index(), Results.decode(type, came), null);
      } catch (WireException e) {
        outcome = Results.undecodable(e);
      }
    }
    Outcome.Failure failure = (Outcome.Failure) outcome;
    return new TaskOutcome<>(
        end.index(), null, new TaskFailedException(type.name(), failure, null, 0, null, 0));
  }

  /** Deletes it with its results; tasks that are open end nowhere. Whether there was such a job. */
  public boolean forget() {
    return Asked.of(runtime.durable().forget(id));
  }

  @Override
  public String toString() {
    return "%s: durable job %s".formatted(type.name(), id);
  }
}
