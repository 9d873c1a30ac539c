package io.minga.node.schedule;

import java.util.List;

/**
 * What a task requires of the peer that runs it.
 *
 * @param cores how many cores it occupies while it runs, at least 1
 * @param memoryMib how much memory, in MiB
 * @param tags what the peer must be tagged with
 */
public record Need(int cores, int memoryMib, List<String> tags) {
  /** What most tasks require: one core. */
  public static final Need ONE_CORE = new Need(1, 0, List.of());

  /** Checks the amounts, and sorts the tags, so that equal requirements are equal. */
  public Need {
    if (cores < 1 || memoryMib < 0) {
      throw new IllegalArgumentException(
          "a task needs at least 1 core and 0 MiB, not %d and %d".formatted(cores, memoryMib));
    }
    tags = tags.stream().distinct().sorted().toList();
  }

  /** Whether a task with this requirement can start where so much is free. */
  boolean fits(int freeCores, int freeMemoryMib) {
    return cores <= freeCores && memoryMib <= freeMemoryMib;
  }
}
