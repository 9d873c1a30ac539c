package io.minga.node.core;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Cid;
import io.minga.node.task.BatchName;
import io.minga.node.task.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What this peer owes its callers: every call that came in gets one outcome, the first that counts.
 *
 * <p>A task that failed is tried again, elsewhere if there is anybody else, with exponential
 * backoff and jitter, up to its policy's number of attempts. One whose worker died twice is not.
 */
final class Submissions {
  /** How often a worker may die with a task before it is given up. */
  static final int DEATHS_MAX = 2;

  private static final long SWEEP_NANOS = 1_000_000_000;
  private static final int SWEEP_BATCHES = 10_000;

  private final NodeOptions options;
  private final RandomGenerator random;
  private final Stories stories;
  private final Recorder recorder;
  private final Map<Cid, OwnBatch> open = new LinkedHashMap<>();
  private final Map<Long, OwnBatch> byRef = new LinkedHashMap<>();
  private final PriorityQueue<Retry> retries = new PriorityQueue<>();
  private long openTasks;

  /** How many of them are durable. */
  private long durableTasks;

  private long sweepNanos;

  /** What became of an outcome. */
  enum Verdict {
    /** It is the effective one, or counts as a failed attempt. */
    RECORDED,
    /** Another was there before. */
    NOT_NEEDED,
    /** It was not the current owner's, of an exclusive task. */
    FENCED
  }

  /** A task that is to be tried again. */
  private record Retry(long atNanos, long number, OwnBatch batch, int index)
      implements Comparable<Retry> {
    @Override
    public int compareTo(Retry other) {
      long before = atNanos - other.atNanos;
      return before != 0 ? Long.signum(before) : Long.compare(number, other.number);
    }
  }

  private long retryNumber;

  Submissions(NodeOptions options, RandomGenerator random, Stories stories, Recorder recorder) {
    this.options = options;
    this.random = random;
    this.stories = stories;
    this.recorder = recorder;
  }

  void open(OwnBatch batch) {
    batch.story = stories.begin(batch.batch);
    open.put(batch.batch.cid(), batch);
    byRef.put(batch.ref(), batch);
    openTasks += batch.open.size();
    durableTasks += batch.isJournaled() ? batch.open.size() : 0;
  }

  @Nullable OwnBatch batch(Cid cid) {
    return open.get(cid);
  }

  @Nullable OwnBatch batch(BatchName name) {
    return name instanceof BatchName.Ref ref
        ? byRef.get(ref.number())
        : open.get(((BatchName.ByCid) name).cid());
  }

  /** How many calls have no outcome. */
  long openTasks() {
    return openTasks;
  }

  /** How many of them don't need this process. */
  long durableTasks() {
    return durableTasks;
  }

  /** The batches that have tasks without an outcome, in the order in which they came. */
  Iterable<OwnBatch> batches() {
    return open.values();
  }

  /** The same at this moment. */
  List<OwnBatch> all() {
    return List.copyOf(open.values());
  }

  /** Ends a call; false if it had its outcome. */
  boolean complete(
      OwnBatch batch, int index, Outcome outcome, @Nullable PeerId peer, List<Effect> out) {
    if (!batch.open.remove(index)) {
      return false;
    }
    batch.ready.remove(index);
    batch.former.remove(index);
    openTasks--;
    if (outcome instanceof Outcome.Failure failure) {
      stories.failed(batch.story, index, peer, failure);
    }
    Effect.Complete complete =
        new Effect.Complete(
            batch.submission(index),
            batch.call(index),
            outcome,
            peer,
            batch.handed(index),
            batch.batch,
            index);
    if (!batch.isJournaled()) {
      out.add(complete);
      over(batch);
      return true;
    }
    durableTasks--;
    if (batch.isRefused || (batch.stewardship() != null && !Stewards.isEnd(outcome))) {
      out.add(complete);
      over(batch);
    } else {
      batch.recording.add(index);
      recorder.end(batch, index, outcome, () -> recorded(batch, complete));
    }
    return true;
  }

  private void recorded(OwnBatch batch, Effect.Complete complete) {
    recorder.emit(complete);
    batch.recording.remove(complete.index());
    over(batch);
  }

  /** Forgets a batch of which all is said. */
  private void over(OwnBatch batch) {
    if (batch.open.isEmpty() && batch.recording.isEmpty()) {
      open.remove(batch.batch.cid());
      byRef.remove(batch.ref());
      stories.over(batch.story);
    }
  }

  /**
   * A task has ended somewhere.
   *
   * @param handout the handout that it ended in, if it is known; the task is out of it already
   */
  Verdict ended(
      long nowNanos,
      OwnBatch batch,
      int index,
      Outcome outcome,
      PeerId peer,
      @Nullable Handout handout,
      List<Effect> out) {
    if (!batch.open.contains(index)) {
      return Verdict.NOT_NEEDED;
    }
    if (handout == null && outcome instanceof Outcome.Failure) {
      return Verdict.NOT_NEEDED; // it is with somebody else now, who may do better
    }
    if (batch.policy().exclusive() && (handout == null || handout.epoch != batch.epoch(index))) {
      return Verdict.FENCED;
    }
    if (outcome instanceof Outcome.Failure failure
        && handout != null
        && isTransient(failure.kind())
        && batch.holders(index) > 0) {
      countFailure(batch, index, failure, handout);
      noted(batch, index, () -> {});
      stories.failedAttempt(batch.story, index, peer, failure, 0);
      return Verdict.RECORDED; // a copy runs, which may do better
    }
    if (outcome instanceof Outcome.Failure failure
        && handout != null
        && mayRetry(batch, index, failure, handout)) {
      long delayNanos = retry(nowNanos, batch, index);
      stories.failedAttempt(batch.story, index, peer, failure, delayNanos);
      return Verdict.RECORDED;
    }
    complete(batch, index, outcome, peer, out);
    return Verdict.RECORDED;
  }

