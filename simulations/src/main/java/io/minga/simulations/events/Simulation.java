package io.minga.simulations.events;

import java.util.SplittableRandom;

/**
 * One run over virtual time: a clock that jumps from event to event, and a seed.
 *
 * <p>Everything that happens hangs on the seed alone. Each purpose draws from a generator of its
 * own, so that one which draws more does not change what the others see: a run with an attack has
 * the topology of the run without.
 */
public final class Simulation {
  /** A millisecond of virtual time. */
  public static final long MILLI = 1_000_000;

  /** A second of virtual time. */
  public static final long SECOND = 1000 * MILLI;

  private final long seed;
  private final EventQueue queue = new EventQueue();
  private final Trace trace = new Trace();
  private long nowNanos;
  private long events;

  /** A run that begins at 0 and has no events yet. */
  public Simulation(long seed) {
    this.seed = seed;
  }

  /** What everything depends on. */
  public long seed() {
    return seed;
  }

  /** The moment of virtual time, from 0. */
  public long nowNanos() {
    return nowNanos;
  }

  /** How many events have happened. */
  public long events() {
    return events;
  }

  /** The hash of what happened. */
  public Trace trace() {
    return trace;
  }

  /** A generator for {@code purpose}, the same for the same seed. */
  public SplittableRandom random(String purpose) {
    return random(purpose, 0);
  }

  /** A generator for the {@code number}th of {@code purpose}, the same for the same seed. */
  public SplittableRandom random(String purpose, int number) {
    Trace mixed = new Trace();
    mixed.add(seed);
    mixed.add(purpose.hashCode());
    mixed.add(number);
    return new SplittableRandom(mixed.hash());
  }

  /** Lets {@code event} happen at {@code atNanos}, or now if that is past. */
  public void at(long atNanos, Event event) {
    queue.add(Math.max(atNanos, nowNanos), event);
  }

  /** Lets {@code event} happen {@code nanos} from now. */
  public void after(long nanos, Event event) {
    at(nowNanos + nanos, event);
  }

  /** Lets one event happen, if there is one until {@code untilNanos}; whether there was. */
  public boolean step(long untilNanos) {
    if (queue.size() == 0 || queue.earliestNanos() > untilNanos) {
      nowNanos = Math.max(nowNanos, untilNanos);
      return false;
    }
    nowNanos = queue.earliestNanos();
    events++;
    trace.add(nowNanos);
    queue.remove().happen();
    return true;
  }

  /** Lets all happen that happens until {@code untilNanos}. */
  public void run(long untilNanos) {
    while (step(untilNanos)) {
      // each event may add others
    }
  }
}
