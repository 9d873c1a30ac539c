package io.minga.cli.trial;

/** Why it can't be said how a trial went: a sentence. */
public final class TrialException extends Exception {
  private static final long serialVersionUID = 1L;

  TrialException(String message) {
    super(message);
  }
}
