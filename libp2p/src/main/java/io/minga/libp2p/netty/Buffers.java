package io.minga.libp2p.netty;

import io.minga.libp2p.noise.NoiseTransport;
import io.minga.libp2p.wire.Bytes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;

/** Buffers with room around their content, so that a frame can be encrypted where it lies. */
final class Buffers {
  private static final int HEADROOM = NoiseTransport.PREFIX_LENGTH;
  private static final int TAILROOM = NoiseTransport.FRAME_OVERHEAD - NoiseTransport.PREFIX_LENGTH;

  private Buffers() {}

  /** An empty direct buffer for {@code length} bytes that can be sealed in place. */
  static ByteBuf forSealing(ByteBufAllocator allocator, int length) {
    int capacity = HEADROOM + length + TAILROOM;
    return allocator.directBuffer(capacity, capacity).setIndex(HEADROOM, HEADROOM);
  }

  /** Whether {@code buffer} is direct, of one piece, and has the room. */
  static boolean canSealInPlace(ByteBuf buffer) {
    return buffer.isDirect()
        && buffer.nioBufferCount() == 1
        && buffer.refCnt() == 1
        && buffer.readerIndex() >= HEADROOM
        && buffer.capacity() - buffer.writerIndex() >= TAILROOM
        && buffer.readableBytes() <= NoiseTransport.PLAINTEXT_BYTES_MAX;
  }

  /** {@code buffer}, or a copy of it in its place if it can't be written to as one direct piece. */
  static ByteBuf exclusiveDirect(ByteBufAllocator allocator, ByteBuf buffer) {
    if (buffer.isDirect() && buffer.nioBufferCount() == 1 && !buffer.isReadOnly()) {
      return buffer;
    }
    ByteBuf copy = allocator.directBuffer(buffer.readableBytes());
    copy.writeBytes(buffer);
    buffer.release();
    return copy;
  }

  /** The content of {@code buffer}, which it releases. */
  static Bytes toBytes(ByteBuf buffer) {
    try {
      return Bytes.copyOf(buffer.nioBuffer());
    } finally {
      buffer.release();
    }
  }

  /** {@code bytes} as a buffer to be written; nothing is copied. */
  static ByteBuf of(Bytes bytes) {
    return Unpooled.wrappedBuffer(bytes.asReadOnlyBuffer());
  }
}
