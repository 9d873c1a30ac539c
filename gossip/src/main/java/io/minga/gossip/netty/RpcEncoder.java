package io.minga.gossip.netty;

import io.minga.gossip.rpc.Rpc;
import io.minga.gossip.rpc.RpcCodec;
import io.minga.libp2p.wire.Uvarint;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Encodes RPCs behind their lengths, once also where several peers in a row get the same. */
final class RpcEncoder {
  private static final int KEPT_BYTES_MAX = 64 << 10;

  private @Nullable Rpc last;
  private ByteBuffer frame = ByteBuffer.allocate(1024);

  /** Appends {@code rpc} to {@code out}. */
  @SuppressWarnings("ReferenceEquality") // the very same RPC comes again
  void append(Rpc rpc, ByteBuf out) {
    if (rpc != last) {
      int length = RpcCodec.length(rpc);
      int frameLength = Uvarint.length(length) + length;
      frame = frameLength <= frame.capacity() ? frame.clear() : ByteBuffer.allocate(frameLength);
      Uvarint.encode(length, frame);
      RpcCodec.encode(rpc, frame);
      frame.flip();
      last = rpc;
    }
    out.writeBytes(frame.array(), 0, frame.limit());
  }

  /** Forgets the last RPC, and memory that was for a large one. */
  void clear() {
    last = null;
    if (frame.capacity() > KEPT_BYTES_MAX) {
      frame = ByteBuffer.allocate(1024);
    }
  }
}
