package io.minga.simulations.node;

import io.minga.libp2p.wire.Bytes;
import io.minga.node.task.Outcome;
import io.minga.node.task.Payload;
import io.minga.node.task.Policy;
import io.minga.simulations.plan.Burst;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * All calls of a run: who made them, how often they were run, and how they ended. It sees to it
 * that each has one outcome at most, and the right one.
 *
 * <p>Calls are numbered in the order of the bursts. A call's input is its number, and so is its
 * value.
 */
final class Ledger {
  /** A function that sometimes fails, and says so. */
  static final String FLAKY = "flaky";

  /** A function whose calls are exclusive. */
  static final String EXCLUSIVE = "exclusive";

  /** A function whose worker dies with it. */
  static final String KILLER = "killer";

  private final Burst[] bursts;
  private final int[] firsts;

  /** Of each burst: whether its calls were made, and whether their caller wants no outcomes. */
  private final boolean[] isMade;

  private final boolean[] isCancelled;
  private final byte[] runs;

  /** Of each task: the peers with which a worker has died with it. */
  private final Map<Integer, List<Integer>> killed = new LinkedHashMap<>();

  /** Of each task: from which peers it was called back before it was over. */
  private final Map<Integer, List<Integer>> calledBack = new LinkedHashMap<>();

  /** How often handlers have thrown. */
  private final byte[] thrown;

  private final boolean[] isOver;
  private final long[] overNanos;
  private int open;
  private int measuredOpen;
  private long duplicates;
  private long handouts;
  private long failures;
  private boolean mayLackPeers;

  Ledger(List<Burst> all) {
    bursts = all.toArray(new Burst[0]);
    firsts = new int[bursts.length];
    isMade = new boolean[bursts.length];
    isCancelled = new boolean[bursts.length];
    int count = 0;
    for (int i = 0; i < bursts.length; i++) {
      firsts[i] = count;
      count += bursts[i].size();
    }
    runs = new byte[count];
    thrown = new byte[count];
    isOver = new boolean[count];
    overNanos = new long[count];
    open = count;
    for (Burst burst : bursts) {
      measuredOpen += burst.isMeasured() ? burst.size() : 0;
    }
  }

  int size() {
    return runs.length;
  }

  int first(int burst) {
    return firsts[burst];
  }

  private int place(int task) {
    int found = Arrays.binarySearch(firsts, task);
    int at = found >= 0 ? found : -found - 2;
    while (at + 1 < firsts.length && firsts[at + 1] == firsts[at]) {
      at++; // an empty burst
    }
    return at;
  }

  Burst burst(int task) {
    return bursts[place(task)];
  }

  double lengthNanos(int task) {
    int at = place(task);
    return bursts[at].lengthNanos(task - firsts[at]);
  }

  /** A peer's worker dies with a task. */
  void kills(int task, int peer) {
    killed.computeIfAbsent(task, it -> new ArrayList<>()).add(peer);
  }

  /** A task without an outcome is called back from a peer that was pushed it. */
  void callsBack(int task, int peer) {
    calledBack.computeIfAbsent(task, it -> new ArrayList<>()).add(peer);
  }

  /** A task has run to its end somewhere. */
  void ran(int task) {
    if (runs[task] < Byte.MAX_VALUE && ++runs[task] > 1) {
      duplicates++;
    }
  }

  /** A task's handler has thrown somewhere. */
  void threw(int task) {
    thrown[task]++;
  }

  /** Whether a task has run to its end anywhere. */
  boolean hasRun(int task) {
    return runs[task] > 0;
  }

  /** A call is over. */
  void over(long nowNanos, int task, Outcome outcome, int attempts) {
    if (isOver[task]) {
      throw new BrokenPromiseException(task, "it has a second outcome, " + outcome);
    }
    Burst burst = burst(task);
    if (outcome instanceof Outcome.Value value) {
      int said = number(value.payload());
      if (said != task) {
        throw new BrokenPromiseException(task, "its outcome is that of task " + said);
      }
      if (runs[task] == 0) {
        throw new BrokenPromiseException(task, "it has a value, and never ran");
      }
    } else {
      failures++;
      Outcome.Kind kind = ((Outcome.Failure) outcome).kind();
      if (!mayFail(task, kind)) {
        throw new BrokenPromiseException(task, "it failed: " + outcome);
      }
    }
    isOver[task] = true;
    overNanos[task] = nowNanos;
    handouts += Math.max(0, attempts - 1);
    open--;
    measuredOpen -= burst.isMeasured() ? 1 : 0;
  }

