package io.minga.simulations.plan;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Calls that one peer's caller makes at one moment.
 *
 * @param atNanos when
 * @param peer whose caller
 * @param function what is called
 * @param tags what they require of whoever runs them
 * @param isJob whether they come as one job, or as so many calls
 * @param isMeasured whether the run's figures are about them; others warm it up
 * @param lengthsNanos how long each runs at speed 1
 */
@SuppressWarnings("ArrayRecordComponent")
public record Burst(
    long atNanos,
    int peer,
    String function,
    List<String> tags,
    boolean isJob,
    boolean isMeasured,
    double[] lengthsNanos) {
  /** Copies what could be changed. */
  public Burst {
    tags = List.copyOf(tags);
    lengthsNanos = lengthsNanos.clone();
  }

  /** A job of the function {@code work} that anybody may run. */
  public static Burst job(long atNanos, int peer, double[] lengthsNanos) {
    return new Burst(atNanos, peer, "work", List.of(), true, true, lengthsNanos);
  }

  /** The same, but not measured. */
  public Burst asWarmUp() {
    return new Burst(atNanos, peer, function, tags, isJob, false, lengthsNanos);
  }

  /** The same, of another function. */
  public Burst of(String other) {
    return new Burst(atNanos, peer, other, tags, isJob, isMeasured, lengthsNanos);
  }

  /** The same, for those with these tags. */
  public Burst requiring(List<String> others) {
    return new Burst(atNanos, peer, function, others, isJob, isMeasured, lengthsNanos);
  }

  /** The same as single calls. */
  public Burst asCalls() {
    return new Burst(atNanos, peer, function, tags, false, isMeasured, lengthsNanos);
  }

  @Override
  public double[] lengthsNanos() {
    return lengthsNanos.clone();
  }

  /** How many calls. */
  public int size() {
    return lengthsNanos.length;
  }

  /** How long the call of that place runs at speed 1. */
  public double lengthNanos(int call) {
    return lengthsNanos[call];
  }

  /** How long all run, one after the other. */
  public double workNanos() {
    return Arrays.stream(lengthsNanos).sum();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(atNanos) * 31 + peer;
  }

  @Override
  public String toString() {
    return "%d calls of %s at peer %d".formatted(lengthsNanos.length, function, peer);
  }
}
