package io.minga.libp2p.limits;

import io.minga.libp2p.connections.Direction;
import io.minga.libp2p.identity.PeerId;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The host's books: who holds how many connections, streams and bytes, and whether there may be one
 * more. Whatever is granted is held until its lease gives it back.
 *
 * <p>Safe for use by several threads, which is an exception in a pure package: each connection
 * belongs to one event loop, but the limits belong to the host. A hop to an owning thread would
 * cost a small stream more than the stream itself; the lock guards a few additions, nothing is
 * called while it is held, and a stream needs no lookup because its connection's lease knows the
 * peer's account.
 */
public final class ResourceAccounts {
  private final HostLimits limits;
  private final Account system;
  private final Account pending;
  // An account exists only while its peer holds something: never more than connections + streams.
  private final Map<PeerId, PeerAccount> peers = new LinkedHashMap<>();

  /** Books with nothing in them yet. */
  public ResourceAccounts(HostLimits limits) {
    this.limits = limits;
    this.system = new Account(new Scope.Host(), limits.system());
    this.pending = new Account(new Scope.Pending(), limits.pending());
  }

  /** The limits that these books hold everyone to. */
  public HostLimits limits() {
    return limits;
  }

  /** A connection that is not authenticated yet. */
  public synchronized ConnectionAdmission tryOpenConnection(Direction direction) {
    Refusal refusal = pending.refuseConnection(direction);
    if (refusal == null) {
      refusal = system.refuseConnection(direction);
    }
    if (refusal != null) {
      return refusal;
    }
    pending.addConnection(direction);
    system.addConnection(direction);
    return new ConnectionLease(this, direction);
  }

  /** What {@code scope} holds now. */
  public synchronized ResourceUse use(Scope scope) {
    Account account = find(scope);
    return account == null ? ResourceUse.NONE : account.use();
  }

  private @Nullable Account find(Scope scope) {
    if (scope instanceof Scope.Host) {
      return system;
    } else if (scope instanceof Scope.Peer of) {
      PeerAccount peer = peers.get(of.peer());
      return peer == null ? null : peer.total;
    } else if (scope instanceof Scope.PeerPending of) {
      PeerAccount peer = peers.get(of.peer());
      return peer == null ? null : peer.pending;
    } else if (scope instanceof Scope.PeerProtocol of) {
      PeerAccount peer = peers.get(of.peer());
      return peer == null ? null : peer.find(of.protocol());
    }
    return pending;
  }

  /** How many peers hold anything. */
  public synchronized int peerCount() {
    return peers.size();
  }

  /** How many protocols {@code peer} holds anything for. */
  synchronized int protocolCount(PeerId peer) {
    PeerAccount account = peers.get(peer);
    return account == null ? 0 : account.protocolCount();
  }

  synchronized @Nullable Refusal authenticate(ConnectionLease lease, PeerId id) {
    requireOpen(lease.closed, "connection");
    if (lease.peer != null) {
      throw new IllegalStateException("the connection is already " + lease.peer.peer + "'s");
    }
    PeerAccount known = peers.get(id);
    PeerAccount peer = known != null ? known : new PeerAccount(id, limits);
    Refusal refusal = peer.total.refuseConnection(lease.direction);
    if (refusal == null) {
      refusal = peer.total.refuseMemory(lease.memoryBytes);
    }
    if (refusal != null) {
      return refusal;
    }
    pending.removeConnection(lease.direction);
    pending.removeMemory(lease.memoryBytes);
    peer.total.addConnection(lease.direction);
    peer.total.addMemory(lease.memoryBytes);
    peers.put(id, peer);
    lease.peer = peer;
    return null;
  }

  synchronized StreamAdmission openStream(
      ConnectionLease connection, Direction direction, @Nullable String protocol) {
    requireOpen(connection.closed, "connection");
    PeerAccount peer = connection.peer;
    if (peer == null) {
      throw new IllegalStateException("a stream needs an authenticated connection");
    }
    Account stage = protocol == null ? pending : peer.protocol(protocol);
    Refusal refusal = protocol == null ? peer.pending.refuseStream(direction) : null;
    if (refusal == null) {
      refusal = stage.refuseStream(direction);
    }
    if (refusal == null) {
      refusal = peer.total.refuseStream(direction);
    }
    if (refusal == null) {
      refusal = system.refuseStream(direction);
    }
    if (refusal != null) {
      return refusal;
    }
    stage.addStream(direction);
    peer.total.addStream(direction);
    system.addStream(direction);
    if (protocol != null) {
      peer.keep(protocol, stage);
    } else {
      peer.pending.addStream(direction);
    }
    return new StreamLease(this, peer, direction, protocol, stage);
  }

