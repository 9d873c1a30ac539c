package io.minga.node.core;

import io.minga.node.task.FunctionName;
import io.minga.node.task.Outcome;
import io.minga.node.task.Payload;
import io.minga.node.task.Policy;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * This peer's own single calls whose equals have equal results: those in flight are made once, and
 * values that came are remembered, the latest used ones, up to a number of bytes.
 *
 * <p>A call that is made for all who wait is a submission whose caller is this class's own, so it
 * is cancelled only when nobody waits any more.
 */
final class Memo {
  /** What an entry takes besides its input and its value, roughly. */
  private static final int ENTRY_BYTES = 256;

  private final long bytesMax;
  private final Map<Key, Shared> inFlight = new LinkedHashMap<>();
  private final Map<Submission, Shared> waiting = new LinkedHashMap<>();
  private final LinkedHashMap<Key, Outcome> known = new LinkedHashMap<>(16, 0.75f, true);
  private long bytes;

  /** What makes calls equal; how long they live does not matter. */
  private record Key(FunctionName function, Policy policy, boolean remoteOnly, Payload input) {
    static Key of(Submission call) {
      return new Key(call.function(), call.policy(), call.remoteOnly(), call.input(0));
    }
  }

  /** A call in flight, and those who wait for it. */
  private static final class Shared {
    final Key key;
    final List<Submission> waiters = new ArrayList<>(1);
    @Nullable Submission call;

    Shared(Key key) {
      this.key = key;
    }
  }

  Memo(NodeOptions options) {
    this.bytesMax = options.limits().memoBytesMax();
  }

  static boolean isFor(Submission call) {
    return call.memoizable() && call.size() == 1;
  }

  /** A call that {@link #isFor} it: what is to be submitted, if anything is. */
  @Nullable Submission submit(Submission call, List<Effect> out) {
    Key key = Key.of(call);
    Outcome outcome = known.get(key);
    if (outcome != null) {
      out.add(new Effect.Complete(call, 0, outcome, null, 0));
      return null;
    }
    Shared shared = inFlight.get(key);
    boolean first = shared == null;
    if (shared == null) {
      shared = new Shared(key);
      shared.call =
          new Submission(
              shared,
              call.function(),
              call.policy(),
              true,
              call.lifetimeMillis(),
              1,
              call.remoteOnly(),
              List.of(call.input(0)));
      inFlight.put(key, shared);
    }
    shared.waiters.add(call);
    waiting.put(call, shared);
    return first ? shared.call : null;
  }

  /** Nobody waits for {@code call} any more: what is to be cancelled, if anything is. */
  @Nullable Submission cancel(Submission call, List<Effect> out) {
    Shared shared = waiting.remove(call);
    if (shared == null) {
      return null; // it had its outcome
    }
    Outcome cancelled = new Outcome.Failure(Outcome.Kind.CANCELLED, "", "it was cancelled", "");
    out.add(new Effect.Complete(call, 0, cancelled, null, 0));
    shared.waiters.remove(call);
    if (!shared.waiters.isEmpty()) {
      return null;
    }
    inFlight.remove(shared.key);
    return shared.call;
  }

  /** What a turn has brought about, with those in place who wait for calls that were made once. */
  List<Effect> answer(List<Effect> effects) {
    if (inFlight.isEmpty()) {
      return effects.stream().noneMatch(Memo::isOurs) ? effects : without(effects);
    }
    List<Effect> out = new ArrayList<>(effects.size());
    for (Effect effect : effects) {
      if (effect instanceof Effect.Complete it && it.submission().caller() instanceof Shared of) {
        ended(of, it, out);
      } else {
        out.add(effect);
      }
    }
    return out;
  }

  private static boolean isOurs(Effect effect) {
    return effect instanceof Effect.Complete it && it.submission().caller() instanceof Shared;
  }

  private static List<Effect> without(List<Effect> effects) {
    return effects.stream().filter(effect -> !isOurs(effect)).toList();
  }

  private void ended(Shared shared, Effect.Complete it, List<Effect> out) {
    inFlight.remove(shared.key, shared);
    for (Submission waiter : shared.waiters) {
      waiting.remove(waiter);
      out.add(
          new Effect.Complete(
              waiter, 0, it.outcome(), it.peer(), it.attempts(), it.batch(), it.index()));
    }
    if (!shared.waiters.isEmpty()
        && it.outcome() instanceof Outcome.Value value
        && value.payload() instanceof Payload.Inline) {
      remember(shared.key, value);
    }
  }

  private void remember(Key key, Outcome.Value value) {
    if (known.put(key, value) == null) {
      bytes += bytes(key, value);
    }
    Iterator<Map.Entry<Key, Outcome>> oldest = known.entrySet().iterator();
    while (bytes > bytesMax && oldest.hasNext()) {
      Map.Entry<Key, Outcome> forgotten = oldest.next();
      bytes -= bytes(forgotten.getKey(), (Outcome.Value) forgotten.getValue());
      oldest.remove();
    }
  }

  private static long bytes(Key key, Outcome.Value value) {
    return key.input().sizeBytes() + value.payload().sizeBytes() + ENTRY_BYTES;
  }
}
