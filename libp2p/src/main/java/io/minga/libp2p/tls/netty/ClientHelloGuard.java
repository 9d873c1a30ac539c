package io.minga.libp2p.tls.netty;

import io.minga.libp2p.tls.ClientHelloAlpn;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;

/**
 * Stands before BoringSSL on the listening side until the ClientHello is whole, and refuses one
 * whose application protocols are all unknown to us: BoringSSL through Netty would go on without.
 */
final class ClientHelloGuard extends ByteToMessageDecoder {
  private static final byte DECODE_ERROR = 50;
  private static final byte NO_APPLICATION_PROTOCOL = 120;

  private final List<Bytes> supported;
  private boolean refused;

  ClientHelloGuard(List<Bytes> supported) {
    this.supported = supported;
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
    if (refused) {
      in.skipBytes(in.readableBytes());
      return;
    }
    try {
      switch (ClientHelloAlpn.judge(in.nioBuffer(), supported)) {
        case INCOMPLETE -> {}
        // Removal hands what was held back on to the next handler.
        case ACCEPTABLE -> ctx.pipeline().remove(this);
        case NO_COMMON_PROTOCOL ->
            refuse(
                ctx,
                NO_APPLICATION_PROTOCOL,
                new WireException(
                    "peer offers application protocols, and none of them is libp2p's"));
      }
    } catch (WireException e) {
      refuse(ctx, DECODE_ERROR, e);
    }
  }

  @Override
  protected void decodeLast(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
    // The channel is closed: what is held back can't become a handshake any more.
    in.skipBytes(in.readableBytes());
  }

  private void refuse(ChannelHandlerContext ctx, byte alert, WireException reason) {
    refused = true;
    // The alert goes first: whoever hears of the reason closes the channel.
    byte[] fatal = {21, 3, 3, 0, 2, 2, alert};
    ctx.writeAndFlush(Unpooled.wrappedBuffer(fatal)).addListener(ChannelFutureListener.CLOSE);
    ctx.fireExceptionCaught(reason);
  }
}
