package io.minga.node;

import io.minga.node.task.Placement;
import io.minga.node.task.Policy;
import io.minga.node.task.Requirements;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * How a function is called. Begin with {@link #DEFAULT}.
 *
 * @param priority 0 to 9; of what waits at a peer the higher goes first
 * @param timeout how long one attempt may run; zero is as long as it likes
 * @param attemptsMax how often it may be tried if it fails
 * @param requires tags that a peer must have, such as {@code gpu}
 * @param memoized whether equal calls have equal results, so that one of them will do
 * @param remoteOnly whether this peer itself may not run it
 * @param exclusive whether one peer at a time may run it, under a lease; can't be memoized
 * @param lifetime after how long nobody waits for the result any more
 */
public record CallOptions(
    int priority,
    Duration timeout,
    int attemptsMax,
    List<String> requires,
    boolean memoized,
    boolean remoteOnly,
    boolean exclusive,
    Duration lifetime) {
  /** Priority 5, no timeout, three attempts, on any peer, within a day. */
  public static final CallOptions DEFAULT =
      new CallOptions(5, Duration.ZERO, 3, List.of(), false, false, false, Duration.ofDays(1));

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException which says what is wrong
   */
  public CallOptions {
    requires = List.copyOf(requires);
    if (timeout.isNegative()) {
      throw new IllegalArgumentException("a timeout can't be negative: " + timeout);
    }
    if (lifetime.toMillis() < 1) {
      throw new IllegalArgumentException("a call lives at least a millisecond, not " + lifetime);
    }
    if (exclusive && memoized) {
      throw new IllegalArgumentException(
          "a call is exclusive or memoized, not both: equal calls would share one run");
    }
    policy(priority, timeout, attemptsMax, requires, exclusive);
  }

  /** These options with another priority. */
  public CallOptions withPriority(int priority) {
    return new CallOptions(
        priority, timeout, attemptsMax, requires, memoized, remoteOnly, exclusive, lifetime);
  }

  /** These options with another limit on one attempt's time. */
  public CallOptions withTimeout(Duration timeout) {
    return new CallOptions(
        priority, timeout, attemptsMax, requires, memoized, remoteOnly, exclusive, lifetime);
  }

  /** These options with another number of attempts. */
  public CallOptions withAttemptsMax(int attemptsMax) {
    return new CallOptions(
        priority, timeout, attemptsMax, requires, memoized, remoteOnly, exclusive, lifetime);
  }

  /** These options, requiring {@code tags} as well. */
  public CallOptions requiring(String... tags) {
    List<String> all = new ArrayList<>(requires);
    all.addAll(List.of(tags));
    return new CallOptions(
        priority,
        timeout,
        attemptsMax,
        all.stream().distinct().sorted().toList(),
        memoized,
        remoteOnly,
        exclusive,
        lifetime);
  }

  /** These options, for calls whose equals have equal results, or not. */
  public CallOptions withMemoized(boolean memoized) {
    return new CallOptions(
        priority, timeout, attemptsMax, requires, memoized, remoteOnly, exclusive, lifetime);
  }

  /** These options, for calls that this peer itself may not run, or may. */
  public CallOptions withRemoteOnly(boolean remoteOnly) {
    return new CallOptions(
        priority, timeout, attemptsMax, requires, memoized, remoteOnly, exclusive, lifetime);
  }

  /** These options, for calls that one peer at a time may run, under a lease, or any. */
  public CallOptions withExclusive(boolean exclusive) {
    return new CallOptions(
        priority, timeout, attemptsMax, requires, memoized, remoteOnly, exclusive, lifetime);
  }

  /** These options, waiting so long for a result. */
  public CallOptions withLifetime(Duration lifetime) {
    return new CallOptions(
        priority, timeout, attemptsMax, requires, memoized, remoteOnly, exclusive, lifetime);
  }

  Policy policy() {
    return policy(priority, timeout, attemptsMax, requires, exclusive);
  }

  private static Policy policy(
      int priority, Duration timeout, int attemptsMax, List<String> requires, boolean exclusive) {
    long millis = timeout.isZero() ? 0 : Math.max(1, timeout.toMillis());
    return new Policy(
        priority,
        millis,
        attemptsMax,
        requires.isEmpty() ? Requirements.NONE : new Requirements(requires, 0, 0),
        Placement.BALANCED,
        1,
        1,
        exclusive,
        false,
        "");
  }
}
