package io.minga.node.runtime.store;

import io.minga.libp2p.multiformats.Cid;
import io.minga.libp2p.multiformats.Multihash;
import io.minga.libp2p.wire.Bytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jspecify.annotations.Nullable;

/**
 * A block that is being written, from its first byte to its last; there is room for it. Nobody sees
 * it before it is whole and its hash is right. One owner.
 */
public final class BlockDraft implements AutoCloseable {
  private final BlockStore store;
  private final Cid cid;
  private final int sizeBytes;
  private final byte @Nullable [] memory;
  private final @Nullable Path part;
  private final int[] checks;
  private final MessageDigest digest = sha256();
  private final ByteBuffer chunk;
  private @Nullable FileChannel out;
  private int written;
  private boolean over;

  BlockDraft(BlockStore store, Cid cid, int sizeBytes, @Nullable Path part) {
    this.store = store;
    this.cid = cid;
    this.sizeBytes = sizeBytes;
    this.part = part;
    this.memory = part == null ? new byte[sizeBytes] : null;
    this.checks = new int[part == null ? 0 : Block.chunks(sizeBytes)];
    this.chunk = ByteBuffer.allocate(part == null ? 0 : Math.min(Block.CHUNK_BYTES, sizeBytes));
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java platform has it
    }
  }

  /** How large it will be. */
  public int sizeBytes() {
    return sizeBytes;
  }

  /** How many bytes were appended. */
  public int writtenBytes() {
    return written;
  }

  /**
   * Appends bytes, no more than are missing.
   *
   * @throws BlockException if the disk doesn't take them
   */
  public void append(ByteBuffer bytes) throws BlockException {
    digest.update(bytes.duplicate());
    write(bytes);
  }

  /** The same without a look at the hash, for bytes whose hash is known. */
  void write(ByteBuffer bytes) throws BlockException {
    if (over || bytes.remaining() > sizeBytes - written) {
      throw new IllegalStateException(
          "%d B more than the %d that are missing".formatted(bytes.remaining(), missing()));
    }
    if (memory != null) {
      int length = bytes.remaining();
      bytes.get(memory, written, length);
      written += length;
      return;
    }
    try {
      while (bytes.hasRemaining()) {
        int length = Math.min(bytes.remaining(), chunk.remaining());
        chunk.put(bytes.slice(bytes.position(), length));
        bytes.position(bytes.position() + length);
        written += length;
        if (!chunk.hasRemaining() || written == sizeBytes) {
          writeChunk();
        }
      }
    } catch (IOException e) {
      throw new BlockException("block %s of %d B can't be written".formatted(cid, sizeBytes), e);
    }
  }

  private int missing() {
    return over ? 0 : sizeBytes - written;
  }

  private void writeChunk() throws IOException {
    chunk.flip();
    checks[(written - 1) / Block.CHUNK_BYTES] = Block.check(chunk);
    FileChannel file = out;
    if (file == null) {
      file = FileChannel.open(part(), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      out = file;
    }
    while (chunk.hasRemaining()) {
      file.write(chunk);
    }
    chunk.clear();
  }

  private Path part() {
    if (part == null) {
      throw new IllegalStateException("it is in memory");
    }
    return part;
  }

  /** Throws away what was appended, to begin anew. */
  public void restart() throws BlockException {
    digest.reset();
    chunk.clear();
    written = 0;
    try {
      if (out != null) {
        out.truncate(0);
        out.position(0);
      }
    } catch (IOException e) {
      throw new BlockException("block %s can't be written anew".formatted(cid), e);
    }
  }

  /** Whether all bytes are here and their hash is the one in the CID; asked once, at the end. */
  public boolean isRight() {
    return written == sizeBytes
        && Bytes.copyOf(digest.digest()).equals(cid.multihash().digest())
        && cid.multihash().function() == Multihash.Function.SHA2_256;
  }

  /**
   * Keeps it, once it {@link #isRight}.
   *
   * @throws BlockException if the disk doesn't
   */
  public BlockHold keep() throws BlockException {
    if (over || written != sizeBytes) {
      throw new IllegalStateException("%d B are missing".formatted(missing()));
    }
    Path file = null;
    try {
      if (part != null) {
        closeFile();
        file = part.resolveSibling(store.nextName());
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
      }
    } catch (IOException e) {
      throw new BlockException("block %s of %d B can't be kept".formatted(cid, sizeBytes), e);
    }
    over = true;
    return store.kept(new Block(cid, sizeBytes, memory, file, checks));
  }

  /** The bytes of a draft in memory, once it {@link #isRight}. */
  public Bytes bytes() {
    if (memory == null) {
      throw new IllegalStateException("it is in a file");
    }
    return Bytes.copyOf(memory);
  }

  private void closeFile() throws IOException {
    FileChannel file = out;
    out = null;
    if (file != null) {
      file.close();
    }
  }

  /** Gives it up, unless it is kept. */
  @Override
  public void close() {
    if (over) {
      return;
    }
    over = true;
    try {
      closeFile();
    } catch (IOException e) {
      store.complain(e);
    }
    if (part != null) {
      store.delete(part);
    }
    store.free(sizeBytes, memory != null);
  }
}
