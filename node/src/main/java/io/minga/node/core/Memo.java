package io.minga.node.core;

import io.minga.libp2p.multiformats.Cid;
import io.minga.node.core.Remembered.Known;
import io.minga.node.task.Outcome;
import io.minga.node.task.Payload;
import io.minga.node.task.Policy;
import io.minga.node.task.Task;
import io.minga.node.task.TaskLimits;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * This peer's own calls whose equals have equal results: those whose value is remembered are
 * answered at once, and equal ones in flight, singly or in jobs, are made once for all.
 *
 * <p>Calls that are made for all who wait are submissions whose caller is this class's own, so each
 * is cancelled only when nobody waits for it any more.
 */
final class Memo {
  private final TaskLimits limits;
  private final Remembered remembered;
  private final Map<Key, Shared> inFlight = new LinkedHashMap<>();
  private final Map<Submission, Waits> waiting = new LinkedHashMap<>();

  /** Calls that were made and have no outcome yet, wanted or not. */
  private int open;

  /** How many calls wait for another's outcome. */
  private int joined;

  /** What makes calls equal; how long they live does not matter. */
  private record Key(Cid task, Policy policy, boolean remoteOnly) {}

  /** A call in flight, and those who wait for it, some of whom may have gone. */
  private static final class Shared {
    final Key key;
    final List<Waiter> waiters = new ArrayList<>(1);
    int wanted;
    @Nullable Submission made;
    int call;

    Shared(Key key) {
      this.key = key;
    }
  }

  /** What a submission's calls wait for; null for those that have their outcome. */
  private static final class Waits {
    final Submission submission;
    final @Nullable Shared[] of;
    int left;

    Waits(Submission submission) {
      this.submission = submission;
      this.of = new Shared[submission.size()];
    }
  }

  private record Waiter(Waits waits, int call) {}

  /** The caller of a submission that is made for all who wait: its calls, in their order. */
  private record Group(List<Shared> calls) {}

  /** A call that nobody wants any more. */
  record Unwanted(Submission submission, int call) {}

  Memo(NodeOptions options, Remembered remembered) {
    this.limits = options.tasks();
    this.remembered = remembered;
  }

  /** Whether equal calls may share one outcome. */
  static boolean isFor(Submission calls) {
    return calls.memoizable() && isFor(calls.policy());
  }

  /** Whether tasks of this policy may share outcomes, if they are memoizable. */
  static boolean isFor(Policy policy) {
    return policy.replicas() == 1 && !policy.exclusive() && !policy.durable();
  }

  /** How many calls wait for another one's outcome. */
  int joined() {
    return joined;
  }

  /** Calls that {@link #isFor} it, within the limits: what is to be submitted, if anything is. */
  @Nullable Submission submit(Submission calls, List<Effect> out) {
    Waits waits = new Waits(calls);
    List<Shared> fresh = new ArrayList<>();
    List<Payload> inputs = new ArrayList<>();
    for (int call = 0; call < calls.size(); call++) {
      Payload input = calls.input(call);
      Cid task = Task.memoizable(limits, calls.function(), input, List.of()).cid();
      Known known = remembered.get(task);
      if (known != null) {
        out.add(new Effect.Complete(calls, call, known.value(), null, 0));
        continue;
      }
      Key key = new Key(task, calls.policy(), calls.remoteOnly());
      Shared shared = inFlight.get(key);
      if (shared == null) {
        shared = new Shared(key);
        inFlight.put(key, shared);
        shared.call = fresh.size();
        fresh.add(shared);
        inputs.add(input);
      } else {
        joined++;
      }
      shared.waiters.add(new Waiter(waits, call));
      shared.wanted++;
      waits.of[call] = shared;
      waits.left++;
    }
    if (waits.left > 0) {
      waiting.put(calls, waits);
    }
    return fresh.isEmpty() ? null : made(calls, fresh, inputs);
  }

  private Submission made(Submission calls, List<Shared> fresh, List<Payload> inputs) {
    Submission made =
        new Submission(
            new Group(fresh),
            calls.function(),
            calls.policy(),
            true,
            calls.lifetimeMillis(),
            calls.jobTasks(),
            calls.remoteOnly(),
            inputs);
    long[] keys = new long[fresh.size()];
    for (Shared shared : fresh) {
      shared.made = made;
      keys[shared.call] = rendezvousKey(shared.key.task);
    }
    made.keys(keys);
    open += fresh.size();
    return made;
  }

  /** 64 bits of a task's hash. */
  static long rendezvousKey(Cid task) {
    return task.multihash().digest().asReadOnlyBuffer().getLong();
  }

  /**
   * Nobody waits for the outcome of {@code call} of these any more, or of all of them if it is
   * negative: what is to be cancelled.
   */
  List<Unwanted> cancel(Submission calls, int call, List<Effect> out) {
    Waits waits = waiting.get(calls);
    if (waits == null) {
      return List.of(); // all had their outcomes
    }
    Outcome cancelled = new Outcome.Failure(Outcome.Kind.CANCELLED, "", "it was cancelled", "");
    List<Unwanted> unwanted = new ArrayList<>();
    for (int i = Math.max(0, call); i < (call < 0 ? calls.size() : call + 1); i++) {
      Shared shared = waits.of[i];
      if (shared == null) {
        continue;
      }
      out.add(new Effect.Complete(calls, i, cancelled, null, 0));
      over(waits, i);
      Submission made = shared.made;
      if (--shared.wanted == 0 && made != null) {
        inFlight.remove(shared.key, shared);
        unwanted.add(new Unwanted(made, shared.call));
      } else {
        joined--;
      }
    }
    return unwanted;
  }

  /** A call has its outcome. */
  private void over(Waits waits, int call) {
    waits.of[call] = null;
    if (--waits.left == 0) {
      waiting.remove(waits.submission);
    }
  }

  /** What a turn has brought about, with those in place who wait for calls that were made once. */
  List<Effect> answer(List<Effect> effects) {
    if (open == 0) {
      return effects;
    }
    List<Effect> out = new ArrayList<>(effects.size());
    for (Effect effect : effects) {
      if (effect instanceof Effect.Complete it && it.submission().caller() instanceof Group group) {
        ended(group.calls.get(it.call()), it, out);
      } else {
        out.add(effect);
      }
    }
    return out;
  }

  private void ended(Shared shared, Effect.Complete it, List<Effect> out) {
    open--;
    inFlight.remove(shared.key, shared);
    remembered.put(shared.key.task, it.outcome(), false, 0);
    joined -= Math.max(0, shared.wanted - 1);
    for (Waiter waiter : shared.waiters) {
      Waits waits = waiter.waits;
      if (waits.of[waiter.call] == shared) {
        over(waits, waiter.call);
        out.add(
            new Effect.Complete(
                waits.submission,
                waiter.call,
                it.outcome(),
                it.peer(),
                it.attempts(),
                it.batch(),
                it.index()));
      }
    }
  }
}
