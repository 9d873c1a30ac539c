package io.minga.cli.trial;

import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.wire.Bytes;
import io.minga.node.core.Submission;
import io.minga.node.runtime.Caller;
import io.minga.node.runtime.PeerRuntime;
import io.minga.node.task.FunctionName;
import io.minga.node.task.Outcome;
import io.minga.node.task.Payload;
import io.minga.node.task.Policy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A job of a trial: what was asked, and what came of it, when, and from whom. */
final class Work {
  private static final long LIFETIME_MILLIS = TimeUnit.HOURS.toMillis(1);
  private static final long WAIT_SECONDS = 300;

  private final long startedNanos = System.nanoTime();
  private final int tasks;

  // Guarded by this.
  private final List<Done> done = new ArrayList<>();
  private final int[] outcomes;
  private int missing;

  /**
   * An outcome as the caller got it.
   *
   * @param failure why there is no result, or null
   */
  record Done(
      int index, @Nullable PeerId peer, int attempts, long atNanos, @Nullable String failure) {}

  private Work(int tasks) {
    this.tasks = tasks;
    this.missing = tasks;
    this.outcomes = new int[tasks];
  }

  /** Has the function run for all inputs, as one job. */
  static Work start(PeerRuntime caller, String function, List<byte[]> inputs) {
    Work work = new Work(inputs.size());
    FunctionName name = new FunctionName(function);
    for (int from = 0; from < inputs.size(); from += Submission.CALLS_MAX) {
      int to = Math.min(inputs.size(), from + Submission.CALLS_MAX);
      List<Payload> some = new ArrayList<>();
      inputs.subList(from, to).forEach(it -> some.add(Payload.of(Bytes.copyOf(it))));
      caller.submit(
          work.part(from),
          name,
          Policy.DEFAULT,
          false,
          LIFETIME_MILLIS,
          inputs.size(),
          false,
          some);
    }
    return work;
  }

  private Caller part(int from) {
    return (call, outcome, peer, attempts) -> ended(from + call, outcome, peer, attempts);
  }

  private synchronized void ended(int index, Outcome outcome, @Nullable PeerId peer, int attempts) {
    String failure = outcome instanceof Outcome.Failure it ? it.kind() + " " + it.message() : null;
    done.add(new Done(index, peer, attempts, System.nanoTime(), failure));
    outcomes[index]++;
    missing -= outcomes[index] == 1 ? 1 : 0;
    notifyAll();
  }

  /** Waits until so many tasks have ended. */
  synchronized void await(int count) throws InterruptedException, TrialException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
    while (tasks - missing < count) {
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        throw new TrialException(
            "%d of %d tasks had no outcome after %d s".formatted(missing, tasks, WAIT_SECONDS));
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
  }

  /** Waits until all have. */
  void await() throws InterruptedException, TrialException {
    await(tasks);
  }

  long startedNanos() {
    return startedNanos;
  }

  /** From the first call to the last outcome. */
  synchronized double seconds() {
    return (done.get(done.size() - 1).atNanos() - startedNanos) / 1e9;
  }

  /** The outcomes so far, as they came. */
  synchronized List<Done> done() {
    return List.copyOf(done);
  }

  /** Those from one peer. */
  List<Done> doneBy(PeerId peer) {
    return done().stream().filter(it -> peer.equals(it.peer())).toList();
  }

  /** Tasks with other than one outcome, or with a failure. */
  synchronized int wrong() {
    int wrong = (int) done.stream().filter(it -> it.failure() != null).count();
    for (int count : outcomes) {
      wrong += count == 1 ? 0 : 1;
    }
    return wrong;
  }
}
