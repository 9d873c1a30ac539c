package io.minga.node.core;

/**
 * A peer that can run what is demanded.
 *
 * @param slots how many at once
 * @param othersNanos until it is through with what others gave it
 * @param meanNanos how long one runs there
 * @param deviationNanos by how much one may run longer
 * @param hadLine whether tasks stood in line there when it spoke last, so that each slot has its
 *     next
 */
record Candidate(
    Lane lane, int slots, long othersNanos, long meanNanos, long deviationNanos, boolean hadLine) {
  /** How much work a slot may have waiting at most; for long tasks. */
  private static final long HORIZON_MOST_NANOS = 1_000_000_000;

  /** That, for short tasks and a peer that answers at once. */
  private static final long HORIZON_LEAST_NANOS = 30_000_000;

  private static final int HORIZON_TASKS = 10;

  /** One of twenty run times or so is longer than the mean by more. */
  private static final double LONG_DEVIATIONS = 2;

  /** Where others have work, too, one slot in so many that become free is for ours. */
  private static final double TURN_OF = 2;

  /** When it would be through with {@code tasks} more, from now. */
  double finishNanos(int tasks) {
    double work = (double) workNanos() + (double) tasks * meanNanos;
    return othersNanos + lane.reservedNanos + work / slots;
  }

  /** When one more task would be over there, from now: as soon as a slot is free it begins. */
  double nextNanos() {
    if (!hadLine && freeSlots() > 0) {
      return (double) lane.reservedNanos + meanNanos;
    }
    double ahead = Math.max(0, (double) workNanos() - (slots - 1.0) * meanNanos);
    return othersNanos + lane.reservedNanos + ahead / slots + meanNanos;
  }

  /**
   * The same if what others gave is not all before it, since submitters take turns there. Nothing
   * is called back from anywhere for that, or it would go to and fro.
   */
  double nextInTurnNanos() {
    double inTurn = TURN_OF * ((double) workNanos() + meanNanos) / slots;
    return Math.min(nextNanos(), inTurn + lane.reservedNanos + meanNanos);
  }

  /** Whether it has so much of ours that it should get no more. */
  boolean isFull() {
    return roomTasks() < Math.max(1, slots / 4);
  }

  /** How much a slot of it has of ours. */
  double workPerSlotNanos() {
    return (double) workNanos() / slots;
  }

  /** Whether it has fewer tasks of ours than slots. */
  boolean hasFreeSlot() {
    return workNanos() < (long) slots * meanNanos;
  }

  /** How many slots it has that nothing is known to be busy with. */
  int freeSlots() {
    double tasks = ((double) workNanos() + (double) othersNanos * slots) / meanNanos;
    return (int) Math.max(0, slots - Math.ceil(tasks));
  }

  /**
   * How long one may run there if it is among the long ones.
   *
   * @param part by how much a task may run longer, as a part of the mean
   */
  double longNanos(double part) {
    return meanNanos * (1 + LONG_DEVIATIONS * part);
  }

  /** How many more tasks it should have of ours, so that no slot waits for the next. */
  double roomTasks() {
    double most = slots * (1 + (double) horizonNanos() / meanNanos);
    return most - (double) workNanos() / meanNanos;
  }

  /**
   * How much work for each slot it may have of ours, beyond what its slots are busy with; and for
   * as long as nothing may come through, unless that is many tasks.
   */
  long horizonNanos() {
    long some = HORIZON_TASKS * meanNanos;
    long ahead = HORIZON_LEAST_NANOS + 2 * lane.roundTripNanos + some;
    return Math.min(HORIZON_MOST_NANOS, ahead) + Math.min(some, lane.outageNanos());
  }

  /** Of what it has of ours, that which needs a slot. */
  long workNanos() {
    return Math.max(0, lane.workNanos - lane.parkedTasks * meanNanos);
  }
}
