package io.minga.node.runtime.store;

/**
 * How much a block store holds.
 *
 * @param bytesMax all blocks together, those among them that are being written
 * @param memoryBlockBytesMax a block in memory; a larger one is in a file
 * @param memoryBytesMax all blocks in memory together; then small ones are in files too
 */
public record BlockLimits(long bytesMax, int memoryBlockBytesMax, long memoryBytesMax) {
  /** 4 GiB, of which 32 MiB in memory, in blocks of up to 256 KiB. */
  public static final BlockLimits DEFAULT = new BlockLimits(4L << 30, 256 << 10, 32 << 20);

  /** Checks the ranges. */
  public BlockLimits {
    if (bytesMax < 0 || memoryBlockBytesMax < 0 || memoryBytesMax < 0) {
      throw new IllegalArgumentException("a limit of blocks can't be negative");
    }
  }

  /** These limits with another number of bytes in all. */
  public BlockLimits withBytesMax(long bytes) {
    return new BlockLimits(bytes, memoryBlockBytesMax, memoryBytesMax);
  }
}