  synchronized @Nullable Refusal streamProtocol(StreamLease stream, String protocol) {
    requireOpen(stream.closed, "stream");
    if (stream.protocol != null) {
      throw new IllegalStateException("the stream already speaks " + stream.protocol);
    }
    Account stage = stream.peer.protocol(protocol);
    Refusal refusal = stage.refuseStream(stream.direction);
    if (refusal == null) {
      refusal = stage.refuseMemory(stream.memoryBytes);
    }
    if (refusal != null) {
      return refusal;
    }
    pending.removeStream(stream.direction);
    pending.removeMemory(stream.memoryBytes);
    stream.peer.pending.removeStream(stream.direction);
    stage.addStream(stream.direction);
    stage.addMemory(stream.memoryBytes);
    stream.peer.keep(protocol, stage);
    stream.protocol = protocol;
    stream.stage = stage;
    return null;
  }

  synchronized @Nullable Refusal reserve(ConnectionLease lease, long bytes) {
    requireOpen(lease.closed, "connection");
    requireAtLeastZero(bytes);
    Account stage = lease.peer == null ? pending : lease.peer.total;
    Refusal refusal = stage.refuseMemory(bytes);
    if (refusal == null) {
      refusal = system.refuseMemory(bytes);
    }
    if (refusal != null) {
      return refusal;
    }
    stage.addMemory(bytes);
    system.addMemory(bytes);
    lease.memoryBytes += bytes;
    return null;
  }

  synchronized @Nullable Refusal reserve(StreamLease lease, long bytes) {
    requireOpen(lease.closed, "stream");
    requireAtLeastZero(bytes);
    Refusal refusal = lease.stage.refuseMemory(bytes);
    if (refusal == null) {
      refusal = lease.peer.total.refuseMemory(bytes);
    }
    if (refusal == null) {
      refusal = system.refuseMemory(bytes);
    }
    if (refusal != null) {
      return refusal;
    }
    lease.stage.addMemory(bytes);
    lease.peer.total.addMemory(bytes);
    system.addMemory(bytes);
    lease.memoryBytes += bytes;
    return null;
  }

  synchronized void release(ConnectionLease lease, long bytes) {
    requireHeld(lease.memoryBytes, bytes);
    lease.memoryBytes -= bytes;
    Account stage = lease.peer == null ? pending : lease.peer.total;
    stage.removeMemory(bytes);
    system.removeMemory(bytes);
  }

  synchronized void release(StreamLease lease, long bytes) {
    requireHeld(lease.memoryBytes, bytes);
    lease.memoryBytes -= bytes;
    lease.stage.removeMemory(bytes);
    lease.peer.total.removeMemory(bytes);
    system.removeMemory(bytes);
  }

  synchronized void close(ConnectionLease lease) {
    if (lease.closed) {
      return;
    }
    release(lease, lease.memoryBytes);
    lease.closed = true;
    Account stage = lease.peer == null ? pending : lease.peer.total;
    stage.removeConnection(lease.direction);
    system.removeConnection(lease.direction);
    if (lease.peer != null) {
      dropIfEmpty(lease.peer);
    }
  }

  synchronized void close(StreamLease lease) {
    if (lease.closed) {
      return;
    }
    release(lease, lease.memoryBytes);
    lease.closed = true;
    lease.stage.removeStream(lease.direction);
    lease.peer.total.removeStream(lease.direction);
    system.removeStream(lease.direction);
    if (lease.protocol != null) {
      lease.peer.dropIfEmpty(lease.protocol, lease.stage);
    } else {
      lease.peer.pending.removeStream(lease.direction);
    }
    dropIfEmpty(lease.peer);
  }

  private void dropIfEmpty(PeerAccount peer) {
    if (peer.total.isEmpty()) {
      peers.remove(peer.peer, peer);
    }
  }

  private static void requireOpen(boolean closed, String what) {
    if (closed) {
      throw new IllegalStateException("the " + what + " is closed");
    }
  }

  private static void requireAtLeastZero(long bytes) {
    if (bytes < 0) {
      throw new IllegalArgumentException("can't reserve " + bytes + " bytes");
    }
  }

  private static void requireHeld(long held, long bytes) {
    if (bytes < 0 || bytes > held) {
      throw new IllegalStateException(
          "%d bytes released of %d that are reserved".formatted(bytes, held));
    }
  }
}
