package io.minga.simulations.plan;

/**
 * The network is in two parts for a while.
 *
 * @param share of the peers, those of the highest numbers, that are in the other part
 */
public record Split(long fromNanos, long toNanos, double share) {}
