package io.minga.libp2p.netty;

import io.minga.libp2p.HostException;
import io.minga.libp2p.HostException.Kind;
import io.minga.libp2p.connections.Direction;
import io.minga.libp2p.gate.Verdict;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.limits.ConnectionAdmission;
import io.minga.libp2p.limits.ConnectionLease;
import io.minga.libp2p.limits.Refusal;
import io.minga.libp2p.limits.ResourceAccounts;
import io.minga.libp2p.multiformats.Multiaddr;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalServerChannel;
import io.netty.resolver.dns.DnsAddressResolverGroup;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.DnsServerAddressStreamProviders;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The channels of one host: TCP, and memory for hosts within one process. Listens, accepts and
 * dials, and hands every channel to its upgrade.
 */
final class Transports {
  private static final Logger LOG = LoggerFactory.getLogger(Transports.class);

  private static final WriteBufferWaterMark WRITE_MARKS =
      new WriteBufferWaterMark(256 << 10, 512 << 10);

  private static final FairReads READS = new FairReads(System::nanoTime);

  private final EventLoops loops;
  private final LoopsInTurn connectionLoops;
  private final Upgrader upgrader;
  private final ResourceAccounts accounts;
  private final BiConsumer<Multiaddr, HostException> refusals;
  private final ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
  private final DnsAddressResolverGroup resolver;

  /**
   * @param first the loop of the first connection
   * @param refusals told of every inbound channel that does not become a connection
   */
  Transports(
      EventLoops loops,
      EventLoop first,
      Upgrader upgrader,
      ResourceAccounts accounts,
      BiConsumer<Multiaddr, HostException> refusals) {
    this.loops = loops;
    this.connectionLoops = new LoopsInTurn(loops.group(), first);
    this.upgrader = upgrader;
    this.accounts = accounts;
    this.refusals = refusals;
    this.resolver =
        new DnsAddressResolverGroup(
            new DnsNameResolverBuilder()
                .datagramChannelType(loops.datagramChannel())
                .nameServerProvider(DnsServerAddressStreamProviders.platformDefault()));
  }

  /** One dial under way. */
  static final class Dial {
    private final CompletableFuture<NettyConnection> result = new CompletableFuture<>();
    private @Nullable Channel channel;
    private boolean cancelled;

    /** A failure is described by {@link Transports#clause}. */
    CompletableFuture<NettyConnection> result() {
      return result;
    }

    /** Ends the dial, and its connection if it has one already. */
    synchronized void cancel() {
      cancelled = true;
      Channel dialled = channel;
      if (dialled != null) {
        dialled.close();
      }
      result.completeExceptionally(new HostException(Kind.CLOSED, "the dial was cancelled"));
    }

    private synchronized void started(Channel dialled) {
      channel = dialled;
      if (cancelled) {
        dialled.close();
      }
    }
  }

