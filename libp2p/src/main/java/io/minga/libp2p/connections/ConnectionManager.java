package io.minga.libp2p.connections;

import io.minga.libp2p.identity.PeerId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The connection manager: it knows every authenticated connection of the host and says which to
 * close. Above high water it closes the least valuable down to low water: those of the lowest score
 * first, idle before busy, then the oldest. It never closes those of a protected peer, nor those
 * still in their grace period.
 *
 * <p>A peer may have several connections. Two peers that dial each other at the same moment end
 * with two, and both stay, as in the other libp2p hosts: closing one needs an agreement on which,
 * and a stream may run on either already. The ninth is closed at once.
 */
public final class ConnectionManager {
  /** What happens to connections, and what the application thinks of their peers. */
  public sealed interface Input {
    /** A connection is authenticated. Ids are never used again. */
    record Opened(long connectionId, PeerId peer, Direction direction) implements Input {}

    /** A connection is gone, whoever closed it. Unknown ids are ignored. */
    record Closed(long connectionId) implements Input {}

    /**
     * The connection's first stream opened. Unknown ids are ignored. Closes nothing by itself, so
     * that of many connections all can be told before the next one is chosen.
     */
    record Busy(long connectionId) implements Input {}

    /** The connection's last stream closed. Unknown ids are ignored. Closes nothing by itself. */
    record Idle(long connectionId) implements Input {}

    /** Never trim connections of {@code peer}, connected or not, while it has this tag. */
    record Protect(PeerId peer, String tag) implements Input {}

    /** Take one tag of {@code peer} away; an unknown one is ignored. */
    record Unprotect(PeerId peer, String tag) implements Input {}

    /** What {@code peer} is worth, 0 until said. Forgotten when its last connection is gone. */
    record Score(PeerId peer, double value) implements Input {}

    /** The time may have passed the deadline. */
    record Tick() implements Input {}
  }

  /** What the connections' owner does, in order. */
  public sealed interface Effect {
    /** Close this connection, and say {@link Input.Closed} when it is gone. */
    record Close(long connectionId, CloseReason reason) implements Effect {}
  }

  /** Why a connection is closed. */
  public enum CloseReason {
    /** The host has more connections than its high water. */
    TRIMMED("the host has too many connections"),
    /** The peer has more connections than it may. */
    PEER_LIMIT("the peer has too many connections");

    private final String words;

    CloseReason(String words) {
      this.words = words;
    }

    @Override
    public String toString() {
      return words;
    }
  }

  private static final Comparator<Connection> LEAST_VALUABLE_FIRST =
      Comparator.<Connection>comparingDouble(c -> c.peer.score)
          .thenComparing(c -> c.busy)
          .thenComparing((a, b) -> Long.signum(a.openedNanos - b.openedNanos))
          .thenComparingLong(c -> c.id);

  private static final class Peer {
    final PeerId id;
    int connections;
    double score;

    Peer(PeerId id) {
      this.id = id;
    }
  }

  private static final class Connection {
    final long id;
    final Peer peer;
    final long openedNanos;
    boolean busy;
    boolean closing;

    Connection(long id, Peer peer, long openedNanos) {
      this.id = id;
      this.peer = peer;
      this.openedNanos = openedNanos;
    }
  }

  private final ConnectionLimits limits;
  private final Map<Long, Connection> connections = new LinkedHashMap<>();
  private final Map<PeerId, Peer> peers = new LinkedHashMap<>();
  private final Map<PeerId, Set<String>> protectedPeers = new LinkedHashMap<>();
  private int open;
  private long deadlineNanos = Long.MAX_VALUE;

  /** A manager of no connections yet. */
  public ConnectionManager(ConnectionLimits limits) {
    this.limits = limits;
  }

  /**
   * Takes one input.
   *
   * @throws IllegalArgumentException if an id is opened twice, a score is not a number, or more
   *     peers or tags are protected than may be
   */
  public List<Effect> handle(long nowNanos, Input input) {
    if (input instanceof Input.Opened opened) {
      return opened(nowNanos, opened);
    } else if (input instanceof Input.Closed closed) {
      closed(closed.connectionId());
    } else if (input instanceof Input.Busy busy) {
      setBusy(busy.connectionId(), true);
      return List.of();
    } else if (input instanceof Input.Idle idle) {
      setBusy(idle.connectionId(), false);
      return List.of();
    } else if (input instanceof Input.Protect protect) {
      protect(protect.peer(), protect.tag());
    } else if (input instanceof Input.Unprotect unprotect) {
      unprotect(unprotect.peer(), unprotect.tag());
    } else if (input instanceof Input.Score score) {
      score(score.peer(), score.value());
    }
    return trim(nowNanos);
  }

