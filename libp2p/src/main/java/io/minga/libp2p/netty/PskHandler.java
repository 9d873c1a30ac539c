package io.minga.libp2p.netty;

import io.minga.libp2p.pnet.PskStreams;
import io.minga.libp2p.wire.WireException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import java.nio.ByteBuffer;

/** A private network's encryption at the very bottom of a pipeline, in place in every buffer. */
final class PskHandler extends ChannelDuplexHandler {
  private final PskStreams streams;
  private boolean nonceSent;

  PskHandler(PskStreams streams) {
    this.streams = streams;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) throws WireException {
    ByteBuf in = Buffers.exclusiveDirect(ctx.alloc(), (ByteBuf) msg);
    boolean passedOn = false;
    try {
      ByteBuffer bytes = in.internalNioBuffer(in.readerIndex(), in.readableBytes());
      int start = bytes.position();
      streams.decrypt(bytes);
      in.skipBytes(bytes.position() - start);
      if (in.isReadable()) {
        passedOn = true;
        ctx.fireChannelRead(in);
      }
    } finally {
      if (!passedOn) {
        in.release();
      }
    }
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
    if (!nonceSent) {
      nonceSent = true;
      ctx.write(Buffers.of(streams.nonce()));
    }
    ByteBuf out = Buffers.exclusiveDirect(ctx.alloc(), (ByteBuf) msg);
    streams.encrypt(out.internalNioBuffer(out.readerIndex(), out.readableBytes()));
    ctx.write(out, promise);
  }
}
