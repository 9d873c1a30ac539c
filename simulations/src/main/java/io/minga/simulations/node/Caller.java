package io.minga.simulations.node;

import io.minga.node.core.Submission;
import io.minga.node.task.FunctionName;
import io.minga.node.task.Payload;
import io.minga.node.task.Placement;
import io.minga.node.task.Policy;
import io.minga.node.task.Requirements;
import io.minga.simulations.plan.Burst;
import io.minga.simulations.plan.Graph;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whoever makes a burst's calls: all at once, or, if they are a graph, each once those are over
 * that it comes after.
 */
final class Caller {
  private static final long LIFETIME_MILLIS = 86_400_000;

  private final Burst burst;
  private final @Nullable Graph graph;
  private final int firstTask;

  /** For how many others each call waits; empty if none does. */
  private final int[] waits;

  /** What can be made. */
  private int[] ready = new int[64];

  private int readyCount;

  /** Calls that are made together, and who made them. */
  static final class Chunk {
    final Caller caller;
    private final int[] tasks;

    Chunk(Caller caller, int[] tasks) {
      this.caller = caller;
      this.tasks = tasks;
    }

    /** Which task a call of the submission is. */
    int task(int call) {
      return tasks[call];
    }
  }

  /** A caller that has made none of the burst's calls, whose tasks are from that one on. */
  Caller(Burst burst, int firstTask) {
    this.burst = burst;
    this.graph = burst.graph();
    this.firstTask = firstTask;
    this.waits = new int[graph == null ? 0 : burst.size()];
    for (int call = 0; call < burst.size(); call++) {
      if (graph != null) {
        waits[call] = graph.parents(call);
      }
      if (graph == null || waits[call] == 0) {
        isReady(call);
      }
    }
  }

  private void isReady(int call) {
    if (readyCount == ready.length) {
      ready = Arrays.copyOf(ready, 2 * readyCount);
    }
    ready[readyCount++] = firstTask + call;
  }

  /** A call is over; whether others can be made now, and none could before. */
  boolean over(int task) {
    boolean wasIdle = readyCount == 0;
    if (graph != null) {
      graph.children(
          task - firstTask,
          child -> {
            if (--waits[child] == 0) {
              isReady(child);
            }
          });
    }
    return wasIdle && readyCount > 0;
  }

  /** Makes what can be made. */
  List<Submission> make() {
    FunctionName function = new FunctionName(burst.function());
    Policy policy = policy();
    int most = burst.isJob() ? Submission.CALLS_MAX : 1;
    List<Submission> made = new ArrayList<>();
    for (int from = 0; from < readyCount; from += most) {
      int[] tasks = Arrays.copyOfRange(ready, from, Math.min(from + most, readyCount));
      List<Payload> payloads = new ArrayList<>(tasks.length);
      for (int task : tasks) {
        payloads.add(Ledger.payload(task));
      }
      made.add(
          new Submission(
              new Chunk(this, tasks),
              function,
              policy,
              false,
              LIFETIME_MILLIS,
              burst.isJob() ? readyCount : 1,
              false,
              payloads));
    }
    readyCount = 0;
    return made;
  }

  private Policy policy() {
    Policy plain = Policy.DEFAULT;
    boolean exclusive = burst.function().equals(Ledger.EXCLUSIVE);
    return burst.tags().isEmpty() && !exclusive
        ? plain
        : new Policy(
            plain.priority(),
            plain.timeoutMillis(),
            plain.attemptsMax(),
            burst.tags().isEmpty() ? Requirements.NONE : new Requirements(burst.tags(), 0, 0),
            Placement.BALANCED,
            1,
            1,
            exclusive,
            false,
            "");
  }
}