  /** When the next {@link Input.Tick} is due; {@link Long#MAX_VALUE} if none is. */
  public long nextDeadlineNanos() {
    return deadlineNanos;
  }

  /** How many connections there are that nobody has been told to close. */
  public int connectionCount() {
    return open;
  }

  /** The peers with a connection, in the order of their first one. */
  public List<PeerId> connectedPeers() {
    return List.copyOf(peers.keySet());
  }

  /** The connections of {@code peer} that nobody has been told to close, oldest first. */
  public List<Long> connectionsOf(PeerId peer) {
    List<Long> ids = new ArrayList<>();
    for (Connection connection : connections.values()) {
      if (connection.peer.id.equals(peer) && !connection.closing) {
        ids.add(connection.id);
      }
    }
    return ids;
  }

  private List<Effect> opened(long nowNanos, Input.Opened opened) {
    if (connections.containsKey(opened.connectionId())) {
      throw new IllegalArgumentException("connection " + opened.connectionId() + " opened twice");
    }
    Peer peer = peers.computeIfAbsent(opened.peer(), Peer::new);
    Connection connection = new Connection(opened.connectionId(), peer, nowNanos);
    connections.put(connection.id, connection);
    peer.connections++;
    open++;
    if (peer.connections <= limits.connectionsPerPeer()) {
      return trim(nowNanos);
    }
    List<Effect> effects = new ArrayList<>();
    effects.add(close(connection, CloseReason.PEER_LIMIT));
    effects.addAll(trim(nowNanos));
    return effects;
  }

  private void closed(long id) {
    Connection connection = connections.remove(id);
    if (connection == null) {
      return;
    }
    if (!connection.closing) {
      open--;
    }
    Peer peer = connection.peer;
    peer.connections--;
    if (peer.connections == 0) {
      peers.remove(peer.id);
    }
  }

  private Effect close(Connection connection, CloseReason reason) {
    connection.closing = true;
    open--;
    return new Effect.Close(connection.id, reason);
  }

  private void setBusy(long id, boolean busy) {
    Connection connection = connections.get(id);
    if (connection != null) {
      connection.busy = busy;
    }
  }

  private void protect(PeerId peer, String tag) {
    Set<String> tags = protectedPeers.get(peer);
    if (tags == null) {
      if (protectedPeers.size() >= limits.protectedPeersMax()) {
        throw new IllegalArgumentException(
            limits.protectedPeersMax() + " peers are protected already, which is the limit");
      }
      tags = new LinkedHashSet<>();
      protectedPeers.put(peer, tags);
    }
    if (!tags.contains(tag) && tags.size() >= limits.tagsPerPeerMax()) {
      throw new IllegalArgumentException(
          "%d tags protect peer %s already, which is the limit"
              .formatted(limits.tagsPerPeerMax(), peer));
    }
    tags.add(tag);
  }

  private void unprotect(PeerId peer, String tag) {
    Set<String> tags = protectedPeers.get(peer);
    if (tags != null && tags.remove(tag) && tags.isEmpty()) {
      protectedPeers.remove(peer);
    }
  }

  private void score(PeerId id, double value) {
    if (Double.isNaN(value)) {
      throw new IllegalArgumentException("the score of peer " + id + " is not a number");
    }
    Peer peer = peers.get(id);
    if (peer != null) {
      peer.score = value;
    }
  }

  private List<Effect> trim(long nowNanos) {
    deadlineNanos = Long.MAX_VALUE;
    if (open <= limits.highWater()) {
      return List.of();
    }
    List<Connection> candidates = new ArrayList<>();
    long graceNanos = limits.grace().toNanos();
    for (Connection connection : connections.values()) {
      if (connection.closing || protectedPeers.containsKey(connection.peer.id)) {
        continue;
      }
      long graceEndsNanos = connection.openedNanos + graceNanos;
      if (graceEndsNanos - nowNanos <= 0) {
        candidates.add(connection);
      } else if (deadlineNanos == Long.MAX_VALUE || graceEndsNanos - deadlineNanos < 0) {
        deadlineNanos = graceEndsNanos;
      }
    }
    candidates.sort(LEAST_VALUABLE_FIRST);
    int surplus = Math.min(open - limits.lowWater(), candidates.size());
    List<Effect> effects = new ArrayList<>();
    for (Connection connection : candidates.subList(0, surplus)) {
      effects.add(close(connection, CloseReason.TRIMMED));
    }
    if (open <= limits.highWater()) {
      deadlineNanos = Long.MAX_VALUE;
    }
    return effects;
  }
}
