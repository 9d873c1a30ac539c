package io.minga.node.runtime.store;

import io.minga.libp2p.multiformats.Cid;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A block that is kept: its bytes, or the file that has them with a check of each chunk. Its bytes
 * never change; how many hold it is the store's to count.
 */
final class Block {
  static final int CHUNK_BYTES = 64 << 10;

  final Cid cid;
  final int sizeBytes;
  final byte @Nullable [] memory;
  final @Nullable Path file;
  private final int[] checks;

  /** Guarded by the store. */
  int holds;

  Block(Cid cid, int sizeBytes, byte @Nullable [] memory, @Nullable Path file, int[] checks) {
    this.cid = cid;
    this.sizeBytes = sizeBytes;
    this.memory = memory;
    this.file = file;
    this.checks = checks;
  }

  static int chunks(long sizeBytes) {
    return (int) ((sizeBytes + CHUNK_BYTES - 1) / CHUNK_BYTES);
  }

  static int check(ByteBuffer chunk) {
    CRC32C sum = new CRC32C();
    sum.update(chunk.duplicate());
    return (int) sum.getValue();
  }

  /** The bytes from {@code offset} to the end of its chunk. */
  ByteBuffer chunk(long offset) throws BlockException {
    if (offset < 0 || offset >= sizeBytes) {
      throw new IllegalArgumentException(
          "an offset is 0 to %d here, not %d".formatted(sizeBytes - 1, offset));
    }
    int number = (int) (offset / CHUNK_BYTES);
    int from = number * CHUNK_BYTES;
    int length = Math.min(CHUNK_BYTES, sizeBytes - from);
    int skipped = (int) offset - from;
    if (memory != null) {
      return ByteBuffer.wrap(memory, (int) offset, length - skipped).slice().asReadOnlyBuffer();
    }
    try (FileChannel in = open()) {
      ByteBuffer chunk = ByteBuffer.allocate(length);
      read(in, chunk, number);
      return chunk.position(skipped);
    } catch (IOException e) {
      throw broken(e);
    }
  }

  /** All of them, the caller's own. */
  byte[] bytes() throws BlockException {
    if (memory != null) {
      return Arrays.copyOf(memory, sizeBytes);
    }
    byte[] bytes = new byte[sizeBytes];
    try (FileChannel in = open()) {
      for (int number = 0; number < checks.length; number++) {
        int from = number * CHUNK_BYTES;
        read(in, ByteBuffer.wrap(bytes, from, Math.min(CHUNK_BYTES, sizeBytes - from)), number);
      }
    } catch (IOException e) {
      throw broken(e);
    }
    return bytes;
  }

  private FileChannel open() throws IOException {
    if (file == null) {
      throw new IllegalStateException("a block is in memory or in a file");
    }
    return FileChannel.open(file, StandardOpenOption.READ);
  }

  private void read(FileChannel in, ByteBuffer chunk, int number) throws IOException {
    int start = chunk.position();
    long at = (long) number * CHUNK_BYTES;
    while (chunk.hasRemaining()) {
      int read = in.read(chunk, at + chunk.position() - start);
      if (read < 0) {
        throw new IOException("its file ends too early");
      }
    }
    chunk.position(start);
    if (check(chunk) != checks[number]) {
      throw new IOException("its file was changed");
    }
  }

  private BlockException broken(IOException cause) {
    return cause instanceof BlockException known
        ? known
        : new BlockException("block %s can't be read".formatted(cid), cause);
  }
}
