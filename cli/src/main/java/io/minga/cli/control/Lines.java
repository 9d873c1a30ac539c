package io.minga.cli.control;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import org.jspecify.annotations.Nullable;

/**
 * The lines of a channel, none longer than what is allowed. A long one takes its part of what is
 * allowed for all, until the next is asked for. For one thread.
 */
public final class Lines implements AutoCloseable {
  private static final int BUFFER_BYTES = 64 << 10;

  private final ReadableByteChannel channel;
  private final int bytesMax;
  private final Allowance allowance;
  private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES).flip();
  private ByteArrayOutputStream begun = new ByteArrayOutputStream();
  private long taken;

  /**
   * The lines of {@code channel}, which blocks.
   *
   * @param bytesMax how long a line may be, without its end
   */
  public Lines(ReadableByteChannel channel, int bytesMax) {
    this(channel, bytesMax, new Allowance(bytesMax));
  }

  /** The same, within what is allowed for several. */
  Lines(ReadableByteChannel channel, int bytesMax, Allowance allowance) {
    this.channel = channel;
    this.bytesMax = bytesMax;
    this.allowance = allowance;
  }

  /**
   * The next line without its end; null after the last, whether that has an end or not.
   *
   * @throws TooLongException if a line is longer than it may be, or than there is room for; nothing
   *     is to be read after it
   */
  public byte @Nullable [] next() throws IOException {
    close();
    while (true) {
      int end = end();
      int length = (end < 0 ? buffer.limit() : end) - buffer.position();
      if (begun.size() + length > bytesMax) {
        throw new TooLongException("a line has more than the %d B that it may".formatted(bytesMax));
      }
      makeRoom(begun.size() + length);
      begun.write(buffer.array(), buffer.position(), length);
      if (end >= 0) {
        buffer.position(end + 1);
        return take();
      }
      buffer.clear();
      int read = channel.read(buffer);
      buffer.flip();
      if (read < 0) {
        return begun.size() == 0 ? null : take();
      }
    }
  }

  /** What fits into the buffer needs no room of its own. */
  private void makeRoom(int bytes) throws TooLongException {
    if (bytes <= BUFFER_BYTES || bytes <= taken) {
      return;
    }
    if (!allowance.take(bytes - taken)) {
      throw new TooLongException(
          "there is no room for a line of more than %d B beside those of others, %d B in all; try"
                  .formatted(begun.size(), allowance.bytesMax())
              + " again when they are done");
    }
    taken = bytes;
  }

  /** Gives back what the last line took. */
  @Override
  public void close() {
    allowance.giveBack(taken);
    taken = 0;
  }

  /** Whether the next line is here already, so that nothing is waited for. */
  public boolean isReady() {
    return end() >= 0;
  }

  /** Where the first line end of the buffer is, or -1. */
  private int end() {
    for (int i = buffer.position(); i < buffer.limit(); i++) {
      if (buffer.get(i) == '\n') {
        return i;
      }
    }
    return -1;
  }

  private byte[] take() {
    byte[] line = begun.toByteArray();
    if (line.length > BUFFER_BYTES) {
      begun = new ByteArrayOutputStream(); // the old one keeps its size
    } else {
      begun.reset();
    }
    return line;
  }

  /** A line is too long. */
  public static final class TooLongException extends IOException {
    private static final long serialVersionUID = 1L;

    TooLongException(String message) {
      super(message);
    }
  }
}
