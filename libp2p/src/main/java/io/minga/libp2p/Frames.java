package io.minga.libp2p;

import io.minga.libp2p.HostException.Kind;
import io.minga.libp2p.wire.LengthPrefixed;
import io.minga.libp2p.wire.Uvarint;
import io.minga.libp2p.wire.WireException;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Frames behind their uvarint lengths, as most libp2p protocols speak them over streams. */
public final class Frames {
  private Frames() {}

  /**
   * A stream handler that passes whole frames on to {@code handler}. A frame within one chunk is
   * not copied; one that spans chunks is gathered as it comes.
   *
   * @param frameBytesMax the longest frame; a longer one resets the stream, before it is read
   */
  public static StreamHandler reading(int frameBytesMax, FrameHandler handler) {
    return new Reader(frameBytesMax, handler);
  }

  /** Sends {@code frame} behind its length; see {@link Stream#write}. */
  public static CompletableFuture<Void> write(Stream stream, ByteBuffer frame) {
    int length = frame.remaining();
    ByteBuf out = stream.allocator().buffer(Uvarint.length(length) + length);
    int prefix = length;
    for (; prefix >= 0x80; prefix >>>= 7) {
      out.writeByte(prefix | 0x80);
    }
    out.writeByte(prefix).writeBytes(frame.duplicate());
    return stream.write(out);
  }

  private static final class Reader implements StreamHandler {
    private final LengthPrefixed frames;
    private final FrameHandler handler;
    private @Nullable HostException violation;

    Reader(int frameBytesMax, FrameHandler handler) {
      this.frames = new LengthPrefixed(frameBytesMax);
      this.handler = handler;
    }

    @Override
    public void read(Stream stream, ByteBuf bytes) {
      try {
        ByteBuffer in = bytes.nioBuffer();
        for (ByteBuffer frame; violation == null && (frame = frames.next(in)) != null; ) {
          handler.frame(stream, frame);
        }
      } catch (WireException e) {
        violated(stream, e);
      } finally {
        bytes.release();
      }
    }

    @Override
    public void remoteClosed(Stream stream) {
      try {
        frames.finish();
        handler.remoteClosed(stream);
      } catch (WireException e) {
        violated(stream, e);
      }
    }

    @Override
    public void writable(Stream stream) {
      handler.writable(stream);
    }

    @Override
    public void closed(Stream stream, @Nullable HostException cause) {
      handler.closed(stream, violation != null ? violation : cause);
    }

    private void violated(Stream stream, WireException e) {
      violation = new HostException(Kind.PEER_VIOLATION, e.getMessage(), e);
      stream.reset();
    }
  }
}
