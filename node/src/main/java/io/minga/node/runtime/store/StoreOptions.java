package io.minga.node.runtime.store;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where a peer keeps blocks, and how many.
 *
 * @param directory where the store's own directory comes to be; null for where temporary files are
 */
public record StoreOptions(@Nullable Path directory, BlockLimits limits) {
  /** Where temporary files are, {@link BlockLimits#DEFAULT}. */
  public static final StoreOptions DEFAULT = new StoreOptions(null, BlockLimits.DEFAULT);

  /** The same, in a directory, which is made if there is none. */
  public StoreOptions in(Path parent) {
    return new StoreOptions(parent, limits);
  }

  /** The same, of so many bytes in all. */
  public StoreOptions withBytesMax(long bytes) {
    return new StoreOptions(directory, limits.withBytesMax(bytes));
  }
}
