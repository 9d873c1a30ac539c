package io.minga.simulations.plan;

import java.util.List;
import java.util.SplittableRandom;
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
 * @param lengths how long each runs at speed 1
 * @param graph which calls come after which; null if all come at once
 */
public record Burst(
    long atNanos,
    int peer,
    String function,
    List<String> tags,
    boolean isJob,
    boolean isMeasured,
    Lengths lengths,
    @Nullable Graph graph) {
  /** Copies the list. */
  public Burst {
    tags = List.copyOf(tags);
  }

  /** A job of the function {@code work} that anybody may run. */
  public static Burst job(long atNanos, int peer, Lengths lengths) {
    return new Burst(atNanos, peer, "work", List.of(), true, true, lengths, null);
  }

  /** The same, but not measured. */
  public Burst asWarmUp() {
    return new Burst(atNanos, peer, function, tags, isJob, false, lengths, graph);
  }

  /** The same, of another function. */
  public Burst of(String other) {
    return new Burst(atNanos, peer, other, tags, isJob, isMeasured, lengths, graph);
  }

  /** The same, for those with these tags. */
  public Burst requiring(List<String> others) {
    return new Burst(atNanos, peer, function, others, isJob, isMeasured, lengths, graph);
  }

  /** The same calls in another order. */
  public Burst shuffled(SplittableRandom random) {
    Lengths others = lengths.shuffled(random);
    return new Burst(atNanos, peer, function, tags, isJob, isMeasured, others, graph);
  }

  /** The same as single calls. */
  public Burst asCalls() {
    return new Burst(atNanos, peer, function, tags, false, isMeasured, lengths, graph);
  }

  /** The same, but each call comes once those are over that it comes after. */
  public Burst after(Graph other) {
    if (other.size() != size()) {
      throw new IllegalArgumentException(
          "a graph of %d calls is not about %d".formatted(other.size(), size()));
    }
    return new Burst(atNanos, peer, function, tags, isJob, isMeasured, lengths, other);
  }

  /** How many calls. */
  public int size() {
    return lengths.size();
  }

  /** How long the call of that place runs at speed 1. */
  public double lengthNanos(int call) {
    return lengths.get(call);
  }

  /** How long all run, one after the other. */
  public double workNanos() {
    return lengths.sum();
  }

  /** How long it takes at least if so much is done in a second. */
  public double leastNanos(double rate) {
    return Math.max(workNanos() / rate, lengths.max());
  }

  @Override
  public String toString() {
    return "%d calls of %s at peer %d".formatted(lengths.size(), function, peer);
  }
}
