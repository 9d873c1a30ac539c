package io.minga.node.core;

import io.minga.node.task.Outcome;
import io.minga.node.task.Payload;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Calls that came in during the turn, before they are cut into batches. */
final class Intake {
  private final NodeOptions options;
  private final List<Submission> fresh = new ArrayList<>();
  private long calls;

  /** Takes submissions that may share batches. */
  @FunctionalInterface
  interface Alike {
    /**
     * Some submissions.
     *
     * @param tasks how many tasks there are to share among peers: the job's, or those at hand
     */
    void take(List<Submission> alike, long tasks);
  }

  Intake(NodeOptions options) {
    this.options = options;
  }

  static Outcome failure(Outcome.Kind kind, String message) {
    return new Outcome.Failure(kind, "", message, "");
  }

  /** Why these calls can't be made; null if they can. */
  @Nullable Outcome refusal(Submission submission, long openTasks, boolean leaving) {
    if (leaving) {
      return failure(Outcome.Kind.LIMIT, "this peer is leaving");
    }
    if (openTasks + calls + submission.size() > options.limits().ownTasksMax()) {
      String message =
          "%d calls wait for a result here, and no more are taken".formatted(openTasks + calls);
      return failure(Outcome.Kind.LIMIT, message);
    }
    int max = options.tasks().inputBytesMax();
    for (int call = 0; call < submission.size(); call++) {
      Payload input = submission.input(call);
      if (input instanceof Payload.Inline && input.sizeBytes() > max) {
        String message =
            "call %d of %s has an input of %d B, above the limit of %d B; a larger one goes by CID"
                .formatted(call, submission.function(), input.sizeBytes(), max);
        return failure(Outcome.Kind.BAD_INPUT, message);
      }
    }
    return null;
  }

  void add(Submission submission) {
    fresh.add(submission);
    calls += submission.size();
  }

  /** How many there are. */
  long calls() {
    return calls;
  }

  /** Takes all out: chunks of jobs each by itself, neighbours among singles that are alike. */
  void takeAlike(Alike taker) {
    int from = 0;
    while (from < fresh.size()) {
      Submission first = fresh.get(from);
      int to = from + 1;
      long tasks = first.size();
      while (first.jobTasks() == 1 && to < fresh.size() && first.isLike(fresh.get(to))) {
        tasks += fresh.get(to++).size();
      }
      taker.take(fresh.subList(from, to), Math.max(tasks, first.jobTasks()));
      from = to;
    }
    fresh.clear();
    calls = 0;
  }
}
