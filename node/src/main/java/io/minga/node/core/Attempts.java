package io.minga.node.core;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.identity.PeerId;
import io.minga.node.task.Tries;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Of each task of an own batch: in which epoch it was handed out last, how many attempts have
 * failed, and with how many of them a worker died. A batch that is journaled begins where its last
 * life ended, as far as that was written down.
 */
final class Attempts {
  /**
   * How many epochs an exclusive task is given at a time. Those are written down before any of them
   * is used, so that a later life begins after them; the first ones need no writing.
   */
  static final int RESERVED = 1024;

  /** How many epochs a later life passes over, if a worker died in an earlier one. */
  private static final int PASSED_OVER = 64;

  // Of batches of which no task has come to that; there may be millions.
  private static final int[] NO_EPOCHS = {};
  private static final byte[] NO_COUNTS = {};
  private static final @Nullable PeerId[] NOWHERE = {};

  private final boolean reserves;

  /** Of each task: how often it was handed to a peer. */
  private final short[] handed;

  /** Of each task: by how much its epoch is above that, since it moved or was taken back. */
  private int[] raised = NO_EPOCHS;

  /** Of each task, if there was an earlier life: it is handed out in later epochs only. */
  private int[] floors = NO_EPOCHS;

  private byte[] failures = NO_COUNTS;

  /** Of each task: the epoch of the attempt that failed last. */
  private int[] failedIn = NO_EPOCHS;

  private byte[] deaths = NO_COUNTS;

  /** Of each task: the epoch of the worker that died with it last. */
  private int[] deadIn = NO_EPOCHS;

  /** Of each task: where that was, if that was in this life. */
  private @Nullable PeerId[] deadAt = NOWHERE;

  /** The last epoch in which tasks may be handed out, as far as that is written down. */
  private int reserved;

  /** The same, once what is being written is. */
  private int reserving;

  /**
   * Those of a batch.
   *
   * @param reserves whether an epoch may be used once only, also over a restart
   */
  Attempts(int tasks, boolean reserves) {
    this.handed = new short[tasks];
    this.reserves = reserves;
    this.reserved = reserves ? RESERVED : Integer.MAX_VALUE;
    this.reserving = reserved;
  }

  // Epochs.

  int handed(int index) {
    return handed[index];
  }

  /** The epoch in which the task was handed out last, or that its owner has claimed since. */
  int epoch(int index) {
    return floor(index) + handed[index] + (raised.length == 0 ? 0 : raised[index]);
  }

  /** The task is handed out in the epoch after this one. */
  int before(int index) {
    return Math.max(floor(index), epoch(index));
  }

  /** In no epoch up to this one the task is handed out in this life. */
  int floor(int index) {
    return floors.length == 0 ? 0 : floors[index];
  }

  /** The task is handed to a peer. */
  void isHanded(int index) {
    raise(index, floor(index));
    if (handed[index] == Short.MAX_VALUE) {
      raise(index, epoch(index) + 1);
    } else {
      handed[index]++;
    }
  }

  /** Its attempt was none: nobody claimed it. */
  void isRefused(int index) {
    handed[index]--;
  }

  /** The task's epoch is at least this from now on; the next peer gets it in the one after. */
  void raise(int index, int epoch) {
    if (epoch > epoch(index)) {
      set(index, epoch);
    }
  }

  /** A peer has the task from an earlier life, in this epoch. */
  void adopt(int index, int epoch) {
    set(index, epoch);
  }

  private void set(int index, int epoch) {
    if (raised.length == 0) {
      raised = new int[handed.length];
    }
    raised[index] = epoch - floor(index) - handed[index];
  }

  /** Whether the task may be handed out now: the epoch in which it would be is written down. */
  boolean mayBegin(int index) {
    return before(index) < reserved;
  }

  /** Whether more epochs should be written down, since this one is used. */
  boolean runsShort(int epoch) {
    return epoch > reserving - RESERVED / 2;
  }

  /** More epochs are being written down; returns up to which. */
  int reserve() {
    reserving += RESERVED;
    return reserving;
  }

  /** They are. */
  void isReserved(int upTo) {
    reserved = Math.max(reserved, upTo);
  }

  // Failures.

  /** Counts an attempt that failed in an epoch; returns how many there are. */
  int fails(int index, int epoch) {
    makeRoomForFailures();
    failedIn[index] = Math.max(failedIn[index], epoch);
    failures[index] = (byte) Math.min(Tries.COUNT_MAX, failures(index) + 1);
    return failures(index);
  }

  /** In which epoch the last attempt failed that is counted; 0 if none has. */
  int failedIn(int index) {
    return failedIn.length == 0 ? 0 : failedIn[index];
  }

  private void makeRoomForFailures() {
    if (failures.length == 0) {
      failures = new byte[handed.length];
      failedIn = new int[handed.length];
    }
  }

  int failures(int index) {
    return failures.length == 0 ? 0 : failures[index] & 0xff;
  }

  /**
   * Counts a worker that died with it at a peer in an epoch, once however often that is said;
   * returns how many there are.
   */
  int dies(int index, int epoch, PeerId at) {
    makeRoomForDeaths();
    PeerId before = deadAt[index];
    boolean isSaidAgain =
        deaths[index] > 0 && deadIn[index] == epoch && (before == null || before.equals(at));
    if (!isSaidAgain) {
      deaths[index]++;
      deadIn[index] = epoch;
      deadAt[index] = at;
    }
    return deaths(index);
  }

  private void makeRoomForDeaths() {
    if (deaths.length == 0) {
      deaths = new byte[handed.length];
      deadIn = new int[handed.length];
      deadAt = new PeerId[handed.length];
    }
  }

  int deaths(int index) {
    return deaths.length == 0 ? 0 : deaths[index] & 0xff;
  }

  // Over lives.

  /** What is to be written down of these tasks. */
  Tries tries(IndexSet tasks) {
    return Tries.of(
        tasks,
        index ->
            new Tries.Count(
                used(index),
                failures(index),
                deaths(index),
                deaths(index) > 0 ? deadIn[index] : 0,
                failedIn(index)));
  }

  private int used(int index) {
    if (reserves) {
      return reserving;
    }
    return deaths(index) > 0
        ? before(index) + PASSED_OVER
        : failures(index) > 0 ? before(index) : 0;
  }

  /** What was written down of these tasks in an earlier life. */
  void restore(IndexSet tasks, Tries tries) {
    floors = new int[handed.length];
    tasks.forEach(index -> floors[index] = tries.count(index).epoch());
    if (reserves) {
      for (int floor : floors) {
        reserving = Math.max(reserving, floor);
      }
      Arrays.fill(floors, reserving);
      reserved = reserving;
    }
    learn(tasks, tries);
    tasks.forEach(
        index -> {
          if (deaths(index) > 0) {
            deadIn[index] = tries.count(index).deadIn();
          }
          if (failures(index) > 0) {
            failedIn[index] = tries.count(index).failedIn();
          }
        });
  }

  /**
   * Others have had them run, too, and may know of more failures or deaths.
   *
   * @return those of which they do
   */
  IndexSet learn(IndexSet tasks, Tries tries) {
    IndexBits news = new IndexBits();
    tasks.forEach(
        index -> {
          Tries.Count count = tries.count(index);
          if (count.failures() > failures(index)) {
            makeRoomForFailures();
            failures[index] = (byte) count.failures();
            news.add(index);
          }
          if (count.deaths() > deaths(index)) {
            makeRoomForDeaths();
            deadIn[index] = 0;
            deadAt[index] = null;
            deaths[index] = (byte) count.deaths();
            news.add(index);
          }
        });
    return news.toSet();
  }
}
