package io.minga.libp2p.netty;

import io.minga.libp2p.Connection;
import io.minga.libp2p.ConnectionListener;
import io.minga.libp2p.Host;
import io.minga.libp2p.HostException;
import io.minga.libp2p.HostException.Kind;
import io.minga.libp2p.HostOptions;
import io.minga.libp2p.ProtocolHandler;
import io.minga.libp2p.Stream;
import io.minga.libp2p.StreamHandler;
import io.minga.libp2p.connections.ConnectionManager;
import io.minga.libp2p.connections.DialQueue;
import io.minga.libp2p.crypto.Crypto;
import io.minga.libp2p.crypto.CryptoProviders;
import io.minga.libp2p.crypto.Entropy;
import io.minga.libp2p.identify.IdentifiedPeer;
import io.minga.libp2p.identify.IdentifyMessage;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.limits.ResourceAccounts;
import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.libp2p.ping.PingOptions;
import io.minga.libp2p.runtime.SystemEntropy;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.group.ChannelGroup;
import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A {@link Host} on Netty: TCP and memory transports, Noise and TLS, yamux. One event loop of those
 * that all hosts of the process share owns what the host itself decides; each connection has one of
 * its own.
 */
public final class NettyHost implements Host {
  private static final Logger LOG = LoggerFactory.getLogger(NettyHost.class);

  /** How long a close waits for connections to say goodbye before their sockets are closed. */
  private static final int GOODBYE_MILLIS = 1_500;

  private static final Entropy ENTROPY = new SystemEntropy();

  private final HostOptions options;
  private final PeerId peerId;
  private final EventLoops loops = EventLoops.acquire();
  private final EventLoop loop = loops.group().next();
  private final Protocols protocols = new Protocols();
  private final KnownPeers peers;
  private final Upgrader upgrader;
  private final ResourceAccounts accounts;
  private final Transports transports;
  private final ConnectionTable connections;
  private final Dialer dialer;
  private final IdentifyService identify;
  private final List<Channel> listeners = new CopyOnWriteArrayList<>();
  private final AtomicBoolean closed = new AtomicBoolean();

  private NettyHost(HostOptions options) {
    Crypto crypto = CryptoProviders.best();
    this.options = options;
    this.peerId = PeerId.of(options.identity().publicKey());
    this.peers = new KnownPeers(options, loop);
    this.connections = new ConnectionTable(options.connections(), loop);
    this.identify = new IdentifyService(options, crypto, protocols, this::advertisedAddresses);
    this.upgrader = new Upgrader(options, crypto, ENTROPY, protocols, new Connections());
    this.accounts = new ResourceAccounts(options.limits());
    this.transports = new Transports(loops, loop, upgrader, accounts, connections::refused);
    RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
    this.dialer =
        new Dialer(new DialQueue(options.dials(), random), transports, connections, peers);
    protocols.put(IdentifyMessage.PROTOCOL, identify::answer);
    protocols.put(IdentifyMessage.PUSH_PROTOCOL, identify::receivePush);
    protocols.put(PingOptions.PROTOCOL, this::answerPings);
    LOG.info("host {} on {} with {}", peerId, loops.kind(), crypto.name());
  }

  /**
   * Starts a host that listens as {@code options} say.
   *
   * @throws HostException of kind LISTEN_FAILED, naming the address and what would be right; then
   *     nothing is left running
   */
  public static Host start(HostOptions options) throws HostException {
    NettyHost host = new NettyHost(options);
    try {
      for (Multiaddr address : options.listen()) {
        host.listeners.add(host.transports.listen(address));
      }
      return host;
    } catch (HostException e) {
      host.close();
      throw e;
    }
  }

  /** What the host does with connections as they come and go, on their loops. */
  private final class Connections implements NettyConnection.Listener {
    @Override
    public void ready(NettyConnection connection) {
      if (closed.get()) {
        connection.close();
        return;
      }
      connections.add(connection);
      loop.execute(
          () -> {
            boolean dialled = connection.isInitiator();
            peers.connected(connection.peer(), dialled ? connection.remoteAddress() : null);
            if (!dialled) {
              dialer.connected(connection.peer(), connection.id());
            }
          });
      identify.ask(connection);
    }

    @Override
    public void identified(NettyConnection connection, IdentifiedPeer peer) {
      loop.execute(
          () -> {
            if (peers.identified(connection, peer)) {
              identify.push(connections.all());
            }
          });
    }

    @Override
    public void over(NettyConnection connection, HostException reason) {
      connections.remove(connection, reason);
      loop.execute(
          () -> {
            if (connections.find(connection.peer()) == null) {
              peers.disconnected(connection.peer());
            }
          });
    }
  }

  /** Where peers are told to find us: what is bound, and where enough of them found us. */
  private List<Multiaddr> advertisedAddresses() {
    Set<Multiaddr> addresses = new LinkedHashSet<>(listenAddresses());
    addresses.addAll(peers.observedAddresses());
    return List.copyOf(addresses);
  }

  private StreamHandler answerPings(Stream stream) {
    NettyConnection connection = (NettyConnection) stream.connection();
    int streams = 0;
    for (NettyConnection other : connections.of(connection.peer())) {
      streams += other.pingStreams().get();
    }
    if (streams >= options.ping().inboundStreamsPerPeer()) {
      stream.reset();
      return (refused, bytes) -> bytes.release();
    }
    return new PingService.Responder(options.ping(), connection, stream);
  }

