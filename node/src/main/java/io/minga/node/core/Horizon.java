package io.minga.node.core;

import io.minga.node.core.Demand.Candidate;

/**
 * How many tasks a peer gets ahead of those that it runs.
 *
 * <p>Enough that none of its slots waits for the next while word is on its way, and no more: what
 * has not been handed out can still go to whoever is quicker than was expected. So tasks that are
 * long go out a few at a time, to each peer in the measure of its slots and speed, and a batch of
 * them may be with several peers; short ones go out by the batch.
 */
final class Horizon {
  /** How much work a peer has of ours at most before it gets more; for long tasks. */
  private static final long MOST_NANOS = 1_000_000_000;

  /** That, for short tasks and a peer that answers at once. */
  private static final long LEAST_NANOS = 30_000_000;

  private static final int TASKS = 10;

  /** Of each slot's worth, this part is a spare that waits for it, one in all at least. */
  private static final int SPARE_PART = 4;

  /** A peer gets more once it has room for this part, so that batches don't leave in crumbs. */
  private static final int REFILL_PART = 4;

  private Horizon() {}

  /** How many of a batch's {@code ready} tasks the peer should be given now; 0 if it has enough. */
  static int tasks(Candidate peer, int ready) {
    Lane lane = peer.lane();
    long nanos =
        Math.min(MOST_NANOS, LEAST_NANOS + 2 * lane.roundTripNanos + TASKS * peer.meanNanos());
    double least = peer.slots() + Math.max(1, peer.slots() / SPARE_PART);
    double capacity = Math.max(least, (double) nanos * peer.slots() / peer.meanNanos());
    double room = capacity - (double) peer.workNanos() / peer.meanNanos();
    return room < 1 || room < Math.min(ready, capacity / REFILL_PART)
        ? 0
        : (int) Math.min(ready, room);
  }
}
