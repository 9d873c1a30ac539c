package io.minga.node.task;

import org.jspecify.annotations.Nullable;

/** The name of a function that peers offer, such as {@code pi.sample}. */
public record FunctionName(String name) implements Comparable<FunctionName> {
  /** How many characters a name may have. */
  public static final int LENGTH_MAX = 128;

  /**
   * Checks the name: 1 to 128 of {@code a-z 0-9 . _ / -}.
   *
   * @throws IllegalArgumentException which says what is wrong and where
   */
  public FunctionName {
    if (name.isEmpty() || name.length() > LENGTH_MAX) {
      throw new IllegalArgumentException(
          "a function's name has 1 to %d characters, not %d".formatted(LENGTH_MAX, name.length()));
    }
    for (int i = 0; i < name.length(); i++) {
      if (!isAllowed(name.charAt(i))) {
        throw new IllegalArgumentException(
            "a function's name has a-z, 0-9, '.', '_', '/' and '-', but this one has U+%04X after \"%s\""
                .formatted((int) name.charAt(i), name.substring(0, i)));
      }
    }
  }

  /** Whether {@code c} may stand in a name. */
  static boolean isAllowed(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || "._/-".indexOf(c) >= 0;
  }

  /** Names are compared for each task and report, mostly the very same. */
  @Override
  public boolean equals(@Nullable Object other) {
    return this == other || (other instanceof FunctionName its && name.equals(its.name));
  }

  @Override
  public int hashCode() {
    return name.hashCode();
  }

  @Override
  public int compareTo(FunctionName other) {
    return name.compareTo(other.name);
  }

  @Override
  public String toString() {
    return name;
  }
}
