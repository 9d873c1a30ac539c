package io.minga.libp2p.wire;

/**
 * Bytes from a peer that break a rule of their protocol. Its message says what was wrong, where,
 * and what would have been right; whoever owns the connection catches it once and closes with it.
 */
public final class WireException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String sentence;

  /** A violation described by one sentence without payloads or secrets. */
  public WireException(String message) {
    super(message, null, false, false);
    this.sentence = message;
  }

  /** The same violation with the place that holds it in front: {@code where: message}. */
  public WireException at(String where) {
    return new WireException(where + ": " + sentence);
  }

  @Override
  public String getMessage() {
    return sentence;
  }
}
