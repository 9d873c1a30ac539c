package io.minga.libp2p.netty;

import io.minga.libp2p.multistream.Negotiation;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Negotiates what a connection speaks next, then makes way: once there is an agreement its owner
 * puts the next handler behind it, and what the peer sent meanwhile goes there.
 */
final class NegotiationHandler extends ChannelInboundHandlerAdapter {
  /** What is told once the protocol is known; adds its handler behind this one. */
  interface Agreement {
    void agreed(ChannelHandlerContext ctx, String protocol);
  }

  private final Negotiation negotiation;
  private final List<String> protocols;
  private final Agreement agreement;

  /**
   * @param protocols what we ask for, if it is us who ask, for the sentence in which a negotiation
   *     fails
   */
  NegotiationHandler(Negotiation negotiation, List<String> protocols, Agreement agreement) {
    this.negotiation = negotiation;
    this.protocols = protocols;
    this.agreement = agreement;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) throws WireException, UpgradeException {
    perform(ctx, negotiation.handle(System.nanoTime(), new Negotiation.Input.Opened()));
    ctx.flush();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg)
      throws WireException, UpgradeException {
    ByteBuf in = (ByteBuf) msg;
    if (!negotiation.isFinished()) {
      try {
        ByteBuffer bytes = in.nioBuffer();
        int start = bytes.position();
        List<Negotiation.Effect> effects =
            negotiation.handle(System.nanoTime(), new Negotiation.Input.Received(bytes));
        in.skipBytes(bytes.position() - start);
        perform(ctx, effects);
        ctx.flush();
      } catch (WireException | UpgradeException e) {
        in.release();
        throw e;
      }
    }
    if (in.isReadable()) {
      ctx.fireChannelRead(in);
    } else {
      in.release();
    }
    if (negotiation.isFinished()) {
      ctx.pipeline().remove(this);
    }
  }

  private void perform(ChannelHandlerContext ctx, List<Negotiation.Effect> effects)
      throws UpgradeException {
    for (Negotiation.Effect effect : effects) {
      if (effect instanceof Negotiation.Effect.Write write) {
        write(ctx, write.bytes());
      } else if (effect instanceof Negotiation.Effect.Agreed agreed) {
        agreement.agreed(ctx, agreed.protocol());
      } else if (effect instanceof Negotiation.Effect.Failed failed) {
        throw new UpgradeException(ConnectionFailures.negotiation(failed.failure(), protocols));
      }
    }
  }

  private static void write(ChannelHandlerContext ctx, Bytes bytes) {
    ctx.write(Buffers.of(bytes));
  }
}
