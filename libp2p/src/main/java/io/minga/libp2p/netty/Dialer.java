package io.minga.libp2p.netty;

import io.minga.libp2p.Connection;
import io.minga.libp2p.HostException;
import io.minga.libp2p.HostException.Kind;
import io.minga.libp2p.connections.DialFailure;
import io.minga.libp2p.connections.DialQueue;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Multiaddr;
import io.netty.channel.EventLoop;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Runs the dial queue: performs its dials and answers its requests. Owned by the host's loop. */
final class Dialer {
  private final DialQueue queue;
  private final Transports transports;
  private final ConnectionTable connections;
  private final Deadline deadline;
  private final Map<Long, CompletableFuture<Connection>> requests = new TreeMap<>();
  private final Map<Long, Transports.Dial> dials = new TreeMap<>();
  private long lastRequestId;
  private boolean closed;

  Dialer(DialQueue queue, Transports transports, ConnectionTable connections, EventLoop loop) {
    this.queue = queue;
    this.transports = transports;
    this.connections = connections;
    this.deadline = new Deadline(loop, () -> handle(new DialQueue.Input.Tick()));
  }

  /** Connects to {@code peer} at one of {@code addresses}, and completes {@code result}. */
  void connect(
      PeerId peer,
      List<Multiaddr> addresses,
      boolean forced,
      CompletableFuture<Connection> result) {
    if (closed) {
      result.completeExceptionally(ConnectionFailures.hostClosed());
      return;
    }
    long requestId = ++lastRequestId;
    requests.put(requestId, result);
    handle(new DialQueue.Input.Request(requestId, peer, addresses, forced));
  }

  /** There is a connection to {@code peer}, whoever made it. */
  void connected(PeerId peer, long connectionId) {
    handle(new DialQueue.Input.Connected(peer, connectionId));
  }

  void close() {
    closed = true;
    deadline.cancel();
    List.copyOf(dials.values()).forEach(Transports.Dial::cancel);
    requests.values().forEach(r -> r.completeExceptionally(ConnectionFailures.hostClosed()));
    requests.clear();
  }

  private void handle(DialQueue.Input input) {
    if (closed) {
      return;
    }
    for (DialQueue.Effect effect : queue.handle(System.nanoTime(), input)) {
      if (effect instanceof DialQueue.Effect.StartDial start) {
        start(start);
      } else if (effect instanceof DialQueue.Effect.CancelDial cancel) {
        Transports.Dial dial = dials.remove(cancel.dialId());
        if (dial != null) {
          dial.cancel();
        }
      } else if (effect instanceof DialQueue.Effect.Succeeded succeeded) {
        succeeded(succeeded);
      } else if (effect instanceof DialQueue.Effect.Failed failed) {
        failed(failed);
      }
    }
    deadline.arm(queue.nextDeadlineNanos());
  }

  private void start(DialQueue.Effect.StartDial start) {
    long dialId = start.dialId();
    Transports.Dial dial = transports.dial(start.peer(), start.address());
    dials.put(dialId, dial);
    dial.result()
        .whenComplete(
            (connection, failure) ->
                connections.loop().execute(() -> ended(dialId, connection, failure)));
  }

  private void ended(
      long dialId, @Nullable NettyConnection connection, @Nullable Throwable failure) {
    dials.remove(dialId);
    if (connection != null) {
      handle(new DialQueue.Input.DialSucceeded(dialId, connection.id()));
    } else {
      handle(new DialQueue.Input.DialFailed(dialId, Transports.clause(failure)));
    }
  }

  private void succeeded(DialQueue.Effect.Succeeded succeeded) {
    NettyConnection connection = connections.find(succeeded.connectionId());
    for (long requestId : succeeded.requestIds()) {
      CompletableFuture<Connection> result = requests.remove(requestId);
      if (result != null && connection != null) {
        result.complete(connection);
      } else if (result != null) {
        result.completeExceptionally(ConnectionFailures.closed());
      }
    }
  }

  private void failed(DialQueue.Effect.Failed failed) {
    HostException reason = reason(failed.failure());
    for (long requestId : failed.requestIds()) {
      CompletableFuture<Connection> result = requests.remove(requestId);
      if (result != null) {
        result.completeExceptionally(reason);
      }
    }
  }

  private static HostException reason(DialFailure failure) {
    Kind kind = failure instanceof DialFailure.QueueFull ? Kind.REFUSED : Kind.UNREACHABLE;
    return new HostException(kind, failure.sentence());
  }
}
