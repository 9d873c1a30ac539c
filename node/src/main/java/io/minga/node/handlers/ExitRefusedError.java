package io.minga.node.handlers;

/**
 * What a handler from a jar gets where it would have ended the process, which is its peer's: by
 * {@code System.exit}, {@code Runtime.exit} or {@code Runtime.halt}. It becomes the task's failure.
 *
 * <p>An error, so that a handler that catches every exception around its work lets it pass.
 */
@SuppressWarnings("DoNotCallSuggester") // only rewritten code calls what always throws
public final class ExitRefusedError extends Error {
  private static final long serialVersionUID = 1L;

  private ExitRefusedError(String what, int status) {
    super(
        "the handler called %s(%d), which would end this peer; a handler returns or throws"
            .formatted(what, status));
  }

  /** Stands where {@code System.exit} was. */
  public static void exit(int status) {
    throw new ExitRefusedError("System.exit", status);
  }

  /** Stands where {@code Runtime.exit} was. */
  public static void exit(Runtime runtime, int status) {
    throw new ExitRefusedError("Runtime.exit", status);
  }

  /** Stands where {@code Runtime.halt} was. */
  public static void halt(Runtime runtime, int status) {
    throw new ExitRefusedError("Runtime.halt", status);
  }
}
