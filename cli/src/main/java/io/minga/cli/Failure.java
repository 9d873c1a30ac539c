package io.minga.cli;

/** Why a command could not do its work: a sentence that says what is wrong and what to do. */
final class Failure extends Exception {
  private static final long serialVersionUID = 1L;

  private final int exitCode;

  Failure(String message) {
    this(message, Minga.FAILURE);
  }

  Failure(String message, int exitCode) {
    super(message);
    this.exitCode = exitCode;
  }

  Failure(Exception cause) {
    super(cause.getMessage(), cause);
    this.exitCode = Minga.FAILURE;
  }

  int exitCode() {
    return exitCode;
  }
}
