package io.minga.crdt.wire;

/**
 * Bytes of a peer that are no message of ours. Its message says what was wrong, where, and what
 * would have been right; whoever owns the connection or the topic catches it once.
 */
public final class MalformedException extends Exception {
  private static final long serialVersionUID = 1L;

  /** A violation described by one sentence without payloads. */
  public MalformedException(String message) {
    super(message, null, false, false);
  }
}
