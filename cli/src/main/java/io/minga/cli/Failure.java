package io.minga.cli;

/** Why a command could not do its work: a sentence that says what is wrong and what to do. */
final class Failure extends Exception {
  private static final long serialVersionUID = 1L;

  Failure(String message) {
    super(message);
  }

  Failure(Exception cause) {
    super(cause.getMessage(), cause);
  }
}
