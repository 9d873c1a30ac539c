package io.minga.libp2p.tls.netty;

import io.minga.libp2p.tls.PeerCertificate;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * One connection's TLS: puts Netty's handler before itself, waits for the handshake, and turns what
 * comes of it into a {@link TlsResult} or one exception. It stays in the pipeline, out of the way
 * of data, to translate what the library says later.
 */
final class TlsHandler extends ChannelInboundHandlerAdapter {
  private enum State {
    HANDSHAKE,
    SECURED,
    FAILED
  }

  private final SslContext context;
  private final PeerTrustManager trust;
  private final TlsOptions options;
  private final PeerProof proof;
  private @Nullable SslHandler ssl;
  private State state = State.HANDSHAKE;

  TlsHandler(SslContext context, PeerTrustManager trust, TlsOptions options, PeerProof proof) {
    this.context = context;
    this.trust = trust;
    this.options = options;
    this.proof = proof;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    SslHandler handler = context.newHandler(ctx.alloc());
    this.ssl = handler;
    handler.setHandshakeTimeoutMillis(options.handshakeTimeout().toMillis());
    handler.setCloseNotifyFlushTimeoutMillis(options.closeTimeout().toMillis());
    if (options.library() == TlsLibrary.JDK) {
      offerApplicationProtocols(handler.engine());
    } else if (context.isServer()) {
      ctx.pipeline().addBefore(ctx.name(), null, new ClientHelloGuard(supportedProtocols()));
    }
    trust.begin(handler.engine(), proof);
    ctx.pipeline().addBefore(ctx.name(), null, handler);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    endHandshake();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (!(event instanceof SslHandshakeCompletionEvent completion)) {
      ctx.fireUserEventTriggered(event);
    } else if (completion.isSuccess()) {
      succeed(ctx);
    } else {
      fail(ctx, completion.cause());
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    switch (state) {
      case HANDSHAKE -> fail(ctx, cause);
      case SECURED -> ctx.fireExceptionCaught(TlsFailure.translate(cause));
      // The reason is out and the channel is closing: this is the same reason once more.
      case FAILED -> {}
    }
  }

  private void succeed(ChannelHandlerContext ctx) {
    endHandshake();
    PeerCertificate certificate = proof.certificate();
    if (state != State.HANDSHAKE) {
      return;
    }
    if (certificate == null) {
      fail(ctx, new WireException("TLS handshake ended without a certificate of the peer"));
      ChannelFuture unused = ctx.close();
      return;
    }
    state = State.SECURED;
    ctx.fireUserEventTriggered(new TlsResult(certificate.peer(), certificate.publicKey(), muxer()));
  }

  private void fail(ChannelHandlerContext ctx, Throwable cause) {
    endHandshake();
    if (state != State.HANDSHAKE) {
      return;
    }
    state = State.FAILED;
    WireException refusal = proof.refusal();
    ctx.fireExceptionCaught(refusal != null ? refusal : TlsFailure.translate(cause));
  }

  private void endHandshake() {
    if (ssl != null) {
      trust.end(ssl.engine());
    }
  }

  private Optional<String> muxer() {
    String protocol = ssl == null ? null : ssl.engine().getApplicationProtocol();
    return Optional.ofNullable(protocol).filter(options.muxers()::contains);
  }

  /** Given the protocols this way, the JDK itself refuses a dialer that offers only others. */
  private void offerApplicationProtocols(SSLEngine engine) {
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setApplicationProtocols(options.applicationProtocols().toArray(new String[0]));
    engine.setSSLParameters(parameters);
  }

  private List<Bytes> supportedProtocols() {
    return options.applicationProtocols().stream()
        .map(name -> Bytes.copyOf(name.getBytes(StandardCharsets.UTF_8)))
        .toList();
  }
}
