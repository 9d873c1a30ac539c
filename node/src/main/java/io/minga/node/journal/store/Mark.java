package io.minga.node.journal.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * How many commits a journal has, beside it: written after each, never ahead of it. By it the end
 * of a journal is missed, where an earlier state would look as good.
 */
final class Mark implements AutoCloseable {
  private static final int BYTES = 2 * Long.BYTES + Integer.BYTES;

  private final FileChannel channel;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BYTES);

  /**
   * What it says.
   *
   * @param lineage of which journal
   */
  record Said(long lineage, long commits) {}

  private Mark(FileChannel channel) {
    this.channel = channel;
  }

  static Path of(Path journal) {
    return journal.resolveSibling(journal.getFileName() + "-mark");
  }

  /** What is written there; nothing if there is no such file, or it is damaged. */
  static Optional<Said> read(Path path) throws IOException {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(path);
    } catch (NoSuchFileException none) {
      return Optional.empty();
    }
    if (bytes.length != BYTES) {
      return Optional.empty();
    }
    ByteBuffer in = ByteBuffer.wrap(bytes);
    Said said = new Said(in.getLong(), in.getLong());
    return in.getInt() == sum(bytes) ? Optional.of(said) : Optional.empty();
  }

  private static int sum(byte[] bytes) {
    CRC32C sum = new CRC32C();
    sum.update(bytes, 0, 2 * Long.BYTES);
    return (int) sum.getValue();
  }

  static Mark open(Path path) throws IOException {
    return new Mark(FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE));
  }

  void write(long lineage, long commits) throws IOException {
    buffer.clear();
    buffer.putLong(lineage).putLong(commits);
    CRC32C sum = new CRC32C();
    sum.update(buffer.duplicate().flip());
    buffer.putInt((int) sum.getValue()).flip();
    while (buffer.hasRemaining()) {
      channel.write(buffer, buffer.position());
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
