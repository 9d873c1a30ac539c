package io.minga.node.handlers.runtime;

/**
 * What the slots are doing.
 *
 * @param slots how many there are; fewer than wished while too many threads are stuck
 * @param busy how many have a run
 * @param queued how many runs wait
 * @param parked how many tasks have started and hold no slot
 * @param stuck how many threads were given up and still run
 * @param abandoned how many threads were given up since the start
 */
public record SlotCounts(int slots, int busy, int queued, int parked, int stuck, long abandoned) {}
