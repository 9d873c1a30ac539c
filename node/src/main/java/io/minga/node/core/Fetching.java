package io.minga.node.core;

import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Cid;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is fetched when, of the inputs and results that go by their CIDs: each once for all who wait
 * for it, results first, then by priority and as they were wanted, so many at once, and inputs so
 * many bytes ahead. What is here stays while somebody uses it, and a moment longer.
 */
final class Fetching {
  /** The priority of results: somebody waits for each, and its owner has to keep it. */
  static final int RESULT = 10;

  private final FetchOptions options;
  private final Map<Cid, Want> wants = new LinkedHashMap<>();

  /** Those that are not asked for yet; those that nobody wants any more among them. */
  private final PriorityQueue<Want> line = new PriorityQueue<>();

  /** Those that nobody uses, by when that began; those that somebody uses again among them. */
  private final Deque<Idle> idle = new ArrayDeque<>();

  private long number;
  private int flying;
  private long inputBytes;
  private long idleBytes;

  /** Who waits for a block; told once which of both it is. Equal ones are the same. */
  interface Waiter {
    /** It is here, and the waiter uses it until it says {@link Fetching#over}. */
    void here(long nowNanos);

    /** It is not to be had. */
    void missing(long nowNanos, String why);
  }

  private enum State {
    IN_LINE,
    ON_ITS_WAY,
    HERE,
    GONE
  }

  /** A block that is wanted. */
  private static final class Want implements Comparable<Want> {
    final Cid cid;
    final long sizeBytes;
    final int priority;
    final long number;
    final Set<PeerId> from = new LinkedHashSet<>(2);
    final Set<Waiter> waiting = new LinkedHashSet<>(2);
    State state = State.IN_LINE;
    int users;

    /** Which of its idle times the present one is. */
    int idles;

    Want(Cid cid, long sizeBytes, int priority, long number) {
      this.cid = cid;
      this.sizeBytes = sizeBytes;
      this.priority = priority;
      this.number = number;
    }

    boolean isInput() {
      return priority < RESULT;
    }

    @Override
    public int compareTo(Want other) {
      int byPriority = Integer.compare(other.priority, priority);
      return byPriority != 0 ? byPriority : Long.compare(number, other.number);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return Long.hashCode(number);
    }
  }

  /** A time in which nobody uses a block. */
  private record Idle(Want want, int which, long untilNanos) {
    boolean lasts() {
      return want.state == State.HERE && want.users == 0 && want.idles == which;
    }
  }

  Fetching(FetchOptions options) {
    this.options = options;
  }

  /** Uses a block if it is here; false if it is not, and has to be wanted. */
  boolean use(Cid cid) {
    Want want = wants.get(cid);
    if (want == null || want.state != State.HERE) {
      return false;
    }
    if (want.users++ == 0) {
      idleBytes -= want.sizeBytes;
    }
    return true;
  }

  /** Wants a block that is not here. */
  void want(Cid cid, long sizeBytes, PeerId from, int priority, Waiter waiter) {
    Want want = wants.get(cid);
    if (want == null) {
      want = new Want(cid, sizeBytes, priority, number++);
      wants.put(cid, want);
      line.add(want);
    }
    want.from.add(from);
    want.waiting.add(waiter);
  }

  /** Whether {@code waiter} waits for it. */
  boolean isAwaited(Cid cid, Waiter waiter) {
    Want want = wants.get(cid);
    return want != null && want.waiting.contains(waiter);
  }

  /** A waiter wants it no more. */
  void forget(Cid cid, Waiter waiter) {
    Want want = wants.get(cid);
    if (want != null
        && want.waiting.remove(waiter)
        && want.waiting.isEmpty()
        && want.state == State.IN_LINE) {
      gone(want);
    }
  }

  /** Somebody who used it does so no more. */
  void over(long nowNanos, Cid cid, List<Effect> out) {
    Want want = wants.get(cid);
    if (want == null || want.users == 0) {
      throw new IllegalStateException("nobody uses block " + cid);
    }
    if (--want.users == 0) {
      rest(nowNanos, want, out);
    }
  }

  private void rest(long nowNanos, Want want, List<Effect> out) {
    idleBytes += want.sizeBytes;
    if (!want.isInput()) {
      release(want, out);
      return;
    }
    idle.add(new Idle(want, ++want.idles, nowNanos + options.idle().toNanos()));
    while (idleBytes > options.idleBytesMax()) {
      releaseOldest(out);
    }
  }

  private void releaseOldest(List<Effect> out) {
    Idle oldest = idle.remove();
    if (oldest.lasts()) {
      release(oldest.want, out);
    }
  }

  private void release(Want want, List<Effect> out) {
    idleBytes -= want.sizeBytes;
    inputBytes -= want.isInput() ? want.sizeBytes : 0;
    gone(want);
    out.add(new Effect.Release(want.cid));
  }

  private void gone(Want want) {
    want.state = State.GONE;
    wants.remove(want.cid);
  }

  /** A block came. */
  void fetched(long nowNanos, Cid cid, List<Effect> out) {
    Want want = flown(cid);
    if (want == null) {
      out.add(new Effect.Release(cid));
      return;
    }
    want.state = State.HERE;
    List<Waiter> waiting = List.copyOf(want.waiting);
    want.waiting.clear();
    want.users = waiting.size();
    waiting.forEach(each -> each.here(nowNanos));
    if (waiting.isEmpty()) {
      rest(nowNanos, want, out);
    }
  }

  /** A block is not to be had. */
  void notFetched(long nowNanos, Cid cid, String why) {
    Want want = flown(cid);
    if (want != null) {
      inputBytes -= want.isInput() ? want.sizeBytes : 0;
      gone(want);
      List.copyOf(want.waiting).forEach(each -> each.missing(nowNanos, why));
    }
  }

  private @Nullable Want flown(Cid cid) {
    Want want = wants.get(cid);
    if (want == null || want.state != State.ON_ITS_WAY) {
      return null;
    }
    flying--;
    return want;
  }

  /** Asks for what may be asked for now, and lets go of what nobody has used for a while. */
  void flush(long nowNanos, List<Effect> out) {
    while (!idle.isEmpty() && (!idle.peek().lasts() || idle.peek().untilNanos - nowNanos <= 0)) {
      releaseOldest(out);
    }
    while (flying < options.atOnceMax() && !line.isEmpty()) {
      Want next = line.peek();
      if (next.state == State.IN_LINE) {
        makeRoom(next, out);
        if (next.isInput()
            && inputBytes > 0
            && inputBytes + next.sizeBytes > options.aheadBytesMax()) {
          return;
        }
        next.state = State.ON_ITS_WAY;
        flying++;
        inputBytes += next.isInput() ? next.sizeBytes : 0;
        out.add(new Effect.Fetch(next.cid, next.sizeBytes, new ArrayList<>(next.from)));
      }
      line.remove();
    }
  }

  private void makeRoom(Want next, List<Effect> out) {
    while (next.isInput()
        && !idle.isEmpty()
        && inputBytes + next.sizeBytes > options.aheadBytesMax()) {
      releaseOldest(out);
    }
  }

  /** When {@link #flush} has something to do. */
  long nextDeadlineNanos(long never) {
    Idle first = idle.peek();
    return first == null || never - first.untilNanos <= 0 ? never : first.untilNanos;
  }

  /** How many blocks are wanted or here. */
  int size() {
    return wants.size();
  }
}
