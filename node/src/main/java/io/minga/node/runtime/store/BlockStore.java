package io.minga.node.runtime.store;

import io.minga.libp2p.multiformats.Cid;
import io.minga.libp2p.multiformats.Multihash;
import io.minga.libp2p.wire.Bytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The blocks that somebody in this peer needs: small ones in memory, others in files of a directory
 * of its own, all within a budget. A block is there as long as there is a hold on it. Safe for any
 * thread.
 */
public final class BlockStore implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BlockStore.class);

  private final BlockDirectory directory;
  private final BlockLimits limits;

  // Guarded by this.
  private final Map<Cid, Block> blocks = new LinkedHashMap<>();
  private long usedBytes;
  private long memoryBytes;
  private long freed;
  private long names;
  private boolean closed;

  private BlockStore(BlockDirectory directory, BlockLimits limits) {
    this.directory = directory;
    this.limits = limits;
  }

  /**
   * A store that is empty; what dead processes have left behind is deleted.
   *
   * @throws IllegalArgumentException if a directory is named that can't be used; the message says
   *     why
   */
  public static BlockStore open(StoreOptions options) {
    BlockDirectory directory = new BlockDirectory(options.directory());
    if (options.directory() != null) {
      directory.require();
    }
    directory.sweep();
    return new BlockStore(directory, options.limits());
  }

  /** A block apart from all stores, in memory. */
  public static BlockDraft apart(Cid cid, int sizeBytes) {
    BlockStore none =
        new BlockStore(new BlockDirectory(null), new BlockLimits(sizeBytes, sizeBytes, sizeBytes));
    return new BlockDraft(none, cid, sizeBytes, null);
  }

  /**
   * Keeps {@code bytes}, which are not changed any more.
   *
   * @throws BlockException if there is no room, or the disk doesn't take them
   */
  public BlockHold put(byte[] bytes) throws BlockException {
    Bytes digest = Bytes.copyOf(BlockDraft.sha256().digest(bytes));
    Cid cid = Cid.raw(new Multihash(Multihash.Function.SHA2_256, digest));
    BlockHold known = hold(cid);
    if (known != null) {
      return known;
    }
    try (BlockDraft draft = draft(cid, bytes.length)) {
      draft.write(ByteBuffer.wrap(bytes));
      return draft.keep();
    }
  }

  /**
   * Room for a block that is to be written.
   *
   * @throws BlockException if there is none, or no directory
   */
  public BlockDraft draft(Cid cid, long sizeBytes) throws BlockException {
    boolean inMemory;
    String name;
    synchronized (this) {
      if (closed) {
        throw new BlockException("the block store is closed", false);
      }
      if (sizeBytes > limits.bytesMax()) {
        throw new BlockException(
            "a block of %d B is above what the block store holds in all, %d B"
                .formatted(sizeBytes, limits.bytesMax()),
            false);
      }
      if (sizeBytes > limits.bytesMax() - usedBytes) {
        throw new BlockException(
            "the block store is full: a block of %d B does not fit beside %d B, the limit is %d B"
                .formatted(sizeBytes, usedBytes, limits.bytesMax()),
            true);
      }
      inMemory =
          sizeBytes <= limits.memoryBlockBytesMax()
              && memoryBytes + sizeBytes <= limits.memoryBytesMax();
      usedBytes += sizeBytes;
      memoryBytes += inMemory ? sizeBytes : 0;
      name = nextName() + ".part";
    }
    try {
      Path part = inMemory ? null : directory.path().resolve(name);
      return new BlockDraft(this, cid, (int) sizeBytes, part);
    } catch (IOException e) {
      free(sizeBytes, inMemory);
      throw new BlockException("there can be no files for blocks: " + directory, e);
    }
  }

  /** A further hold on a block; null if it isn't here. */
  public synchronized @Nullable BlockHold hold(Cid cid) {
    Block block = blocks.get(cid);
    if (block == null) {
      return null;
    }
    block.holds++;
    return new BlockHold(this, block);
  }

  /** How many bytes all blocks have, with those that are being written. */
  public synchronized long usedBytes() {
    return usedBytes;
  }

  /** How many bytes there may be. */
  public long bytesMax() {
    return limits.bytesMax();
  }

  /** How many blocks there are. */
  public synchronized int size() {
    return blocks.size();
  }

  /** How often room has come to be; changes whenever it may be worth to try again. */
  public synchronized long freed() {
    return freed;
  }

  // For drafts, blocks and holds.

  synchronized String nextName() {
    return Long.toString(names++);
  }

  BlockHold kept(Block fresh) {
    Block known;
    synchronized (this) {
      known = blocks.putIfAbsent(fresh.cid, fresh);
      Block block = known == null ? fresh : known;
      block.holds++;
      if (known == null) {
        return new BlockHold(this, block);
      }
    }
    gone(fresh); // somebody else was quicker
    return new BlockHold(this, known);
  }

  void release(Block block) {
    synchronized (this) {
      if (--block.holds > 0 || !blocks.remove(block.cid, block)) {
        return;
      }
    }
    gone(block);
  }

  private void gone(Block block) {
    if (block.file != null) {
      delete(block.file);
    }
    free(block.sizeBytes, block.memory != null);
  }

  synchronized void free(long sizeBytes, boolean inMemory) {
    usedBytes -= sizeBytes;
    memoryBytes -= inMemory ? sizeBytes : 0;
    freed++;
  }

  void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      complain(e);
    }
  }

  void complain(IOException e) {
    LOG.warn("a file of a block: {}", e.toString());
  }

  /** Deletes its files; no block can be read any more. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      blocks.clear();
    }
    directory.close();
  }
}
