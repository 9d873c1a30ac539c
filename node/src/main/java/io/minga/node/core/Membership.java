package io.minga.node.core;

import io.minga.libp2p.identity.PeerId;
import io.minga.node.task.LoadReport;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who is there: peers with a connection, and those that say how they stand.
 *
 * <p>A peer is dead when its connection is gone and isn't back in a second, or when nothing was
 * heard of its load for eight.
 */
final class Membership {
  private static final long LOOK_NANOS = 100_000_000;

  private final NodeOptions options;
  private final Map<PeerId, Member> members = new LinkedHashMap<>();
  private long lookNanos;

  private static final class Member {
    boolean connected;
    boolean wasConnected;
    long disconnectedNanos;
    long heardNanos;
    @Nullable LoadReport report;
    boolean dead;

    boolean isDead(long nowNanos, NodeOptions.Times times) {
      boolean gone =
          wasConnected && !connected && nowNanos - disconnectedNanos >= times.reconnect().toNanos();
      return gone || nowNanos - heardNanos >= times.silence().toNanos();
    }
  }

  /** What a load report says of its peer besides its load. */
  enum News {
    /** It was said before, or is not to be kept. */
    NONE,
    /** The peer is as it was. */
    LOAD,
    /** The peer is new, or alive again. */
    ALIVE,
    /** The peer has started anew, and knows nothing of what it held. */
    REBOOTED
  }

  Membership(NodeOptions options) {
    this.options = options;
  }

  private @Nullable Member member(long nowNanos, PeerId peer) {
    Member member = members.get(peer);
    if (member == null && members.size() < options.limits().peersMax()) {
      member = new Member();
      member.heardNanos = nowNanos;
      members.put(peer, member);
      lookNanos = members.size() == 1 ? nowNanos + LOOK_NANOS : lookNanos;
    }
    return member;
  }

  /** There is a connection. */
  void connected(long nowNanos, PeerId peer) {
    Member member = member(nowNanos, peer);
    if (member != null) {
      member.connected = true;
      member.wasConnected = true;
      if (member.dead) {
        member.dead = false;
        member.heardNanos = nowNanos;
      }
    }
  }

  /** There is none any more; whether it ought to be tried to get one. */
  boolean disconnected(long nowNanos, PeerId peer) {
    Member member = members.get(peer);
    if (member == null || !member.connected) {
      return false;
    }
    member.connected = false;
    member.disconnectedNanos = nowNanos;
    return member.report == null || !member.report.draining();
  }

  News loaded(long nowNanos, PeerId peer, LoadReport report) {
    Member member = member(nowNanos, peer);
    if (member == null || (member.report != null && !report.isAfter(member.report))) {
      return News.NONE;
    }
    LoadReport before = member.report;
    boolean alive = before == null || member.dead;
    member.report = report;
    member.heardNanos = nowNanos;
    member.dead = false;
    if (before != null && before.boot() != report.boot()) {
      return News.REBOOTED;
    }
    return alive ? News.ALIVE : News.LOAD;
  }

  boolean isConnected(PeerId peer) {
    Member member = members.get(peer);
    return member != null && member.connected;
  }

  /** Whether the peer is connected, or has said how it stands and is not dead. */
  boolean isAlive(PeerId peer) {
    Member member = members.get(peer);
    return member != null && !member.dead && (member.connected || member.report != null);
  }

  /** Some of those that are connected, at most {@code count}. */
  List<PeerId> connected(int count) {
    return members.entrySet().stream()
        .filter(it -> it.getValue().connected)
        .map(Map.Entry::getKey)
        .limit(count)
        .toList();
  }

  /** What a peer last said of itself. */
  @Nullable LoadReport report(PeerId peer) {
    Member member = members.get(peer);
    return member == null ? null : member.report;
  }

  /** How many other peers are known. */
  int size() {
    return members.size();
  }

  /** The peers that are dead now and were not before; those without a connection are forgotten. */
  List<PeerId> dead(long nowNanos) {
    if (members.isEmpty() || lookNanos - nowNanos > 0) {
      return List.of();
    }
    lookNanos = nowNanos + LOOK_NANOS;
    List<PeerId> dead = new ArrayList<>();
    members.forEach(
        (peer, member) -> {
          if (!member.dead && member.isDead(nowNanos, options.times())) {
            member.dead = true;
            dead.add(peer);
          }
        });
    for (PeerId peer : dead) {
      if (!isConnected(peer)) {
        members.remove(peer);
      }
    }
    return dead;
  }

  /** When {@link #dead} has something to look at. */
  long nextDeadlineNanos(long never) {
    return members.isEmpty() || never - lookNanos <= 0 ? never : lookNanos;
  }
}
