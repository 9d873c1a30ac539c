package io.minga.simulations.plan;

/** Is told how far a plan's run is, some hundred times in all. */
@FunctionalInterface
public interface Progress {
  /** Tells nobody. */
  Progress NONE = (ended, calls) -> {};

  /** So many of all its calls are over. */
  void ended(long ended, long calls);
}