  /**
   * Listens on {@code address}.
   *
   * @return the channel; its bound address is there
   * @throws HostException of kind LISTEN_FAILED, with what is wrong and what would be right
   */
  Channel listen(Multiaddr address) throws HostException {
    SocketAddress socketAddress;
    try {
      socketAddress = SocketAddresses.toListen(address);
    } catch (IllegalArgumentException e) {
      throw new HostException(Kind.LISTEN_FAILED, String.valueOf(e.getMessage()), e);
    }
    ServerBootstrap bootstrap = new ServerBootstrap();
    if (socketAddress instanceof LocalAddress) {
      bootstrap.group(loops.memoryGroup()).channel(LocalServerChannel.class);
    } else {
      bootstrap
          .group(loops.group(), connectionLoops)
          .channel(loops.serverSocketChannel())
          .option(ChannelOption.SO_REUSEADDR, true)
          .option(ChannelOption.SO_BACKLOG, 1024)
          .childOption(ChannelOption.TCP_NODELAY, true);
    }
    ChannelFuture bound =
        bootstrap
            .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WRITE_MARKS)
            .childOption(ChannelOption.RECVBUF_ALLOCATOR, READS)
            .childHandler(new Accept())
            .bind(socketAddress)
            .awaitUninterruptibly();
    Throwable cause = bound.cause();
    if (cause != null) {
      throw new HostException(
          Kind.LISTEN_FAILED,
          "can't listen on %s: %s".formatted(address, listenClause(cause)),
          cause);
    }
    channels.add(bound.channel());
    return bound.channel();
  }

  private final class Accept extends ChannelInitializer<Channel> {
    @Override
    protected void initChannel(Channel channel) {
      Multiaddr remote = SocketAddresses.toMultiaddr(channel.remoteAddress());
      Multiaddr local = SocketAddresses.toMultiaddr(channel.localAddress());
      ConnectionAdmission admission = accounts.tryOpenConnection(Direction.INBOUND);
      if (admission instanceof Refusal refusal) {
        refuse(channel, remote, refusal.sentence());
      } else if (admission instanceof ConnectionLease lease) {
        if (upgrader.options().gater().interceptAccept(remote) instanceof Verdict.Denied denied) {
          lease.close();
          refuse(channel, remote, denied.reason());
          return;
        }
        channels.add(channel);
        Upgrade upgrade = new Upgrade(upgrader, Direction.INBOUND, null, local, remote, lease);
        upgrade
            .result()
            .exceptionally(
                failure -> {
                  refused(remote, failure);
                  return null;
                });
        upgrader.begin(channel, upgrade);
      }
    }

    private void refuse(Channel channel, Multiaddr remote, String reason) {
      channel.close();
      refused(remote, new HostException(Kind.REFUSED, reason));
    }

    private void refused(Multiaddr remote, Throwable failure) {
      LOG.debug("{} did not become a connection: {}", remote, clause(failure));
      if (failure instanceof HostException reason) {
        refusals.accept(remote, reason);
      }
    }
  }

  /** Dials {@code address} and leads the channel to a connection with {@code peer}. */
  Dial dial(PeerId peer, Multiaddr address) {
    Dial dial = new Dial();
    SocketAddress socketAddress;
    try {
      socketAddress = SocketAddresses.toDial(address);
    } catch (IllegalArgumentException e) {
      dial.result.completeExceptionally(e);
      return dial;
    }
    if (upgrader.options().gater().interceptDial(peer, address) instanceof Verdict.Denied denied) {
      dial.result.completeExceptionally(new HostException(Kind.REFUSED, denied.reason()));
      return dial;
    }
    ConnectionAdmission admission = accounts.tryOpenConnection(Direction.OUTBOUND);
    if (admission instanceof ConnectionLease lease) {
      connect(dial, peer, address, socketAddress, lease);
    } else if (admission instanceof Refusal refusal) {
      dial.result.completeExceptionally(new HostException(Kind.REFUSED, refusal.sentence()));
    }
    return dial;
  }

  private void connect(
      Dial dial,
      PeerId peer,
      Multiaddr address,
      SocketAddress socketAddress,
      ConnectionLease lease) {
    Bootstrap bootstrap = new Bootstrap();
    if (socketAddress instanceof LocalAddress) {
      bootstrap.group(loops.memoryGroup()).channel(LocalChannel.class);
    } else {
      bootstrap
          .group(connectionLoops)
          .channel(loops.socketChannel())
          .option(ChannelOption.TCP_NODELAY, true)
          .option(
              ChannelOption.CONNECT_TIMEOUT_MILLIS,
              (int) upgrader.options().dials().dialTimeout().toMillis())
          .resolver(resolver);
    }
    ChannelFuture connecting =
        bootstrap
            .option(ChannelOption.WRITE_BUFFER_WATER_MARK, WRITE_MARKS)
            .option(ChannelOption.RECVBUF_ALLOCATOR, READS)
            .handler(new Dialled(channel -> upgrade(dial, channel, peer, address, lease)))
            .connect(socketAddress);
    channels.add(connecting.channel());
    dial.started(connecting.channel());
    connecting.addListener(
        done -> {
          Throwable cause = done.cause();
          if (cause != null) {
            lease.close();
            dial.result.completeExceptionally(cause);
          }
        });
  }

  private void upgrade(
      Dial dial, Channel channel, PeerId peer, Multiaddr address, ConnectionLease lease) {
    Multiaddr local = SocketAddresses.toMultiaddr(channel.localAddress());
    Multiaddr remote = SocketAddresses.toMultiaddr(channel.remoteAddress());
    if (upgrader.options().gater().interceptDial(peer, remote) instanceof Verdict.Denied denied) {
      lease.close();
      channel.close();
      dial.result.completeExceptionally(
          new HostException(Kind.REFUSED, address + " is " + remote + ": " + denied.reason()));
      return;
    }
    Upgrade upgrade = new Upgrade(upgrader, Direction.OUTBOUND, peer, local, remote, lease);
    upgrade
        .result()
        .whenComplete(
            (connection, failure) -> {
              if (connection != null) {
                dial.result.complete(connection);
              } else {
                dial.result.completeExceptionally(failure);
              }
            });
    upgrader.begin(channel, upgrade);
  }

  /**
   * Gives a dialled channel its handlers once it is connected. Not when the connect's future says
   * so: a listener that is added late is told late, and by then the peer's first bytes may be here.
   */
  private static final class Dialled extends ChannelInboundHandlerAdapter {
    private final Consumer<Channel> connected;

    Dialled(Consumer<Channel> connected) {
      this.connected = connected;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      ctx.pipeline().remove(this);
      connected.accept(ctx.channel());
    }
  }

  /** All channels, listening and connected, that are not closed yet. */
  ChannelGroup channels() {
    return channels;
  }

  void close() {
    resolver.close();
  }

  /** What went wrong with a dial, as the second half of a sentence. */
  static String clause(@Nullable Throwable failure) {
    if (failure instanceof ConnectTimeoutException) {
      return "timed out";
    } else if (failure instanceof NoRouteToHostException) {
      return "there is no route to it";
    } else if (failure instanceof ConnectException) {
      return "connection refused";
    } else if (failure instanceof UnknownHostException) {
      return "its name does not resolve";
    }
    return failure == null ? "failed" : String.valueOf(failure.getMessage());
  }

  private static String listenClause(Throwable failure) {
    String message = String.valueOf(failure.getMessage());
    String text = message.toLowerCase(Locale.ROOT);
    if (text.contains("already in use")) {
      return "another program listens there; choose another port, or 0 for any free one";
    } else if (text.contains("assign requested address")) {
      return "this machine has no such address; choose one of its own, or 0.0.0.0 for all";
    } else if (text.contains("permission denied")) {
      return "this user may not listen on that port; choose one above 1023";
    } else if (failure instanceof BindException || failure instanceof SocketException) {
      return text;
    }
    return message;
  }
}
