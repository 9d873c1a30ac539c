package io.minga.node.journal.store;

/** A journal is not as it was written. The message says what is wrong with it. */
final class DamageException extends Exception {
  private static final long serialVersionUID = 1L;

  DamageException(String message) {
    super(message);
  }
}
