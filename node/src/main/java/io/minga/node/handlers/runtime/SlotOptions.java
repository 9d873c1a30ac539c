package io.minga.node.handlers.runtime;

import java.time.Duration;

/**
 * How a peer's slots behave. Begin with {@link #defaults}.
 *
 * @param slots how many tasks compute at once, each on a thread of its own
 * @param queuedRunsMax how many runs may wait for a slot
 * @param parkedMax how many tasks may have started and hold no slot
 * @param abandonedMax how many threads may be stuck in handlers that ignore interruption; with
 *     more, their slots stay lost until one returns
 * @param resultBytesMax the size of a result
 * @param flush how old an outcome may become before it is told, though its run goes on
 * @param grace how long a handler may take to return after it was interrupted
 */
public record SlotOptions(
    int slots,
    int queuedRunsMax,
    int parkedMax,
    int abandonedMax,
    int resultBytesMax,
    Duration flush,
    Duration grace) {
  /** How many slots a peer may have. */
  public static final int SLOTS_MAX = 4096;

  /** Checks that there is at least one slot and something of everything. */
  public SlotOptions {
    if (slots < 1 || slots > SLOTS_MAX) {
      throw new IllegalArgumentException(
          "a peer has 1 to %d slots, not %d".formatted(SLOTS_MAX, slots));
    }
    if (queuedRunsMax < 1 || parkedMax < 0 || abandonedMax < 0 || resultBytesMax < 0) {
      throw new IllegalArgumentException("a limit of slots is negative, or no run may wait");
    }
    if (flush.isNegative() || grace.isNegative()) {
      throw new IllegalArgumentException("flush and grace can't be negative");
    }
  }

  /**
   * As many slots as the machine has cores, two runs waiting for each, 10,000 parked tasks, 64
   * stuck threads, results of 64 MiB, outcomes told after 1 ms, one second to return.
   */
  public static SlotOptions defaults() {
    return slots(Math.min(SLOTS_MAX, Runtime.getRuntime().availableProcessors()));
  }

  /** The defaults, with this many slots. */
  public static SlotOptions slots(int slots) {
    return new SlotOptions(
        slots, 2 * slots, 10_000, 64, 64 << 20, Duration.ofMillis(1), Duration.ofSeconds(1));
  }

  /** The same with another limit on parked tasks. */
  public SlotOptions withParkedMax(int max) {
    return new SlotOptions(slots, queuedRunsMax, max, abandonedMax, resultBytesMax, flush, grace);
  }

  /** The same with another limit on stuck threads. */
  public SlotOptions withAbandonedMax(int max) {
    return new SlotOptions(slots, queuedRunsMax, parkedMax, max, resultBytesMax, flush, grace);
  }

  /** The same with another limit on the size of a result. */
  public SlotOptions withResultBytesMax(int max) {
    return new SlotOptions(slots, queuedRunsMax, parkedMax, abandonedMax, max, flush, grace);
  }

  /** The same with another time to return after an interruption. */
  public SlotOptions withGrace(Duration time) {
    return new SlotOptions(
        slots, queuedRunsMax, parkedMax, abandonedMax, resultBytesMax, flush, time);
  }
}