  private static void countFailure(
      OwnBatch batch, int index, Outcome.Failure failure, Handout handout) {
    batch.attempts().fails(index, handout.epoch);
    if (failure.kind() == Outcome.Kind.WORKER_DIED) {
      batch.attempts().dies(index, handout.epoch, handout.lane.peer);
    }
  }

  private boolean mayRetry(OwnBatch batch, int index, Outcome.Failure failure, Handout handout) {
    if (failure.kind() == Outcome.Kind.WORKER_DIED
        && batch.attempts().dies(index, handout.epoch, handout.lane.peer) >= DEATHS_MAX) {
      return false;
    }
    batch.avoided = handout.lane;
    return isTransient(failure.kind())
        && batch.attempts().fails(index, handout.epoch) < batch.policy().attemptsMax();
  }

  /**
   * An attempt has failed whose task was called back meanwhile, and is somewhere else: that is no
   * failure of it, but a worker that died counts all the same. It is one if it was an attempt of an
   * earlier life, and the only one since. Whether that was one too many.
   */
  boolean isLast(OwnBatch batch, int index, Outcome outcome, PeerId peer, int epoch) {
    if (!(outcome instanceof Outcome.Failure failure)
        || !batch.open.contains(index)
        || !isTransient(failure.kind())) {
      return false;
    }
    Attempts attempts = batch.attempts();
    boolean died = failure.kind() == Outcome.Kind.WORKER_DIED;
    boolean isLast = died && attempts.dies(index, epoch, peer) >= DEATHS_MAX;
    boolean isFormer =
        batch.restored && attempts.handed(index) == 0 && epoch > attempts.failedIn(index);
    if (isFormer) {
      int most = attempts.before(index) + Announcer.EPOCHS_AHEAD_MAX;
      attempts.raise(index, Math.min(epoch, most)); // so that the next is not taken for this one
      isLast |= attempts.fails(index, epoch) >= batch.policy().attemptsMax();
    }
    if (!isLast && (died || isFormer)) {
      noted(batch, index, () -> {});
    }
    return isLast;
  }

  /** How often a task was tried has changed: does something once that is written down. */
  void noted(OwnBatch batch, int index, Runnable then) {
    if (batch.isJournaled()) {
      recorder.tried(batch, IndexSet.of(index), then);
    } else {
      then.run();
    }
  }

  /** Has more epochs of a batch written down, and then does something. */
  void reserve(OwnBatch batch, Runnable then) {
    int upTo = batch.attempts().reserve();
    recorder.tried(
        batch,
        batch.open.toSet(),
        () -> {
          batch.attempts().isReserved(upTo);
          then.run();
        });
  }

  /** Whether another attempt may end otherwise. */
  private static boolean isTransient(Outcome.Kind kind) {
    return switch (kind) {
      case OTHER, HANDLER, TIMEOUT, LIMIT, WORKER_DIED, MISSING_CONTENT, UNKNOWN_FUNCTION -> true;
      case CANCELLED, BAD_INPUT, BAD_RESULT, PARENT, EXPIRED -> false;
    };
  }

  /** Has it tried again; returns after how long. */
  private long retry(long nowNanos, OwnBatch batch, int index) {
    Duration first = options.times().retryFirst();
    int doublings = Math.min(20, Math.max(0, batch.handed(index) - 1));
    long most = Math.min(first.toNanos() << doublings, options.times().retryMost().toNanos());
    long delay = most / 2 + random.nextLong(Math.max(1, most / 2));
    Retry retry = new Retry(nowNanos + delay, retryNumber++, batch, index);
    noted(batch, index, () -> retries.add(retry));
    return delay;
  }

  /** The batches with tasks whose next attempt is due: these are ready now. */
  List<OwnBatch> due(long nowNanos) {
    List<OwnBatch> due = new ArrayList<>();
    for (Retry next = retries.peek();
        next != null && next.atNanos - nowNanos <= 0;
        next = retries.peek()) {
      retries.poll();
      if (next.batch.open.contains(next.index)) {
        next.batch.ready.add(next.index);
        due.add(next.batch);
      }
    }
    return due;
  }

  /** Batches whose time is over, looked for now and then. */
  List<OwnBatch> expired(long nowNanos, long nowMillis) {
    if (sweepNanos - nowNanos > 0) {
      return List.of();
    }
    sweepNanos = nowNanos + SWEEP_NANOS * (1 + open.size() / SWEEP_BATCHES);
    List<OwnBatch> expired = new ArrayList<>();
    for (Iterator<OwnBatch> it = open.values().iterator(); it.hasNext(); ) {
      OwnBatch batch = it.next();
      if (batch.batch.header().expiresAtMillis() <= nowMillis) {
        expired.add(batch);
      }
    }
    return expired;
  }

  /** When {@link #due} or {@link #expired} has something to do. */
  long nextDeadlineNanos(long never) {
    long next = open.isEmpty() ? never : sweepNanos;
    Retry first = retries.peek();
    return first == null || next - first.atNanos <= 0 ? next : first.atNanos;
  }
}
