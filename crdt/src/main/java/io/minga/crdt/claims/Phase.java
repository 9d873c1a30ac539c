package io.minga.crdt.claims;

/**
 * How far a task is, in the order of the lattice; the ordinal plus one is the number on the wire.
 */
public enum Phase {
  /** Given up by its owner: free for whoever claims it in this epoch. */
  RELEASED(1),
  /** Its owner has it queued or runs it. */
  HELD(2),
  /** Its owner has a result. */
  DONE(3),
  /** Its submitter has taken a result; nothing beats this. */
  SETTLED(4);

  static final int COUNT = values().length;

  private static final Phase[] BY_NUMBER = values();

  private final int number;

  Phase(int number) {
    this.number = number;
  }

  /** The number on the wire. */
  int number() {
    return number;
  }

  static Phase of(int number) {
    return BY_NUMBER[number - 1];
  }
}
