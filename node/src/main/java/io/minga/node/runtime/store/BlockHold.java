package io.minga.node.runtime.store;

import io.minga.libp2p.multiformats.Cid;
import java.lang.ref.Cleaner;
import java.nio.ByteBuffer;

/**
 * Somebody's need of a block: as long as it isn't closed the block is there. One that is forgotten
 * instead is closed when the garbage collector finds it. Safe for any thread.
 */
public final class BlockHold implements AutoCloseable {
  /** How many bytes {@link #chunk} gives at most. */
  public static final int CHUNK_BYTES = Block.CHUNK_BYTES;

  private static final Cleaner CLEANER = Cleaner.create();

  private final Block block;
  private final Cleaner.Cleanable release;

  BlockHold(BlockStore store, Block block) {
    this.block = block;
    this.release = CLEANER.register(this, () -> store.release(block));
  }

  /** Its name. */
  public Cid cid() {
    return block.cid;
  }

  /** How many bytes it has. */
  public int sizeBytes() {
    return block.sizeBytes;
  }

  /**
   * Its bytes from {@code offset} on, up to {@value #CHUNK_BYTES} of them and at least one.
   *
   * @throws BlockException if they can't be read, or are not what was written
   */
  public ByteBuffer chunk(long offset) throws BlockException {
    try {
      return block.chunk(offset);
    } finally {
      java.lang.ref.Reference.reachabilityFence(this);
    }
  }

  /**
   * All its bytes, the caller's own.
   *
   * @throws BlockException if they can't be read, or are not what was written
   */
  public byte[] bytes() throws BlockException {
    try {
      return block.bytes();
    } finally {
      java.lang.ref.Reference.reachabilityFence(this);
    }
  }

  /** Ends the need; more than once does no harm. */
  @Override
  public void close() {
    release.clean();
  }

  @Override
  public String toString() {
    return "%s, %d B".formatted(block.cid, block.sizeBytes);
  }
}
