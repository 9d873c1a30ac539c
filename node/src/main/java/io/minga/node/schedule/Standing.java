package io.minga.node.schedule;

import io.minga.libp2p.identity.PeerId;

/**
 * How a peer stands for tasks of one kind.
 *
 * @param slots how many of them it runs at once, at least 1
 * @param finishNanos from now until it is through with what it holds
 * @param meanNanos how long one of these tasks runs there
 */
public record Standing(PeerId peer, int slots, long finishNanos, long meanNanos) {
  /** Checks that it works at all. */
  public Standing {
    if (slots < 1 || finishNanos < 0 || meanNanos < 1) {
      throw new IllegalArgumentException(
          "a peer has slots, a finish time and a mean, not %d, %d and %d"
              .formatted(slots, finishNanos, meanNanos));
    }
  }

  /** How many of these tasks it ends in a nanosecond. */
  double rate() {
    return (double) slots / meanNanos;
  }
}
