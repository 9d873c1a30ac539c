package io.minga.benchmarks.host;

import io.minga.benchmarks.RawNetty;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.InetSocketAddress;

/** Bare TCP, echoing and discarding: the first byte of a connection says which. */
final class RawServer implements AutoCloseable {
  private final RawNetty netty = new RawNetty();
  private final Channel listener = netty.listen(ByService::new);

  String address() {
    return String.valueOf(((InetSocketAddress) listener.localAddress()).getPort());
  }

  @Override
  public void close() {
    netty.close();
  }

  private static final class ByService extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
      ByteBuf bytes = (ByteBuf) msg;
      boolean echoes = bytes.readByte() == Peer.Service.ECHO.letter;
      ctx.pipeline().addLast(echoes ? new Echo() : new Discard());
      ctx.fireChannelRead(bytes);
      ctx.pipeline().remove(this);
    }
  }

  /** A client that has its figure closes, whatever is still under way. */
  private abstract static class Answer extends ChannelInboundHandlerAdapter {
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }
  }

  private static final class Echo extends Answer {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
      ctx.write(msg, ctx.voidPromise());
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
      ctx.flush();
    }
  }

  private static final class Discard extends Answer {
    private final Receipts receipts = new Receipts();

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
      ByteBuf bytes = (ByteBuf) msg;
      int due = receipts.due(bytes.readableBytes());
      bytes.release();
      if (due > 0) {
        ctx.writeAndFlush(ctx.alloc().buffer(due).writeZero(due), ctx.voidPromise());
      }
    }
  }
}
