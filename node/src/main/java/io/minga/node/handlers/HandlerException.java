package io.minga.node.handlers;

/** A failure of which the handler says the kind. */
public final class HandlerException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final FailureKind kind;
  private final String details;

  /**
   * A failure described by one sentence, which travels to the caller.
   *
   * @param message what is wrong and what would be right, without the input
   */
  public HandlerException(FailureKind kind, String message) {
    this(kind, message, "");
  }

  /**
   * The same with more to read.
   *
   * @param details in lines, such as the last words of a program; they take the stack's place
   */
  public HandlerException(FailureKind kind, String message, String details) {
    super(message);
    this.kind = kind;
    this.details = details;
  }

  /** The input is not what the function takes. */
  public static HandlerException badInput(String message) {
    return new HandlerException(FailureKind.BAD_INPUT, message);
  }

  /** What kind of failure it is. */
  public FailureKind kind() {
    return kind;
  }

  /** What else there is to read, in lines; empty if there is nothing. */
  public String details() {
    return details;
  }
}
