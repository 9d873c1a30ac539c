package io.minga.node.handlers;

import org.jspecify.annotations.Nullable;

/** The texts of failures: what was thrown in words, and where. */
final class Texts {
  private static final String CUT = " …";
  private static final int CUT_BYTES = 4;

  /** How many causes are followed; a throwable may be its own cause by a detour. */
  private static final int CAUSES_MAX = 8;

  private Texts() {}

  /** The first of {@code thrown} and what led to it that is such a {@code type}, if one is. */
  static <T extends Throwable> @Nullable T cause(Throwable thrown, Class<T> type) {
    Throwable at = thrown;
    for (int causes = 0; at != null && causes < CAUSES_MAX; causes++, at = at.getCause()) {
      if (type.isInstance(at)) {
        return type.cast(at);
      }
    }
    return null;
  }

  /** What {@code thrown} says, or nothing. */
  static String message(Throwable thrown) {
    try {
      String message = thrown.getMessage();
      return message == null ? "" : message;
    } catch (RuntimeException itsOwn) { // a handler's class may throw here too
      return "";
    }
  }

  /**
   * The frames of {@code thrown} down to our own, and of its causes. What throwables say is left
   * out, for it may quote an input.
   */
  static String stack(Throwable thrown) {
    StringBuilder out = new StringBuilder();
    Throwable at = thrown;
    for (int causes = 0; at != null && causes < CAUSES_MAX; causes++, at = at.getCause()) {
      if (causes > 0) {
        out.append("caused by ").append(at.getClass().getName()).append('\n');
      }
      for (StackTraceElement frame : at.getStackTrace()) {
        if (frame.getClassName().startsWith("io.minga.node.handlers.runtime.Worker")) {
          break;
        }
        out.append("at ").append(frame).append('\n');
        if (out.length() > Outcome.Failure.STACK_BYTES_MAX) {
          return out.toString();
        }
      }
    }
    return out.toString();
  }

  /** The text, or as much of its beginning as has at most {@code bytesMax} bytes in UTF-8. */
  static String cut(String text, int bytesMax) {
    if (text.length() <= bytesMax / 3) {
      return text;
    }
    int bytes = 0;
    int fits = 0; // the characters that fit and leave room for the mark
    for (int i = 0; i < text.length(); ) {
      int point = text.codePointAt(i);
      bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
      if (bytes > bytesMax) {
        return text.substring(0, fits) + CUT;
      }
      i += Character.charCount(point);
      if (bytes <= bytesMax - CUT_BYTES) {
        fits = i;
      }
    }
    return text;
  }
}