  private boolean mayFail(int task, Outcome.Kind kind) {
    return switch (kind) {
      // It is tried as often as promised before that is its end.
      case HANDLER -> thrown[task] >= Policy.DEFAULT.attemptsMax();
      // Whoever was running it when two peers died is taken for their killer.
      case WORKER_DIED -> true;
      case CANCELLED -> isCancelled[place(task)];
      // A peer without slots waits for others, but not for ever.
      case UNKNOWN_FUNCTION -> mayLackPeers;
      default -> false;
    };
  }

  /** From now on it may be that nobody can be reached who runs something. */
  void mayLackPeers() {
    mayLackPeers = true;
  }

  /** The calls of a burst are made. */
  void make(int burst) {
    isMade[burst] = true;
  }

  boolean isMade(int burst) {
    return isMade[burst];
  }

  /** The caller of a burst wants no outcomes any more. */
  void cancel(int burst) {
    isCancelled[burst] = true;
  }

  /** Nobody is there to make the calls of a burst. */
  void skip(int burst) {
    abandon(burst, isMade[burst]);
  }

  /** What nobody will wait for any more: the calls that a peer has made which is gone. */
  void abandonAll(int peer) {
    for (int i = 0; i < bursts.length; i++) {
      if (bursts[i].peer() == peer && isMade[i]) {
        abandon(i, true);
      }
    }
  }

  private void abandon(int burst, boolean made) {
    isMade[burst] = made;
    for (int task = firsts[burst]; task < firsts[burst] + bursts[burst].size(); task++) {
      if (!isOver[task]) {
        isOver[task] = true;
        overNanos[task] = -1;
        open--;
        measuredOpen -= bursts[burst].isMeasured() ? 1 : 0;
      }
    }
  }

  boolean isOver(int task) {
    return isOver[task];
  }

  /** When the last call of a burst was over; {@code otherwise} if one isn't. */
  long endNanos(int burst, long otherwise) {
    long end = 0;
    for (int task = firsts[burst]; task < firsts[burst] + bursts[burst].size(); task++) {
      end = Math.max(end, isOver[task] ? overNanos[task] : otherwise);
    }
    return end;
  }

  int open() {
    return open;
  }

  int measuredOpen() {
    return measuredOpen;
  }

  /** The first call without an outcome; -1 if there is none. */
  int firstOpen() {
    for (int task = 0; task < isOver.length; task++) {
      if (!isOver[task]) {
        return task;
      }
    }
    return -1;
  }

  /** How often tasks ran to their end that had before. */
  long duplicates() {
    return duplicates;
  }

  /**
   * The tasks that have run to their end more than once, and were not called back: of one that is,
   * the outcome may be on its way at that moment.
   */
  List<Integer> repeated() {
    List<Integer> repeated = new ArrayList<>();
    for (int task = 0; task < runs.length; task++) {
      if (runs[task] > 1 && !calledBack.containsKey(task)) {
        repeated.add(task);
      }
    }
    return repeated;
  }

  /** How often tasks were handed to a peer again. */
  long handouts() {
    return handouts;
  }

  long failures() {
    return failures;
  }

  /**
   * How many workers a task has killed, but for those from which it was called back: of such a
   * death its submitter may not have heard when it gave the task to another.
   */
  int killed(int task) {
    List<Integer> left = new ArrayList<>(calledBack.getOrDefault(task, List.of()));
    int count = 0;
    for (Integer peer : killed.getOrDefault(task, List.of())) {
      count += left.remove(peer) ? 0 : 1;
    }
    return count;
  }

  static Payload payload(int task) {
    return Payload.of(Bytes.copyOf(ByteBuffer.allocate(Integer.BYTES).putInt(task).array()));
  }

  static int number(Payload payload) {
    return ((Payload.Inline) payload).view().getInt();
  }
}
