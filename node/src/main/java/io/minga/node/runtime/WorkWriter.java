package io.minga.node.runtime;

import io.minga.libp2p.HostException;
import io.minga.libp2p.Stream;
import io.minga.libp2p.StreamHandler;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.Uvarint;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * The stream that we opened to a peer, over which it hears our frames and says nothing. Frames of
 * one turn leave together; while the peer is behind they wait here.
 */
final class WorkWriter implements StreamHandler {
  /**
   * What may wait for a peer that does not read: then the stream is reset, and all is said anew.
   */
  private static final int WAITING_BYTES_MAX = 64 << 20;

  /**
   * How much is written at a time. A stream that is writable takes so much; of more it would take
   * nothing at all, and what it refuses is lost.
   */
  private static final int PIECE_BYTES = 256 << 10;

  private final Stream stream;
  private final NodeLoop loop;
  private final WorkLinks links;

  // On the node's loop.
  private @Nullable ByteBuf gathered;
  private boolean ended;

  WorkWriter(Stream stream, NodeLoop loop, WorkLinks links) {
    this.stream = stream;
    this.loop = loop;
    this.links = links;
  }

  Stream stream() {
    return stream;
  }

  // On the node's loop.

  /** Adds a frame to what leaves with the next {@link #flush}; false if there is too much. */
  boolean add(Bytes frame) {
    if (ended) {
      return true;
    }
    ByteBuf out = gathered;
    if (out == null) {
      out = stream.allocator().buffer(Math.max(256, frame.length() + 8));
      gathered = out;
    }
    if (out.readableBytes() > WAITING_BYTES_MAX) {
      return false;
    }
    int prefix = frame.length();
    out.ensureWritable(Uvarint.length(prefix) + frame.length());
    for (; prefix >= 0x80; prefix >>>= 7) {
      out.writeByte(prefix | 0x80);
    }
    out.writeByte(prefix).writeBytes(frame.asReadOnlyBuffer());
    return true;
  }

  void flush() {
    if (gathered != null) {
      gathered = write(stream, gathered);
    }
  }

  /** Writes as much as the stream takes; returns the rest, or null. */
  static @Nullable ByteBuf write(Stream stream, ByteBuf bytes) {
    while (stream.isWritable()) {
      if (bytes.readableBytes() <= PIECE_BYTES) {
        writePiece(stream, bytes);
        return null;
      }
      writePiece(stream, stream.allocator().buffer(PIECE_BYTES).writeBytes(bytes, PIECE_BYTES));
      bytes.discardSomeReadBytes();
    }
    return bytes;
  }

  /** What does not leave is said anew over another stream. */
  private static void writePiece(Stream stream, ByteBuf bytes) {
    stream
        .write(bytes)
        .whenComplete(
            (sent, failure) -> {
              if (failure != null) {
                stream.reset();
              }
            });
  }

  /** Nothing leaves any more. */
  void end() {
    if (!ended) {
      ended = true;
      if (gathered != null) {
        gathered.release();
        gathered = null;
      }
      stream.reset();
    }
  }

  // On the connection's loop.

  @Override
  public void read(Stream from, ByteBuf bytes) {
    bytes.release();
  }

  /** The peer has nothing to say on this stream, so that is no goodbye. */
  @Override
  public void remoteClosed(Stream from) {}

  @Override
  public void writable(Stream from) {
    loop.submit(now -> flush());
  }

  @Override
  public void closed(Stream from, @Nullable HostException cause) {
    loop.submit(now -> links.ended(now, this));
  }
}
