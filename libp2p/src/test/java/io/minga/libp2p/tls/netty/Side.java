package io.minga.libp2p.tls.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** One end of a connection in memory: a channel, and what its application came to see. */
final class Side {
  final List<Object> outcomes = new ArrayList<>();
  final EmbeddedChannel channel = new EmbeddedChannel();
  private final ByteArrayOutputStream received = new ByteArrayOutputStream();

  /** What the wire does to the bytes of this side on their way. */
  UnaryOperator<byte[]> wire = UnaryOperator.identity();

  Side(ChannelHandler handler) {
    // Without time running, no timeout can strike but in a test of timeouts.
    channel.freezeTime();
    channel.pipeline().addLast(handler).addLast(new Application());
  }

  /** The only outcome so far. */
  Object outcome() {
    if (outcomes.size() != 1) {
      throw new AssertionError("outcomes: " + outcomes);
    }
    return outcomes.get(0);
  }

  TlsResult result() {
    return (TlsResult) outcomes.get(0);
  }

  Throwable failure() {
    return (Throwable) outcome();
  }

  /** What the application received since the last call. */
  byte[] received() {
    byte[] bytes = received.toByteArray();
    received.reset();
    return bytes;
  }

  void send(byte[] bytes) {
    ChannelFuture unused = channel.writeAndFlush(Unpooled.copiedBuffer(bytes));
    channel.runPendingTasks();
  }

  /** Carries bytes both ways, and then the end of either side, until nothing moves. */
  static void connect(Side a, Side b) {
    boolean moved = true;
    while (moved) {
      moved = a.carryTo(b);
      moved |= b.carryTo(a);
    }
  }

  private boolean carryTo(Side other) {
    channel.runPendingTasks();
    Optional<byte[]> flight = takeFlight();
    if (flight.isPresent()) {
      other.receive(wire.apply(flight.get()));
      return true;
    }
    if (!channel.isOpen() && other.channel.isOpen()) {
      other.endOfStream();
      return true;
    }
    return false;
  }

  /** What this side sent and nobody took yet. */
  Optional<byte[]> takeFlight() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
      bytes.writeBytes(ByteBufUtil.getBytes(out));
      out.release();
    }
    return bytes.size() == 0 ? Optional.empty() : Optional.of(bytes.toByteArray());
  }

  void receive(byte[] bytes) {
    if (channel.isOpen() && bytes.length > 0) {
      // A close leaves its handlers in place until this read is over, as on a socket.
      ChannelFuture unused = channel.writeOneInbound(Unpooled.copiedBuffer(bytes));
      if (channel.isOpen()) {
        channel.flushInbound();
      }
      channel.runPendingTasks();
    }
  }

  /** The other side closed the connection. */
  void endOfStream() {
    channel.unsafe().close(channel.voidPromise());
    channel.runPendingTasks();
  }

  /** Closes the channel and gives back what is left in it. */
  void discard() {
    endOfStream();
    takeFlight();
  }

  private final class Application extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      received.writeBytes(ByteBufUtil.getBytes((ByteBuf) message));
      ReferenceCountUtil.release(message);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event instanceof TlsResult || event instanceof SslHandshakeCompletionEvent) {
        outcomes.add(event);
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      outcomes.add(cause);
    }
  }
}
