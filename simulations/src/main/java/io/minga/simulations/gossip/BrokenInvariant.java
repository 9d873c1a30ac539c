package io.minga.simulations.gossip;

/** Something happened, or failed to, that must not whatever goes wrong. */
public final class BrokenInvariant extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  BrokenInvariant(String message) {
    super(message);
  }
}
