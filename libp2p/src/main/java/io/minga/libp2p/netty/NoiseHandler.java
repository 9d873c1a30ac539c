package io.minga.libp2p.netty;

import io.minga.libp2p.noise.NoiseTransport;
import io.minga.libp2p.wire.WireException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The data phase of Noise in a pipeline: opens what comes in and seals what goes out, in place in
 * the buffers that the socket filled and the multiplexer made. Only a frame that is cut by the end
 * of a buffer is copied.
 */
final class NoiseHandler extends ChannelDuplexHandler {
  private final NoiseTransport transport;

  /** The beginning of a frame whose end has not come yet. */
  private @Nullable ByteBuf partial;

  /** Whether a frame broke a rule: what still comes until the channel is closed is dropped. */
  private boolean failed;

  NoiseHandler(NoiseTransport transport) {
    this.transport = transport;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) throws WireException {
    if (failed) {
      ReferenceCountUtil.release(msg);
      return;
    }
    ByteBuf in = Buffers.exclusiveDirect(ctx.alloc(), (ByteBuf) msg);
    try {
      ByteBuf cut = partial;
      if (cut != null) {
        if (!complete(cut, in)) {
          return;
        }
        partial = null;
        try {
          open(ctx, cut);
        } finally {
          cut.release();
        }
      }
      while (open(ctx, in)) {}
      if (in.isReadable()) {
        keep(ctx, in);
      }
    } catch (WireException e) {
      failed = true;
      throw e;
    } finally {
      in.release();
    }
  }

  /** Moves bytes from {@code in} until {@code cut} is one whole frame, and says whether it is. */
  private static boolean complete(ByteBuf cut, ByteBuf in) {
    if (cut.readableBytes() < NoiseTransport.PREFIX_LENGTH) {
      cut.writeBytes(in, Math.min(in.readableBytes(), 1));
      if (cut.readableBytes() < NoiseTransport.PREFIX_LENGTH) {
        return false;
      }
    }
    int frameLength = NoiseTransport.PREFIX_LENGTH + cut.getUnsignedShort(cut.readerIndex());
    cut.writeBytes(in, Math.min(in.readableBytes(), frameLength - cut.readableBytes()));
    return cut.readableBytes() == frameLength;
  }

  /** Opens and passes on the frame at the start of {@code in}, and says whether there was one. */
  private boolean open(ChannelHandlerContext ctx, ByteBuf in) throws WireException {
    ByteBuffer bytes = in.internalNioBuffer(in.readerIndex(), in.readableBytes());
    int frameLength = NoiseTransport.frameLength(bytes);
    if (frameLength == 0) {
      return false;
    }
    int start = in.readerIndex() + NoiseTransport.PREFIX_LENGTH;
    int messageLength = frameLength - NoiseTransport.PREFIX_LENGTH;
    ByteBuffer message = in.internalNioBuffer(start, messageLength);
    int position = message.position();
    transport.open(message);
    int plaintextLength = message.limit() - position;
    in.skipBytes(frameLength);
    if (plaintextLength > 0) {
      ctx.fireChannelRead(in.retainedSlice(start, plaintextLength));
    }
    return true;
  }

  private void keep(ChannelHandlerContext ctx, ByteBuf in) throws WireException {
    int frameLength = NoiseTransport.PREFIX_LENGTH + NoiseTransport.MESSAGE_BYTES_MAX;
    if (in.readableBytes() >= NoiseTransport.PREFIX_LENGTH) {
      frameLength = NoiseTransport.PREFIX_LENGTH + in.getUnsignedShort(in.readerIndex());
    }
    // Grows with what has arrived, not with what the length promises.
    ByteBuf cut = ctx.alloc().directBuffer(in.readableBytes(), frameLength);
    cut.writeBytes(in);
    partial = cut;
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
    ByteBuf plaintext = (ByteBuf) msg;
    if (Buffers.canSealInPlace(plaintext)) {
      ctx.write(sealInPlace(plaintext), promise);
      return;
    }
    try {
      while (plaintext.readableBytes() > NoiseTransport.PLAINTEXT_BYTES_MAX) {
        ctx.write(
            sealCopy(ctx, plaintext.readSlice(NoiseTransport.PLAINTEXT_BYTES_MAX)),
            ctx.voidPromise());
      }
      ctx.write(sealCopy(ctx, plaintext), promise);
    } finally {
      plaintext.release();
    }
  }

  private ByteBuf sealInPlace(ByteBuf buffer) {
    int start = buffer.readerIndex();
    int length = buffer.readableBytes();
    int frameStart = start - NoiseTransport.PREFIX_LENGTH;
    ByteBuffer plaintext = buffer.nioBuffer(start, length);
    ByteBuffer frame = buffer.internalNioBuffer(frameStart, length + NoiseTransport.FRAME_OVERHEAD);
    transport.seal(plaintext, frame);
    return buffer.setIndex(frameStart, frameStart + length + NoiseTransport.FRAME_OVERHEAD);
  }

  private ByteBuf sealCopy(ChannelHandlerContext ctx, ByteBuf plaintext) {
    int length = plaintext.readableBytes();
    ByteBuf buffer = Buffers.forSealing(ctx.alloc(), length);
    buffer.writeBytes(plaintext);
    return sealInPlace(buffer);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    ByteBuf cut = partial;
    partial = null;
    if (cut != null) {
      cut.release();
    }
  }
}
