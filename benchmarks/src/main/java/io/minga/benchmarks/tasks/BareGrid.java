package io.minga.benchmarks.tasks;

import io.minga.benchmarks.RawNetty;
import io.minga.cli.bench.NoOp;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.FixedLengthFrameDecoder;
import io.netty.util.collection.IntObjectHashMap;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

/**
 * Calls that only cross threads, as often as ours: from the caller to the loop of its connection,
 * to the loop at the other end, to a thread of a pool there, and the same way back. What goes over
 * the connection, in the clear, is the call's number and its argument or result.
 *
 * <p>It is the floor of what a call takes where a caller, a loop and a pool are threads of their
 * own: the difference to it is what a contender does besides.
 */
final class BareGrid implements Grid {
  private static final int FRAME_BYTES = 2 * Integer.BYTES;

  private final RawNetty netty = new RawNetty();
  private final CompletableFuture<Channel> connected = new CompletableFuture<>();
  private final Channel channel;

  // The loop's.
  private final IntObjectHashMap<CompletableFuture<Integer>> open = new IntObjectHashMap<>();
  private int number;

  BareGrid(String server) {
    netty.connect(Integer.parseInt(server), pipeline(new Results()), connected);
    channel = connected.join();
  }

  private static ChannelInitializer<Channel> pipeline(ChannelInboundHandlerAdapter reader) {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel channel) {
        channel.pipeline().addLast(new FixedLengthFrameDecoder(FRAME_BYTES), reader);
      }
    };
  }

  private static void send(Channel channel, int number, int value) {
    ByteBuf frame = channel.alloc().buffer(FRAME_BYTES).writeInt(number).writeInt(value);
    channel.writeAndFlush(frame, channel.voidPromise());
  }

  @Override
  public CompletableFuture<Integer> call(NoOp task, int argument) {
    CompletableFuture<Integer> result = new CompletableFuture<>();
    channel
        .eventLoop()
        .execute(
            () -> {
              open.put(++number, result);
              send(channel, number, argument);
            });
    return result;
  }

  /** Takes what comes back. */
  private final class Results extends ChannelInboundHandlerAdapter {
    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      connected.complete(ctx.channel());
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
      ByteBuf frame = (ByteBuf) msg;
      CompletableFuture<Integer> result = open.remove(frame.readInt());
      if (result != null) {
        result.complete(frame.readInt());
      }
      frame.release();
    }
  }

  @Override
  public Stream<Integer> job(NoOp task, int count) {
    throw new UnsupportedOperationException("there is nothing but calls");
  }

  @Override
  public void close() {
    netty.close();
  }

  /** The other end, with a thread for each core. */
  static final class Server implements AutoCloseable {
    private final RawNetty netty = new RawNetty();
    private final ExecutorService pool =
        Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
    private final Channel listener = netty.listen(() -> pipeline(new Tasks()));

    /** Where it listens. */
    String address() {
      return Integer.toString(((InetSocketAddress) listener.localAddress()).getPort());
    }

    private final class Tasks extends ChannelInboundHandlerAdapter {
      @Override
      public void channelRead(ChannelHandlerContext ctx, Object msg) {
        ByteBuf frame = (ByteBuf) msg;
        int number = frame.readInt();
        int argument = frame.readInt();
        frame.release();
        pool.execute(
            () -> {
              try {
                int result = NoOp.ECHO.run(argument);
                ctx.channel().eventLoop().execute(() -> send(ctx.channel(), number, result));
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt(); // the pool is shut down
              }
            });
      }
    }

    @Override
    public void close() {
      pool.shutdownNow();
      netty.close();
    }
  }
}
