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
    ByteBuf out = gathered;
    if (out != null && stream.isWritable()) {
      gathered = null;
      stream.write(out);
    }
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
