package io.minga.node.handlers.runtime;

import java.time.Duration;

/**
 * What a command may use.
 *
 * @param outputBytesMax how much it may write to its standard output, which is its result
 * @param errorBytesMax how much it may write to its standard error, of which the end is kept
 * @param wallMax how long it may take, if its task may take longer
 */
public record CommandOptions(long outputBytesMax, long errorBytesMax, Duration wallMax) {
  /** How large a result may be at most: it is held in memory. */
  public static final long OUTPUT_BYTES_MAX = 64 << 20;

  /** Checks the limits. */
  public CommandOptions {
    if (outputBytesMax < 0 || outputBytesMax > OUTPUT_BYTES_MAX) {
      throw new IllegalArgumentException(
          "a command may write 0 to %d B, not %d".formatted(OUTPUT_BYTES_MAX, outputBytesMax));
    }
    if (errorBytesMax < 0 || wallMax.isNegative() || wallMax.isZero()) {
      throw new IllegalArgumentException(
          "a command's limits are positive, not %d B of errors and %s"
              .formatted(errorBytesMax, wallMax));
    }
  }

  /** 64 MiB of output, 16 MiB of errors, one day. */
  public static CommandOptions defaults() {
    return new CommandOptions(OUTPUT_BYTES_MAX, 16 << 20, Duration.ofDays(1));
  }
}
