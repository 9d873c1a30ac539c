package io.minga.libp2p.netty;

import io.minga.libp2p.noise.NoiseHandshake;
import io.minga.libp2p.wire.WireException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;

/** Runs a Noise handshake in a pipeline, then makes way for the data phase. */
final class NoiseHandshakeHandler extends ChannelInboundHandlerAdapter {
  private final NoiseHandshake handshake;
  private final Consumer<NoiseHandshake.Effect.Established> established;

  /**
   * @param established told the result once the {@link NoiseHandler} is in the pipeline
   */
  NoiseHandshakeHandler(
      NoiseHandshake handshake, Consumer<NoiseHandshake.Effect.Established> established) {
    this.handshake = handshake;
    this.established = established;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) throws WireException, UpgradeException {
    perform(ctx, handshake.handle(System.nanoTime(), new NoiseHandshake.Input.Opened()));
    ctx.flush();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg)
      throws WireException, UpgradeException {
    ByteBuf in = (ByteBuf) msg;
    try {
      while (in.isReadable() && !handshake.isFinished()) {
        ByteBuffer bytes = in.nioBuffer();
        int start = bytes.position();
        List<NoiseHandshake.Effect> effects =
            handshake.handle(System.nanoTime(), new NoiseHandshake.Input.Received(bytes));
        in.skipBytes(bytes.position() - start);
        perform(ctx, effects);
      }
      ctx.flush();
    } catch (WireException | UpgradeException e) {
      in.release();
      throw e;
    }
    if (in.isReadable()) {
      ctx.fireChannelRead(in);
    } else {
      in.release();
    }
    if (handshake.isFinished()) {
      ctx.pipeline().remove(this);
    }
  }

  private void perform(ChannelHandlerContext ctx, List<NoiseHandshake.Effect> effects)
      throws UpgradeException {
    for (NoiseHandshake.Effect effect : effects) {
      if (effect instanceof NoiseHandshake.Effect.Write write) {
        ctx.write(Buffers.of(write.bytes()));
      } else if (effect instanceof NoiseHandshake.Effect.Established result) {
        ctx.pipeline().addAfter(ctx.name(), "noise", new NoiseHandler(result.transport()));
        established.accept(result);
      } else if (effect instanceof NoiseHandshake.Effect.Failed failed) {
        throw new UpgradeException(ConnectionFailures.noise(failed.failure()));
      }
    }
  }
}
