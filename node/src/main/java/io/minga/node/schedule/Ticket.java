package io.minga.node.schedule;

/**
 * How a task stands in line; tasks that came together share one.
 *
 * @param priority 0 to 9; those of 9 go first
 * @param bornNanos when it came into being, in this peer's time; of equal ones the oldest goes
 *     first
 * @param hops how often it has moved from peer to peer
 * @param hintNanos what its submitter expects it to take, or 0
 */
public record Ticket(
    Kind kind, Tenant tenant, int priority, long bornNanos, int hops, long hintNanos) {
  /** How many priorities there are. */
  public static final int PRIORITIES = 10;

  /** Checks the ranges. */
  public Ticket {
    if (priority < 0 || priority >= PRIORITIES || hops < 0 || hintNanos < 0) {
      throw new IllegalArgumentException(
          "a task has a priority of 0 to 9, hops ≥ 0 and a hint ≥ 0, not %d, %d and %d"
              .formatted(priority, hops, hintNanos));
    }
  }
}
