package io.minga.libp2p.netty;

import io.minga.libp2p.Connection;
import io.minga.libp2p.ConnectionListener;
import io.minga.libp2p.HostException;
import io.minga.libp2p.connections.ConnectionLimits;
import io.minga.libp2p.connections.ConnectionManager;
import io.minga.libp2p.connections.ConnectionManager.Effect;
import io.minga.libp2p.connections.ConnectionManager.Input;
import io.minga.libp2p.connections.Direction;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Multiaddr;
import io.netty.channel.EventLoop;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections of one host, for any thread to look up, and the connection manager that says
 * which to close, on the host's loop.
 */
final class ConnectionTable {
  private static final Logger LOG = LoggerFactory.getLogger(ConnectionTable.class);

  private final EventLoop loop;
  private final ConnectionManager manager;
  private final int highWater;
  private final Deadline deadline;
  private final ConcurrentSkipListMap<Long, NettyConnection> byId = new ConcurrentSkipListMap<>();
  private final ConcurrentSkipListMap<PeerId, List<NettyConnection>> byPeer =
      new ConcurrentSkipListMap<>();
  private final CopyOnWriteArrayList<ConnectionListener> listeners = new CopyOnWriteArrayList<>();

  ConnectionTable(ConnectionLimits limits, EventLoop loop) {
    this.manager = new ConnectionManager(limits);
    this.highWater = limits.highWater();
    this.loop = loop;
    this.deadline = new Deadline(loop, () -> handle(new Input.Tick()));
  }

  EventLoop loop() {
    return loop;
  }

  void addListener(ConnectionListener listener) {
    listeners.add(listener);
  }

  List<NettyConnection> all() {
    return List.copyOf(byId.values());
  }

  List<NettyConnection> of(PeerId peer) {
    return byPeer.getOrDefault(peer, List.of());
  }

  /** An open connection with {@code peer}: the oldest one. */
  @Nullable NettyConnection find(PeerId peer) {
    for (NettyConnection connection : of(peer)) {
      if (connection.isOpen()) {
        return connection;
      }
    }
    return null;
  }

  @Nullable NettyConnection find(long connectionId) {
    return byId.get(connectionId);
  }

  /** On the connection's loop: it is there. */
  void add(NettyConnection connection) {
    byPeer.compute(
        connection.peer(),
        (peer, known) -> {
          List<NettyConnection> connections = new CopyOnWriteArrayList<>();
          if (known != null) {
            connections.addAll(known);
          }
          connections.add(connection);
          return connections;
        });
    byId.put(connection.id(), connection); // last, and removed first: what is listed can be found
    Direction direction = connection.isInitiator() ? Direction.OUTBOUND : Direction.INBOUND;
    loop.execute(() -> handle(new Input.Opened(connection.id(), connection.peer(), direction)));
    tell(listener -> listener.connected(connection));
  }

  /** On the connection's loop: it is gone. */
  void remove(NettyConnection connection, HostException reason) {
    byId.remove(connection.id());
    byPeer.computeIfPresent(
        connection.peer(),
        (peer, known) -> {
          List<NettyConnection> left = new CopyOnWriteArrayList<>(known);
          left.remove(connection);
          return left.isEmpty() ? null : left;
        });
    loop.execute(() -> handle(new Input.Closed(connection.id())));
    tell(listener -> listener.disconnected(connection, String.valueOf(reason.getMessage())));
  }

  /** On any loop: an inbound channel did not become a connection. */
  void refused(Multiaddr remoteAddress, HostException reason) {
    tell(listener -> listener.refused(remoteAddress, reason));
  }

  /** On the host's loop. */
  void handle(Input input) {
    if (input instanceof Input.Opened || input instanceof Input.Tick) {
      tellBusy();
    }
    long nowNanos = System.nanoTime();
    for (Effect effect : manager.handle(nowNanos, input)) {
      if (effect instanceof Effect.Close close) {
        Connection connection = byId.get(close.connectionId());
        if (connection != null) {
          LOG.debug("closing {}: {}", connection, close.reason());
          connection.close();
        }
      }
    }
    deadline.arm(manager.nextDeadlineNanos());
  }

  /**
   * Says which connections carry streams, but only where some may be trimmed: streams come and go
   * too fast to tell the manager of each.
   */
  private void tellBusy() {
    if (byId.size() > highWater) {
      for (NettyConnection connection : byId.values()) {
        long id = connection.id();
        boolean busy = connection.openStreams() > 0;
        manager.handle(System.nanoTime(), busy ? new Input.Busy(id) : new Input.Idle(id));
      }
    }
  }

  void close() {
    deadline.cancel();
  }

  private void tell(Consumer<ConnectionListener> event) {
    for (ConnectionListener listener : listeners) {
      try {
        event.accept(listener);
      } catch (RuntimeException e) {
        LOG.warn("a connection listener failed", e);
      }
    }
  }
}
