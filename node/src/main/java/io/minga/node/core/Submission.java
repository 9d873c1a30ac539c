package io.minga.node.core;

import io.minga.node.task.FunctionName;
import io.minga.node.task.Payload;
import io.minga.node.task.Policy;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Calls of one function that come in together: a single one, or up to 256 of a job. The core owns
 * it from {@link Input.Submit} on, and names it in every {@link Effect.Complete} of its calls.
 */
public final class Submission {
  /** The most calls that come in together. */
  public static final int CALLS_MAX = 256;

  private final Object caller;
  private final FunctionName function;
  private final Policy policy;
  private final boolean memoizable;
  private final long lifetimeMillis;
  private final long jobTasks;
  private final boolean remoteOnly;
  private final int size;
  private final @Nullable JobPlace place;

  /** Emptied once the calls are in batches, which have the bytes. */
  private List<Payload> inputs;

  /** Of each call, once it is known that it may meet equal ones: 64 bits of its task's hash. */
  private long @Nullable [] keys;

  /** Where the calls are, so that cancelling finds them; one batch for most. */
  private List<OwnBatch> places = List.of();

  /**
   * Calls that are to be made.
   *
   * @param caller whoever waits; the core hands it back and doesn't look into it
   * @param memoizable whether equal calls have equal results, which may be remembered
   * @param lifetimeMillis after how long nobody waits for a result any more, ≥ 1
   * @param jobTasks how many calls the job has in all, as far as that is known, or 1: it decides
   *     how they are cut into batches
   * @param remoteOnly whether this peer itself may not run them
   * @param inputs 1 to {@link #CALLS_MAX}
   */
  public Submission(
      Object caller,
      FunctionName function,
      Policy policy,
      boolean memoizable,
      long lifetimeMillis,
      long jobTasks,
      boolean remoteOnly,
      List<Payload> inputs) {
    this(caller, function, policy, memoizable, lifetimeMillis, jobTasks, remoteOnly, inputs, null);
  }

  /**
   * The same of durable calls, which others may keep.
   *
   * @param place where they are in their job; null if nobody else is to keep them
   */
  public Submission(
      Object caller,
      FunctionName function,
      Policy policy,
      boolean memoizable,
      long lifetimeMillis,
      long jobTasks,
      boolean remoteOnly,
      List<Payload> inputs,
      @Nullable JobPlace place) {
    if (inputs.isEmpty() || inputs.size() > CALLS_MAX) {
      throw new IllegalArgumentException(
          "1 to %d calls come in together, not %d".formatted(CALLS_MAX, inputs.size()));
    }
    if (lifetimeMillis < 1 || jobTasks < 1) {
      throw new IllegalArgumentException(
          "a lifetime and a number of tasks are ≥ 1, not %d ms and %d"
              .formatted(lifetimeMillis, jobTasks));
    }
    this.caller = caller;
    this.function = function;
    this.policy = policy;
    this.memoizable = memoizable;
    this.lifetimeMillis = lifetimeMillis;
    this.jobTasks = jobTasks;
    this.remoteOnly = remoteOnly;
    this.size = inputs.size();
    this.place = place;
    this.inputs = List.copyOf(inputs);
  }

  /** One call that anybody may take, which lives a day at most. */
  public static Submission single(Object caller, FunctionName function, Payload input) {
    return new Submission(
        caller, function, Policy.DEFAULT, false, 86_400_000, 1, false, List.of(input));
  }

  /** Whoever waits for the outcomes. */
  public Object caller() {
    return caller;
  }

  /** What is called. */
  public FunctionName function() {
    return function;
  }

  /** How many calls there are. */
  public int size() {
    return size;
  }

  Policy policy() {
    return policy;
  }

  boolean memoizable() {
    return memoizable;
  }

  long lifetimeMillis() {
    return lifetimeMillis;
  }

  long jobTasks() {
    return jobTasks;
  }

  boolean remoteOnly() {
    return remoteOnly;
  }

  /** Where the calls are in a durable job that others may keep; null if they are in none. */
  @Nullable JobPlace place() {
    return place;
  }

  Payload input(int call) {
    return inputs.get(call);
  }

  /** Whether both may be in one batch. */
  @SuppressWarnings("ReferenceEquality") // a short cut, for most are the same
  boolean isLike(Submission other) {
    return !policy.durable() // each of those is a job of its own
        && !(caller instanceof Stewardship)
        && !(other.caller instanceof Stewardship)
        && function.equals(other.function)
        && memoizable == other.memoizable
        && (keys == null) == (other.keys == null)
        && remoteOnly == other.remoteOnly
        && lifetimeMillis == other.lifetimeMillis
        && policy.equals(other.policy);
  }

  /** What the calls' tasks rank peers by. */
  void keys(long[] keys) {
    this.keys = keys;
  }

  /** That, if equal calls of other submitters are to be met; else null. */
  long @Nullable [] keys() {
    return keys;
  }

  /** Its calls, or some of them, are in {@code batch}. */
  void isIn(OwnBatch batch) {
    if (places.isEmpty()) {
      places = List.of(batch);
    } else {
      List<OwnBatch> more = new ArrayList<>(places);
      more.add(batch);
      places = more;
    }
  }

  List<OwnBatch> places() {
    return places;
  }

  /** All calls are in batches. */
  void cut() {
    inputs = List.of();
  }
}
