package io.minga.gossip.netty;

import io.minga.gossip.router.Gossipsub.Protocol;
import io.minga.libp2p.Connection;
import io.minga.libp2p.ConnectionListener;
import io.minga.libp2p.Frames;
import io.minga.libp2p.Host;
import io.minga.libp2p.HostException;
import io.minga.libp2p.HostException.Kind;
import io.minga.libp2p.Stream;
import io.minga.libp2p.StreamHandler;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the host tells, on its event loops: connections and inbound streams, for the gossip loop.
 */
final class HostStreams implements ConnectionListener, InboundStream.Owner {
  private static final Logger LOG = LoggerFactory.getLogger(HostStreams.class);

  private final Host host;
  private final NettyGossipOptions options;
  private final RouterLoop loop;
  private final Peers peers;
  private final ReceiveBudget budget;

  /** How many streams of a connection the gossip loop knows, or is about to. */
  private final Map<Connection, AtomicInteger> inbound = new ConcurrentHashMap<>();

  private final AtomicLong violations = new AtomicLong();
  private volatile boolean stopped;

  HostStreams(
      Host host, NettyGossipOptions options, RouterLoop loop, Peers peers, ReceiveBudget budget) {
    this.host = host;
    this.options = options;
    this.loop = loop;
    this.peers = peers;
    this.budget = budget;
  }

  void start() {
    host.onConnection(this);
    for (Protocol protocol : options.protocols()) {
      host.handle(protocol.id(), this::accept);
    }
    for (Connection connection : host.connections()) {
      connected(connection);
      // It may have said who it is when neither of us spoke gossip yet.
      loop.submit(() -> peers.identified(connection, null));
    }
  }

  void stop() {
    if (!stopped) {
      stopped = true;
      options.protocols().forEach(it -> host.unhandle(it.id()));
    }
  }

  long violations() {
    return violations.get();
  }

  // Connections.

  @Override
  public void connected(Connection connection) {
    if (stopped) {
      return;
    }
    loop.submit(() -> peers.connected(connection));
    connection
        .identified()
        .whenComplete((info, failure) -> loop.submit(() -> peers.identified(connection, info)));
  }

  @Override
  public void disconnected(Connection connection, String reason) {
    inbound.remove(connection);
    if (!stopped) {
      loop.submit(() -> peers.disconnected(connection));
    }
  }

  // Streams.

  private StreamHandler accept(Stream stream) {
    AtomicInteger count = inbound.computeIfAbsent(stream.connection(), it -> new AtomicInteger());
    if (stopped || count.incrementAndGet() > options.limits().inboundStreamsMax()) {
      count.decrementAndGet();
      stream.reset();
      return (refused, bytes) -> bytes.release();
    }
    InboundStream accepted = new InboundStream(stream, options.rpc(), budget, this);
    loop.submit(
        () -> {
          peers.connected(stream.connection());
          peers.accepted(accepted);
        });
    return Frames.reading(options.rpc().rpcBytesMax(), accepted);
  }

  @Override
  public void ready(InboundStream stream) {
    loop.ready(stream);
  }

  /** A peer whose RPC is none is sent away: what else it has to say can't be understood either. */
  @Override
  public void closed(InboundStream stream, @Nullable HostException cause) {
    if (cause != null && cause.kind() == Kind.PEER_VIOLATION) {
      violations.incrementAndGet();
      LOG.debug("closing {}: {}", stream.connection(), cause.getMessage());
      stream.connection().close();
    }
    if (!stopped) {
      loop.submit(
          () -> {
            peers.closed(stream);
            AtomicInteger count = inbound.get(stream.connection());
            if (count != null) {
              count.decrementAndGet();
            }
          });
    }
  }
}
