package io.minga.node;

import io.minga.libp2p.identity.PeerId;
import io.minga.node.core.Effect;
import io.minga.node.core.Submission;
import io.minga.node.runtime.Caller;
import io.minga.node.task.Batch;
import io.minga.node.task.Outcome;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** Up to 256 tasks of a job that were submitted together, and what came of them. */
final class JobChunk implements Caller {
  private final Job<?> job;
  private final long first;
  private final AtomicReferenceArray<@Nullable Object> outcomes;

  /** Written once, by whoever hands it out; cancelling may come before. */
  volatile @Nullable Submission submission;

  /** The next one of its job. */
  volatile @Nullable JobChunk next;

  /** Which tasks they became. */
  final ChunkTasks tasks = new ChunkTasks();

  /** On the loop. */
  private int done;

  /** A task that failed; of which batch, if it ever became one. */
  record Failed(
      Outcome outcome, @Nullable PeerId peer, int attempts, @Nullable Batch batch, int index) {}

  JobChunk(Job<?> job, long first, int size) {
    this.job = job;
    this.first = first;
    this.outcomes = new AtomicReferenceArray<>(size);
  }

  @Override
  public void completed(Effect.Complete end) {
    tasks.ended(end.call(), end.batch(), end.index());
    Object came =
        end.outcome() instanceof Outcome.Value value ? job.take(value.payload()) : end.outcome();
    ended(
        end.call(),
        came instanceof Outcome outcome
            ? new Failed(outcome, end.peer(), end.attempts(), end.batch(), end.index())
            : came);
  }

  @Override
  public void completed(int call, Outcome outcome, @Nullable PeerId peer, int attempts) {
    ended(call, new Failed(outcome, peer, attempts, null, 0)); // the core is not there any more
  }

  private void ended(int call, Object came) {
    outcomes.setRelease(call, came);
    done++;
    if (isDone()) {
      tasks.done();
    }
    job.ended(this, call, !(came instanceof Failed));
  }

  @Override
  public Runnable afterTurn() {
    return job.afterTurn();
  }

  /** On the loop: whether all have ended. */
  boolean isDone() {
    return done == outcomes.length();
  }

  /** Which of the job's arguments its first one is. */
  long first() {
    return first;
  }

  int size() {
    return outcomes.length();
  }

  boolean has(int index) {
    return outcomes.getAcquire(index) != null;
  }

  /** What came of a task, which is forgotten here. */
  Object take(int index) {
    Object came = outcomes.getAcquire(index);
    if (came == null) {
      throw new IllegalStateException("nothing came of task " + index + " yet");
    }
    outcomes.setPlain(index, null);
    return came;
  }
}
