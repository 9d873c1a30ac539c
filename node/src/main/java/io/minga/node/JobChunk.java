package io.minga.node;

import io.minga.libp2p.identity.PeerId;
import io.minga.node.core.Submission;
import io.minga.node.runtime.Caller;
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

  /** On the loop. */
  private int done;

  /** A task that failed. */
  record Failed(Outcome outcome, @Nullable PeerId peer, int attempts) {}

  JobChunk(Job<?> job, long first, int size) {
    this.job = job;
    this.first = first;
    this.outcomes = new AtomicReferenceArray<>(size);
  }

  @Override
  public void completed(int index, Outcome outcome, @Nullable PeerId peer, int attempts) {
    Object came = outcome instanceof Outcome.Value value ? job.take(value.payload()) : outcome;
    boolean ok = !(came instanceof Outcome);
    outcomes.setRelease(index, ok ? came : new Failed((Outcome) came, peer, attempts));
    done++;
    job.ended(this, index, ok);
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
