package io.minga.benchmarks.host;

import io.minga.benchmarks.RawNetty;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Bare TCP as a client: each lane is a connection. */
final class RawPeer implements Peer {
  private final RawNetty netty = new RawNetty();
  private final int port;

  RawPeer(String port) {
    this.port = Integer.parseInt(port);
  }

  @Override
  public CompletableFuture<Long> connectAnew() {
    CompletableFuture<Long> result = new CompletableFuture<>();
    netty.connect(port, new OneByte(result), result);
    return result;
  }

  @Override
  public CompletableFuture<Void> openAnew() {
    throw new UnsupportedOperationException("TCP has no streams");
  }

  @Override
  public void open(Service service, Receiver receiver) {
    CompletableFuture<Void> failure = new CompletableFuture<>();
    failure.exceptionally(
        cause -> {
          receiver.failed(cause);
          return null;
        });
    netty.connect(port, new LaneHandler(service, receiver), failure);
  }

  @Override
  public AutoCloseable startIdle() {
    Channel listener = netty.listen(ChannelInboundHandlerAdapter::new);
    return () -> listener.close().sync();
  }

  @Override
  public void close() {
    netty.close();
  }

  private static ByteBuf opening(ChannelHandlerContext ctx, Service service, int more) {
    return ctx.alloc().buffer(1 + more).writeByte(service.letter).writeZero(more);
  }

  private static final class OneByte extends ChannelInboundHandlerAdapter {
    private final long startNanos = System.nanoTime();
    private final CompletableFuture<Long> result;

    OneByte(CompletableFuture<Long> result) {
      this.result = result;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      ctx.writeAndFlush(opening(ctx, Service.ECHO, 1), ctx.voidPromise());
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
      ((ByteBuf) msg).release();
      long nanos = System.nanoTime() - startNanos;
      ctx.close().addListener(closed -> result.complete(nanos));
    }
  }

  private static final class LaneHandler extends ChannelInboundHandlerAdapter {
    private final Service service;
    private final Receiver receiver;
    private @Nullable ChannelLane lane;

    LaneHandler(Service service, Receiver receiver) {
      this.service = service;
      this.receiver = receiver;
    }

    private ChannelLane lane(ChannelHandlerContext ctx) {
      ChannelLane made = lane;
      if (made == null) {
        made = new ChannelLane(ctx);
        lane = made;
      }
      return made;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      ctx.write(opening(ctx, service, 0), ctx.voidPromise());
      receiver.opened(lane(ctx));
      ctx.flush();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
      receiver.read(lane(ctx), (ByteBuf) msg);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
      ctx.flush();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
      if (ctx.channel().isWritable()) {
        receiver.writable(lane(ctx));
        ctx.flush();
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      receiver.failed(cause);
    }
  }

  private record ChannelLane(ChannelHandlerContext context) implements Lane {
    @Override
    public void write(ByteBuf bytes) {
      context.write(bytes, context.voidPromise());
    }

    @Override
    public boolean isWritable() {
      return context.channel().isWritable();
    }

    @Override
    public void close() {
      context.close();
    }
  }
}
