package io.minga.cli.control;

/** Why a peer could not be asked, or did not answer: a sentence for the person at the command. */
public final class ControlException extends Exception {
  private static final long serialVersionUID = 1L;

  /** A sentence that says what is wrong and what to do. */
  public ControlException(String message) {
    super(message);
  }

  /** The same with what led to it. */
  public ControlException(String message, Throwable cause) {
    super(message, cause);
  }
}
