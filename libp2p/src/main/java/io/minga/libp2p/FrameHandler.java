package io.minga.libp2p;

import io.minga.libp2p.wire.WireException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Who gets the frames of one stream that speaks in frames behind their lengths. Put it on a stream
 * with {@link Frames#reading}; see {@link StreamHandler} for how it is called.
 */
public interface FrameHandler {
  /**
   * One whole frame, without its length: the bytes from the position to the limit of {@code frame},
   * which are valid only during the call.
   *
   * @throws WireException if the frame breaks a rule; the stream is reset
   */
  void frame(Stream stream, ByteBuffer frame) throws WireException;

  /** The other side will send no more frames. By default ours closes too. */
  default void remoteClosed(Stream stream) {
    stream.closeWrite();
  }

  /** As {@link StreamHandler#writable}. */
  default void writable(Stream stream) {}

  /**
   * The last call, as {@link StreamHandler#closed}; a frame that broke a rule gives a cause of kind
   * PEER_VIOLATION.
   */
  default void closed(Stream stream, @Nullable HostException cause) {}
}
