package io.minga.node.journal.store;

import java.io.IOException;

/** A journal that can't be used. The message is one sentence for a person. */
public final class JournalException extends IOException {
  private static final long serialVersionUID = 1L;

  JournalException(String message) {
    super(message);
  }

  JournalException(String message, Throwable cause) {
    super(message + ": " + cause.getMessage(), cause);
  }
}
