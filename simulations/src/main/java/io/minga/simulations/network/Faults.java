package io.minga.simulations.network;

import java.util.EnumMap;
import java.util.Map;

/** How often each kind of fault has struck. */
public final class Faults {
  private final EnumMap<Fault, Long> counts = new EnumMap<>(Fault.class);

  /** {@code fault} struck. */
  public void struck(Fault fault) {
    counts.merge(fault, 1L, Long::sum);
  }

  /** How often {@code fault} struck. */
  public long count(Fault fault) {
    return counts.getOrDefault(fault, 0L);
  }

  /** The kinds that struck, and how often. */
  public Map<Fault, Long> counts() {
    return new EnumMap<>(counts);
  }

  /** Adds the counts of {@code others}. */
  public void addAll(Faults others) {
    others.counts.forEach((fault, count) -> counts.merge(fault, count, Long::sum));
  }

  /** The kinds and their counts. */
  @Override
  public String toString() {
    return counts.toString();
  }
}
