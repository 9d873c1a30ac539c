package io.minga.libp2p;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Who gets the events of one stream. All calls come from the event loop of the stream's connection,
 * one after the other; they must not block. What a handler throws resets its stream.
 */
public interface StreamHandler {
  /**
   * Bytes from the other side, in the chunks in which they came; the callee owns and releases them.
   * When it returns they count as read, and the other side may send as many again; one that can't
   * keep up says {@link Stream#pauseReading}.
   */
  void read(Stream stream, ByteBuf bytes);

  /** The other side will send no more; ours may go on. By default ours closes too. */
  default void remoteClosed(Stream stream) {
    stream.closeWrite();
  }

  /** The stream's buffer has room again after {@link Stream#isWritable} was false. */
  default void writable(Stream stream) {}

  /**
   * The last call: the stream is gone.
   *
   * @param cause null after both sides closed; otherwise of kind RESET, CLOSED,
   *     PROTOCOL_UNSUPPORTED or PEER_VIOLATION
   */
  default void closed(Stream stream, @Nullable HostException cause) {}
}
