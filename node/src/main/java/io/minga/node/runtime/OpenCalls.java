package io.minga.node.runtime;

import io.minga.crdt.claims.IndexSet;
import io.minga.node.core.Effect;
import io.minga.node.runtime.store.BlockHold;
import io.minga.node.task.Outcome;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The callers that wait for something. The core owes each call an outcome; this is for when the
 * core is not there any more. Belongs to the loop; it holds no more than the core lets in.
 */
final class OpenCalls {
  private static final @Nullable BlockHold[] NO_HOLDS = {};
  private static final long[] NO_BITS = {};

  private final Entry head = new Entry(null, 0, NO_HOLDS);

  /** What is to be done when the turn ends; most outcomes of a turn are for the same few. */
  private final Set<Runnable> afterTurn = new LinkedHashSet<>();

  private @Nullable Runnable lastAfterTurn;

  OpenCalls() {
    head.before = head;
    head.after = head;
  }

  /** Calls that were submitted together: what a submission names as its caller. */
  static final class Entry {
    private final @Nullable Caller caller;
    private final int size;

    /** What keeps the arguments that go by their CIDs, by call; empty if there are none. */
    private final @Nullable BlockHold[] holds;

    private int left;

    /** A bit for each that has ended, if there is more than one. */
    private final long[] ended;

    private Entry before = this;
    private Entry after = this;

    Entry(@Nullable Caller caller, int size, @Nullable BlockHold[] holds) {
      this.caller = caller;
      this.size = size;
      this.holds = holds;
      this.left = size;
      this.ended = size > 1 ? new long[(size + Long.SIZE - 1) / Long.SIZE] : NO_BITS;
    }

    /** Calls of which those that are not {@code open} had ended before. */
    Entry(Caller caller, int size, IndexSet open) {
      this(caller, size, NO_HOLDS);
      IndexSet.range(0, size).andNot(open).forEach(this::end);
    }

    private void end(int call) {
      if (size > 1) {
        ended[call / Long.SIZE] |= 1L << call;
      }
      left--;
    }

    /** Whoever waits. */
    @Nullable Caller caller() {
      return caller;
    }

    /** Tells the caller that all its calls, but for those that ended, have {@code outcome}. */
    void abandon(Outcome outcome) {
      if (caller == null) {
        return;
      }
      for (int call = 0; call < size; call++) {
        if (!hasEnded(call)) {
          release(call);
          caller.completed(call, outcome, null, 0);
        }
      }
      Runnable after = caller.afterTurn();
      if (after != null) {
        after.run();
      }
    }

    private boolean hasEnded(int call) {
      return size > 1 ? (ended[call / Long.SIZE] & 1L << call) != 0 : left == 0;
    }

    /** The argument of a call is needed no more. */
    private void release(int call) {
      BlockHold hold = holds.length == 0 ? null : holds[call];
      if (hold != null) {
        hold.close();
      }
    }
  }

  /** It waits from now on. */
  void add(Entry entry) {
    entry.before = head.before;
    entry.after = head;
    head.before.after = entry;
    head.before = entry;
  }

  /** One of its calls has ended. */
  void completed(Entry entry, Effect.Complete end) {
    entry.end(end.call());
    if (entry.left == 0) {
      entry.before.after = entry.after;
      entry.after.before = entry.before;
    }
    entry.release(end.call());
    Caller caller = entry.caller;
    if (caller != null) {
      caller.completed(end);
      Runnable after = caller.afterTurn();
      if (after != null && after != lastAfterTurn) {
        lastAfterTurn = after;
        afterTurn.add(after);
      }
    }
  }

  /** No more outcomes come for now. */
  void endTurn() {
    if (lastAfterTurn != null) {
      List<Runnable> actions = new ArrayList<>(afterTurn);
      afterTurn.clear();
      lastAfterTurn = null;
      actions.forEach(Runnable::run);
    }
  }

  /** Callers that get no more outcomes from the core. */
  List<Entry> drain() {
    List<Entry> entries = new ArrayList<>();
    for (Entry entry = head.after; entry != head; entry = entry.after) {
      entries.add(entry);
    }
    head.before = head;
    head.after = head;
    return entries;
  }
}
