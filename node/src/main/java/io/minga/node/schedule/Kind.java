package io.minga.node.schedule;

import io.minga.node.task.FunctionName;
import org.jspecify.annotations.Nullable;

/**
 * What makes tasks alike for scheduling: they run about as long, and the same peers can run them.
 *
 * @param sizeClass the class of the input's size, of {@link #sizeClass(long)}, for functions whose
 *     run times spread widely; {@link #ANY_SIZE} for all others
 */
public record Kind(FunctionName function, int sizeClass, Need need) {
  /** The class of inputs whose size doesn't matter. */
  public static final int ANY_SIZE = -1;

  /** How many classes of sizes there are. */
  static final int SIZE_CLASSES = 28;

  /** Checks the size class. */
  public Kind {
    if (sizeClass < ANY_SIZE || sizeClass >= SIZE_CLASSES) {
      throw new IllegalArgumentException(
          "a class of sizes is %d to %d, not %d".formatted(ANY_SIZE, SIZE_CLASSES - 1, sizeClass));
    }
  }

  /** Kinds are looked up for each task, mostly by the very same. */
  @Override
  public boolean equals(@Nullable Object other) {
    return this == other
        || (other instanceof Kind its
            && sizeClass == its.sizeClass
            && function.equals(its.function)
            && need.equals(its.need));
  }

  @Override
  public int hashCode() {
    return 31 * function.hashCode() + sizeClass;
  }

  /** Tasks of a function that need one core. */
  public static Kind of(FunctionName function) {
    return new Kind(function, ANY_SIZE, Need.ONE_CORE);
  }

  /** The class of an input of so many bytes: each is twice as wide as the one before. */
  public static int sizeClass(long inputBytes) {
    int bits = Long.SIZE - Long.numberOfLeadingZeros(Math.max(inputBytes, 0));
    return Math.min(bits, SIZE_CLASSES - 1);
  }
}
