package io.minga.node.value;

/**
 * A value of ours that does not fit its type or its limits. Its message says which, and what would
 * fit; it carries nothing of the value itself.
 */
public final class ValueException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /** A misfit described by one sentence. */
  public ValueException(String message) {
    super(message);
  }

  /** The same misfit with the place in front: {@code where: message}. */
  ValueException at(String where) {
    ValueException placed = new ValueException(where + ": " + getMessage());
    placed.setStackTrace(getStackTrace());
    return placed;
  }
}
