package io.minga.simulations.events;

/** Something that happens at a moment of virtual time. */
@FunctionalInterface
public interface Event {
  /** Makes it happen. */
  void happen();
}
