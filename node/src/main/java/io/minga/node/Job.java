package io.minga.node;

import io.minga.libp2p.wire.WireException;
import io.minga.node.core.Submission;
import io.minga.node.runtime.Arguments;
import io.minga.node.runtime.PeerRuntime;
import io.minga.node.runtime.store.BlockException;
import io.minga.node.story.TaskEvent;
import io.minga.node.story.TaskStory;
import io.minga.node.task.Outcome;
import io.minga.node.task.Payload;
import io.minga.node.task.TaskRef;
import io.minga.node.value.FunctionType;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * A function that is run for many arguments. Safe for any thread, but its results are taken once,
 * by one thread.
 *
 * <p>It runs by itself: arguments are handed out a window ahead of the results that came. Of
 * arguments whose number is not known ahead, no more are handed out than {@value #UNTAKEN_MAX}
 * beyond the results that were taken.
 */
public final class Job<R extends @Nullable Object> {
  /** How many tasks are handed out and have no outcome yet, at most. */
  private static final int WINDOW = 1 << 17;

  /** How many outcomes wait to be taken, at most, if the arguments are not a collection. */
  static final int UNTAKEN_MAX = 1 << 20;

  /** Of how many chunks it is known which tasks they were; of those before it is forgotten. */
  private static final long EXPLAINED_CHUNKS = 1 << 14;

  /** How many bytes of large arguments are handed out together, or a little more. */
  private static final long CHUNK_BYTES = 64L << 20;

  /** What a job is said to have in all while that is not known. */
  private static final int TOTAL_GUESS = 4096;

  private final PeerRuntime runtime;
  private final FunctionType<?, R> type;
  private final CallOptions options;
  private final Source<?> source;
  private final JobResults results = new JobResults(this);
  private final Runnable afterTurn = this::turnEnded;

  // Guarded by this.
  private final Set<JobChunk> open = new LinkedHashSet<>();

  /** By the number of the chunk, the last ones. */
  private final Map<Long, ChunkTasks> tasks = new LinkedHashMap<>();

  private boolean feeding;
  private boolean exhausted;
  private boolean cancelled;
  private boolean taking;

  private volatile long submitted;

  /** It rises up to a million times a second, and a barrier each time costs more than the rest. */
  private final AtomicLong finished = new AtomicLong();

  private volatile long failed;
  private volatile long taken;
  private volatile long total = -1;

  /** Whether arguments or results of it are in the block store. */
  private volatile boolean large;

  private volatile @Nullable Throwable broken;

  /** The arguments, encoded as they are asked for. */
  private static final class Source<A extends @Nullable Object> {
    private final PeerRuntime runtime;
    private final FunctionType<A, ?> type;
    private final Iterator<? extends A> iterator;

    /** One for which there was no room. */
    private byte @Nullable [] unkept;

    Source(PeerRuntime runtime, FunctionType<A, ?> type, Iterator<? extends A> iterator) {
      this.runtime = runtime;
      this.type = type;
      this.iterator = iterator;
    }

    /**
     * The next ones, up to 256, fewer if they are large; none at the end.
     *
     * @throws BlockException if not even one can be kept; it comes again
     */
    Arguments next() throws BlockException {
      Arguments next = runtime.arguments(Submission.CALLS_MAX);
      while (next.payloads().size() < Submission.CALLS_MAX
          && next.storedBytes() < CHUNK_BYTES
          && (unkept != null || iterator.hasNext())) {
        byte[] argument = unkept;
        unkept = null;
        if (argument == null) {
          argument = type.encodeArgument(iterator.next());
        }
        try {
          next.add(argument);
        } catch (BlockException e) {
          unkept = argument;
          if (next.payloads().isEmpty()) {
            throw e;
          }
          return next;
        }
      }
      return next;
    }
  }

  private Job(
      PeerRuntime runtime,
      FunctionType<?, R> type,
      CallOptions options,
      Source<?> source,
      long total) {
    this.runtime = runtime;
    this.type = type;
    this.options = options;
    this.source = source;
    this.total = total;
  }

  static <A extends @Nullable Object, R extends @Nullable Object> Job<R> start(
      PeerRuntime runtime,
      FunctionType<A, R> type,
      CallOptions options,
      Iterable<? extends A> arguments) {
    long total = arguments instanceof Collection<?> all ? all.size() : -1;
    Source<A> source = new Source<>(runtime, type, arguments.iterator());
    Job<R> job = new Job<>(runtime, type, options, source, total);
    job.feed();
    return job;
  }

  // Handing out.

  /** Hands out what may be, unless somebody else is at it. */
  private void feed() {
    synchronized (this) {
      if (feeding || exhausted || cancelled) {
        return;
      }
      feeding = true;
    }
    try {
      while (mayFeed() && feedChunk()) {}
    } catch (RuntimeException | Error e) { // an argument that does not fit, or their iterator
      broken = e;
      end();
    } finally {
      synchronized (this) {
        feeding = false;
      }
      results.wake();
    }
    if (mayFeed() && !exhausted()) { // results came while this one was leaving
      runtime.callers().execute(this::feed);
    }
  }

  private synchronized boolean exhausted() {
    return exhausted || cancelled;
  }

  private boolean mayFeed() {
    return submitted - finished.get() < WINDOW
        && (total >= 0 || submitted - taken < UNTAKEN_MAX)
        && !(large && submitted > taken && runtime.isCrowded());
  }

  private boolean feedChunk() {
    try (Arguments arguments = source.next()) {
      large |= arguments.storedBytes() > 0;
      return feed(arguments.payloads());
    } catch (BlockException e) {
      large = true;
      if (!e.isFull() || submitted == taken) {
        throw new TaskFailedException(type.name(), Results.unkept(e), null, 0, null, 0);
      }
      return false; // there is room again when something of this job is over
    }
  }

  private boolean feed(List<Payload> inputs) {
    if (inputs.isEmpty()) {
      end();
      return false;
    }
    JobChunk chunk = new JobChunk(this, submitted, inputs.size());
    long known = total >= 0 ? total : Math.max(TOTAL_GUESS, submitted + inputs.size());
    if (inputs.size() < Submission.CALLS_MAX && total < 0) {
      known = submitted + inputs.size(); // the last
    }
    results.append(chunk);
    synchronized (this) {
      if (cancelled) {
        return false;
      }
      open.add(chunk);
      remember(chunk);
      submitted += inputs.size();
    }
    chunk.submission =
        runtime.submit(
            chunk,
            type.name(),
            options.policy(),
            options.memoized(),
            options.lifetime().toMillis(),
            Math.max(known, inputs.size()),
            options.remoteOnly(),
            inputs);
    chunk.tasks.submittedAs(chunk.submission);
    synchronized (this) {
      if (cancelled) {
        runtime.cancel(chunk.submission);
      }
    }
    return true;
  }

  private void remember(JobChunk chunk) {
    long number = chunk.first() / Submission.CALLS_MAX;
    tasks.put(number, chunk.tasks);
    tasks.remove(number - EXPLAINED_CHUNKS);
  }

  private void end() {
    synchronized (this) {
      exhausted = true;
    }
    total = submitted;
  }

  // On the loop.

  /** A task of {@code chunk} has ended. */
  @SuppressWarnings("NonAtomicVolatileUpdate") // the loop alone writes them
  void ended(JobChunk chunk, int index, boolean ok) {
    finished.lazySet(finished.getPlain() + 1);
    if (!ok) {
      failed++;
    }
    results.ended(chunk, index);
    if (chunk.isDone()) {
      synchronized (this) {
        open.remove(chunk);
      }
    }
  }

  Runnable afterTurn() {
    return afterTurn;
  }

  /** What there is of a result. */
  Object take(Payload result) {
    large |= result instanceof Payload.Content;
    return Results.take(runtime, result);
  }

  /** The loop has done what it had to do for now. */
  private void turnEnded() {
    results.wake();
    if (submitted - finished.get() < WINDOW / 2 && mayFeed() && !exhausted()) {
      runtime.callers().execute(this::feed);
    }
  }

  // For whoever started it.

  /** How far it is. */
  public JobProgress progress() {
    long ended = finished.get();
    long all = total;
    return new JobProgress(
        all < 0 ? OptionalLong.empty() : OptionalLong.of(all), submitted, ended, failed);
  }

  /**
   * The results in the order of the arguments, each as soon as it and all before it are there.
   *
   * @return waits for what is not there yet; throws a {@link TaskFailedException} at the first task
   *     that failed
   */
  public Stream<R> results() {
    return outcomes(true).map(Job::valueOf);
  }

  /** The results as they come, otherwise as {@link #results}. */
  public Stream<R> resultsAsTheyCome() {
    return outcomes(false).map(Job::valueOf);
  }

  /** How the tasks ended, as they come; those that failed are no reason to stop. */
  public Stream<TaskOutcome<R>> outcomes() {
    return outcomes(false);
  }

  @SuppressWarnings("NullAway") // a result is null where its type allows that
  private static <R extends @Nullable Object> R valueOf(TaskOutcome<R> outcome) {
    TaskFailedException failure = outcome.failure();
    if (failure != null) {
      throw failure;
    }
    return outcome.value();
  }

  private Stream<TaskOutcome<R>> outcomes(boolean inOrder) {
    synchronized (this) {
      if (taking) {
        throw new IllegalStateException("the results of a job are taken once");
      }
      taking = true;
    }
    results.begin(inOrder);
    long size = total < 0 ? Long.MAX_VALUE : total;
    return StreamSupport.stream(new Taking(size), false);
  }

  private final class Taking extends Spliterators.AbstractSpliterator<TaskOutcome<R>> {
    Taking(long size) {
      super(size, Spliterator.ORDERED | Spliterator.NONNULL);
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // the one that takes alone writes it
    public boolean tryAdvance(Consumer<? super TaskOutcome<R>> action) {
      if (!await()) {
        return false;
      }
      TaskOutcome<R> next = outcome(results.chunk(), results.index());
      results.advance();
      taken++;
      if ((large || taken % (UNTAKEN_MAX / 4) == 0) && !exhausted()) {
        feed();
      }
      action.accept(next);
      return true;
    }
  }

  /** Waits for the next outcome; false if there is none any more. */
  private boolean await() {
    while (!results.hasNext()) {
      requireNotCancelled();
      if (exhausted() && taken == submitted) {
        Throwable cause = broken;
        if (cause instanceof Error error) {
          throw error;
        } else if (cause instanceof RuntimeException exception) {
          throw exception;
        }
        return false;
      }
      results.await();
      if (Thread.interrupted()) {
        Thread.currentThread().interrupt();
        throw new CancellationException("interrupted while waiting for results");
      }
    }
    requireNotCancelled(); // what is there may be there because of it
    return true;
  }

  private synchronized void requireNotCancelled() {
    if (cancelled) {
      throw new CancellationException("the job was cancelled");
    }
  }

  private TaskOutcome<R> outcome(JobChunk chunk, int index) {
    long place = chunk.first() + index;
    Object came = chunk.take(index);
    if (!(came instanceof JobChunk.Failed failed)) {
      try {
        return new TaskOutcome<>(place, Results.decode(type, came), null);
      } catch (WireException e) {
        return new TaskOutcome<>(
            place,
            null,
            new TaskFailedException(type.name(), Results.undecodable(e), null, 1, null, 0));
      }
    }
    return new TaskOutcome<>(
        place,
        null,
        new TaskFailedException(
            type.name(),
            (Outcome.Failure) failed.outcome(),
            failed.peer(),
            failed.attempts(),
            failed.batch(),
            failed.index()));
  }

  /**
   * What happened to a task of it so far: who had it, when and why it moved, how it ended.
   *
   * @param index which, of the job's arguments, from 0
   * @return in their order; nothing if it is not handed out yet, or its story is forgotten: of
   *     tasks that are over the latest are remembered, those that went wrong for longer
   * @throws IndexOutOfBoundsException if the job has no such task
   */
  public List<TaskEvent> explain(long index) {
    Objects.checkIndex(index, total < 0 ? Long.MAX_VALUE : total);
    ChunkTasks chunk;
    synchronized (this) {
      chunk = tasks.get(index / Submission.CALLS_MAX);
    }
    int call = (int) (index % Submission.CALLS_MAX);
    if (chunk == null) {
      return List.of();
    }
    Submission submission = chunk.submission();
    Optional<TaskStory> story = Optional.empty();
    if (submission != null) {
      story = Asked.of(runtime.questions().explain(submission, call));
    }
    Optional<TaskRef> task = chunk.task(call);
    if (story.isEmpty() && task.isPresent()) {
      story = Asked.of(runtime.questions().explain(task.get()));
    }
    return story.map(TaskStory::events).orElse(List.of());
  }

  /** Ends it: what runs is interrupted, and whoever waits for results gets an exception. */
  public void cancel() {
    List<JobChunk> left;
    synchronized (this) {
      if (cancelled) {
        return;
      }
      cancelled = true;
      left = List.copyOf(open);
    }
    for (JobChunk chunk : left) {
      Submission submission = chunk.submission;
      if (submission != null) {
        runtime.cancel(submission);
      }
    }
    results.wake();
  }

  @Override
  public String toString() {
    return "%s: %s".formatted(type.name(), progress());
  }

  /** Lets a thread sleep until {@link LockSupport#unpark}. */
  static void sleep(Object blocker) {
    LockSupport.parkNanos(blocker, 100_000_000);
  }
}
