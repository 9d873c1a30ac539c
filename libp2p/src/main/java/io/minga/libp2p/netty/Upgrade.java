package io.minga.libp2p.netty;

import io.minga.libp2p.HostException;
import io.minga.libp2p.HostException.Kind;
import io.minga.libp2p.connections.Direction;
import io.minga.libp2p.gate.Verdict;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.identity.PublicKey;
import io.minga.libp2p.limits.ConnectionLease;
import io.minga.libp2p.limits.Refusal;
import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.libp2p.noise.NoiseHandshake;
import io.minga.libp2p.tls.netty.TlsResult;
import io.minga.libp2p.tls.netty.TlsUpgrade;
import io.minga.libp2p.wire.WireException;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last handler of a channel: leads it from the first byte to a connection, within one deadline,
 * and ends the connection for whatever goes wrong in the pipeline later.
 */
final class Upgrade extends ChannelInboundHandlerAdapter {
  static final String NAME = "upgrade";
  private static final Logger LOG = LoggerFactory.getLogger(Upgrade.class);

  private final Upgrader upgrader;
  private final Direction direction;
  private final @Nullable PeerId expected;
  private final Multiaddr localAddress;
  private final Multiaddr remoteAddress;
  private final ConnectionLease lease;
  private final CompletableFuture<NettyConnection> result = new CompletableFuture<>();
  private @Nullable ChannelHandlerContext context;
  private @Nullable ScheduledFuture<?> deadline;
  private @Nullable NettyConnection connection;

  /**
   * @param expected who has to be at the other end, or null for anyone
   */
  Upgrade(
      Upgrader upgrader,
      Direction direction,
      @Nullable PeerId expected,
      Multiaddr localAddress,
      Multiaddr remoteAddress,
      ConnectionLease lease) {
    this.upgrader = upgrader;
    this.direction = direction;
    this.expected = expected;
    this.localAddress = localAddress;
    this.remoteAddress = remoteAddress;
    this.lease = lease;
  }

  /** Completes on the event loop; a failure is a {@link HostException}, and the channel closes. */
  CompletableFuture<NettyConnection> result() {
    return result;
  }

  void begin() {
    ChannelHandlerContext ctx = context();
    long timeoutNanos = upgrader.limits().handshakeTimeout().toNanos();
    deadline =
        ctx.executor()
            .schedule(
                () ->
                    fail(
                        new HostException(
                            Kind.TIMED_OUT, "the handshake took longer than allowed")),
                timeoutNanos,
                TimeUnit.NANOSECONDS);
    ctx.pipeline()
        .addBefore(
            NAME,
            "security",
            new NegotiationHandler(
                upgrader.securityNegotiation(isInitiator()),
                isInitiator() ? upgrader.securityNames() : List.of(),
                this::secure));
  }

  private boolean isInitiator() {
    return direction == Direction.OUTBOUND;
  }

  private void secure(ChannelHandlerContext ctx, String protocol) {
    ChannelPipeline pipeline = ctx.pipeline();
    if (protocol.equals(TlsUpgrade.PROTOCOL)) {
      pipeline.addBefore(NAME, "tls", upgrader.tlsHandler(isInitiator(), expected));
    } else {
      pipeline.addBefore(
          NAME,
          "handshake",
          new NoiseHandshakeHandler(
              upgrader.noiseHandshake(isInitiator(), expected),
              established ->
                  secured(
                      established.remotePeer(),
                      established.remoteKey(),
                      established.muxer(),
                      NoiseHandshake.PROTOCOL)));
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof TlsResult tls) {
      secured(tls.peer(), tls.publicKey(), tls.muxer(), TlsUpgrade.PROTOCOL);
    }
  }

  private void secured(PeerId peer, PublicKey key, Optional<String> muxer, String security) {
    HostException refusal = refusal(peer);
    if (refusal != null) {
      fail(refusal);
    } else if (muxer.isPresent()) {
      multiplex(peer, key, security);
    } else {
      context()
          .pipeline()
          .addBefore(
              NAME,
              "muxer",
              new NegotiationHandler(
                  upgrader.muxerNegotiation(isInitiator()),
                  isInitiator() ? upgrader.muxerNames() : List.of(),
                  (ctx, protocol) -> multiplex(peer, key, security)));
    }
  }

  private @Nullable HostException refusal(PeerId peer) {
    if (peer.equals(upgrader.peerId())) {
      return new HostException(
          Kind.REFUSED, "the peer at " + remoteAddress + " is this host itself");
    }
    Verdict verdict = upgrader.options().gater().interceptSecured(direction, peer, remoteAddress);
    if (verdict instanceof Verdict.Denied denied) {
      return new HostException(Kind.REFUSED, denied.reason());
    }
    Optional<Refusal> refusal = lease.authenticated(peer);
    return refusal.map(limit -> new HostException(Kind.REFUSED, limit.sentence())).orElse(null);
  }

  private void multiplex(PeerId peer, PublicKey key, String security) {
    NettyConnection.Facts facts =
        new NettyConnection.Facts(
            upgrader.nextConnectionId(),
            peer,
            key,
            isInitiator(),
            localAddress,
            remoteAddress,
            security);
    NettyConnection made = upgrader.connection(context().channel(), lease, facts);
    connection = made;
    cancelDeadline();
    context().pipeline().addBefore(NAME, "yamux", made.mux());
    result.complete(made);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    String hint =
        upgrader.isPrivate()
            ? "; its pre-shared key may be another, or none"
            : "; it may be of a private network, with a pre-shared key";
    fail(new HostException(Kind.CLOSED, "the other side closed during the handshake" + hint));
    ctx.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable thrown) {
    fail(reason(thrown));
  }

  private static HostException reason(Throwable thrown) {
    if (thrown instanceof UpgradeException upgrade) {
      return upgrade.reason();
    } else if (thrown instanceof WireException violation) {
      return new HostException(Kind.PEER_VIOLATION, violation.getMessage(), violation);
    } else if (thrown instanceof IOException broken) {
      return new HostException(Kind.CLOSED, String.valueOf(broken.getMessage()), broken);
    }
    LOG.error("a connection fails for a defect of ours", thrown);
    return new HostException(Kind.CLOSED, "our side failed: " + thrown, thrown);
  }

  private void fail(HostException reason) {
    cancelDeadline();
    NettyConnection made = connection;
    if (made != null) {
      made.fail(reason);
      return;
    }
    context().channel().closeFuture().addListener(closed -> lease.close());
    context().close();
    result.completeExceptionally(reason);
  }

  private void cancelDeadline() {
    ScheduledFuture<?> armed = deadline;
    deadline = null;
    if (armed != null) {
      armed.cancel(false);
    }
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
  }

  private ChannelHandlerContext context() {
    ChannelHandlerContext ctx = context;
    if (ctx == null) {
      throw new IllegalStateException("the upgrade is not in a pipeline yet");
    }
    return ctx;
  }
}
