package io.minga.node.story;

import java.util.Locale;

/** Where a task stands, as far as the peer that is asked knows. */
public enum TaskState {
  /** At its submitter, until a peer has room for it or its next attempt is due. */
  WAITING,
  /** With another peer, which may have begun it. */
  HANDED_OUT,
  /** Here, until a slot is free. */
  QUEUED,
  /** Here, in a slot. */
  RUNNING,
  /** Begun, and without a slot while it waits for something. */
  PARKED,
  /** Over, with a result. */
  DONE,
  /** Over, without one. */
  FAILED,
  /** Over, since nobody wanted its result any more. */
  CANCELLED,
  /** Of another submitter, and not here any more: another peer has it, or had it. */
  GONE;

  /** Whether it has no outcome yet. */
  public boolean isOpen() {
    return compareTo(DONE) < 0;
  }

  /**
   * The state that a person typed, such as {@code handed-out}.
   *
   * @throws IllegalArgumentException if it is none; the message lists them
   */
  public static TaskState parse(String text) {
    StringBuilder all = new StringBuilder();
    for (TaskState state : values()) {
      if (state.toString().equals(text.toLowerCase(Locale.ROOT))) {
        return state;
      }
      all.append(all.isEmpty() ? "" : ", ").append(state);
    }
    throw new IllegalArgumentException("'%s' is no state; there are %s".formatted(text, all));
  }

  /** In the form of {@link #parse}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