  /** The books of what this host and its peers hold. */
  ResourceAccounts accounts() {
    return accounts;
  }

  /** Its channels that are not closed yet, listening and connected. */
  ChannelGroup channels() {
    return transports.channels();
  }

  @Override
  public PeerId peerId() {
    return peerId;
  }

  @Override
  public List<Multiaddr> listenAddresses() {
    List<Multiaddr> addresses = new ArrayList<>();
    for (Channel listener : listeners) {
      addresses.addAll(SocketAddresses.reachable(listener.localAddress()));
    }
    return addresses;
  }

  @Override
  public void handle(String protocol, ProtocolHandler handler) {
    if (protocols.put(protocol, handler)) {
      identify.push(connections.all());
    }
  }

  @Override
  public void unhandle(String protocol) {
    if (protocols.remove(protocol)) {
      identify.push(connections.all());
    }
  }

  @Override
  public CompletableFuture<Connection> connect(PeerId peer, List<Multiaddr> addresses) {
    return connect(peer, addresses, true);
  }

  @Override
  public CompletableFuture<Connection> connect(Multiaddr address) {
    Optional<PeerId> peer = SocketAddresses.peer(address);
    if (peer.isEmpty()) {
      return CompletableFuture.failedFuture(
          new HostException(
              Kind.UNREACHABLE,
              "%s does not say which peer is there; it should end in /p2p/ and the peer's id"
                  .formatted(address)));
    }
    return connect(peer.get(), address.decapsulatePeer().stream().toList());
  }

  private CompletableFuture<Connection> connect(
      PeerId peer, List<Multiaddr> addresses, boolean forced) {
    NettyConnection known = connections.find(peer);
    if (known != null) {
      return CompletableFuture.completedFuture(known);
    }
    CompletableFuture<Connection> result = new CompletableFuture<>();
    if (peer.equals(peerId)) {
      result.completeExceptionally(
          new HostException(Kind.REFUSED, "a host does not connect to itself, " + peer));
      return result;
    }
    onLoop(
        result, () -> dialer.connect(peer, peers.dialAddresses(peer, addresses), forced, result));
    return result;
  }

  @Override
  public CompletableFuture<Stream> newStream(
      PeerId peer, List<String> protocolNames, ProtocolHandler handler) {
    return onConnection(peer, connection -> connection.newStream(protocolNames, handler));
  }

  @Override
  public List<Connection> connections() {
    return List.copyOf(connections.all());
  }

  @Override
  public List<Connection> connections(PeerId peer) {
    return List.copyOf(connections.of(peer));
  }

  @Override
  public CompletableFuture<Duration> ping(PeerId peer) {
    return onConnection(peer, connection -> connection.ping(options.ping(), ENTROPY));
  }

  /**
   * Does something on a connection with {@code peer}; a failure is the failure itself, unwrapped.
   */
  private <T> CompletableFuture<T> onConnection(
      PeerId peer, Function<NettyConnection, CompletableFuture<T>> action) {
    CompletableFuture<T> result = new CompletableFuture<>();
    connect(peer, List.of(), false)
        .thenCompose(connection -> action.apply((NettyConnection) connection))
        .whenComplete(
            (value, failure) -> {
              if (failure == null) {
                result.complete(value);
              } else {
                Throwable cause = failure.getCause();
                boolean wrapped = failure instanceof CompletionException && cause != null;
                result.completeExceptionally(wrapped ? cause : failure);
              }
            });
    return result;
  }

  @Override
  public CompletableFuture<Void> protect(PeerId peer, String tag) {
    return tell(new ConnectionManager.Input.Protect(peer, tag));
  }

  @Override
  public CompletableFuture<Void> unprotect(PeerId peer, String tag) {
    return tell(new ConnectionManager.Input.Unprotect(peer, tag));
  }

  private CompletableFuture<Void> tell(ConnectionManager.Input input) {
    CompletableFuture<Void> result = new CompletableFuture<>();
    onLoop(
        result,
        () -> {
          try {
            connections.handle(input);
            result.complete(null);
          } catch (IllegalArgumentException e) {
            result.completeExceptionally(e);
          }
        });
    return result;
  }

  @Override
  public EventExecutor executor() {
    return loop;
  }

  @Override
  public void onConnection(ConnectionListener listener) {
    connections.addListener(listener);
  }

  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    listeners.forEach(Channel::close);
    loop.execute(
        () -> {
          dialer.close();
          connections.close();
          peers.close();
        });
    connections.all().forEach(NettyConnection::close);
    // A close from an event loop can't wait for itself; its channels close soon after.
    if (!loops.isInLoop()) {
      channels().newCloseFuture().awaitUninterruptibly(GOODBYE_MILLIS);
      channels().close().awaitUninterruptibly(GOODBYE_MILLIS);
    } else {
      channels().close();
    }
    upgrader.close();
    transports.close();
    loops.release();
  }

  private void onLoop(CompletableFuture<?> result, Runnable task) {
    try {
      loop.execute(task);
    } catch (RejectedExecutionException e) {
      result.completeExceptionally(ConnectionFailures.hostClosed());
    }
  }
}
