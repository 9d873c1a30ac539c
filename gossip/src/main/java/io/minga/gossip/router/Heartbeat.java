package io.minga.gossip.router;

import io.minga.gossip.message.Topic;
import io.minga.gossip.router.Gossipsub.Offence;
import java.util.List;

/** What happens once a heartbeat, in this order. */
final class Heartbeat {
  private final GossipOptions options;
  private final Neighbours neighbours;
  private final PeerScore score;
  private final Promises promises;
  private final Backoff backoff;
  private final Mesh mesh;
  private final MeshBalance balance;
  private final Fanout fanout;
  private final Gossip gossip;
  private final MessageCache cache;
  private final SeenCache seen;
  private final Validations validations;
  private final Counters counters;
  private long count;
  private long nextNanos;

  Heartbeat(
      GossipOptions options,
      Neighbours neighbours,
      PeerScore score,
      Promises promises,
      Backoff backoff,
      Mesh mesh,
      MeshBalance balance,
      Fanout fanout,
      Gossip gossip,
      MessageCache cache,
      SeenCache seen,
      Validations validations,
      Counters counters,
      long nowNanos) {
    this.options = options;
    this.neighbours = neighbours;
    this.score = score;
    this.promises = promises;
    this.backoff = backoff;
    this.mesh = mesh;
    this.balance = balance;
    this.fanout = fanout;
    this.gossip = gossip;
    this.cache = cache;
    this.seen = seen;
    this.validations = validations;
    this.counters = counters;
    this.nextNanos = nowNanos + options.times().firstHeartbeat().toNanos();
  }

  long nextNanos() {
    return nextNanos;
  }

  /** How many there have been. */
  long count() {
    return count;
  }

  /** Whether it was due, and has been. Heartbeats that were missed are not made up for. */
  boolean beat(long nowNanos) {
    if (nextNanos - nowNanos > 0) {
      return false;
    }
    long intervalNanos = options.times().heartbeat().toNanos();
    nextNanos += intervalNanos;
    if (nextNanos - nowNanos <= 0) {
      nextNanos = nowNanos + intervalNanos;
    }
    count++;
    judge(nowNanos);
    forget(nowNanos);
    boolean opportunistic = count % options.lazy().opportunisticGraftHeartbeats() == 0;
    for (Topic topic : List.copyOf(mesh.topics())) {
      balance.balance(nowNanos, topic, opportunistic);
      gossip.emit(topic, count);
    }
    fanout.heartbeat(nowNanos);
    fanout.topics().forEach(it -> gossip.emit(it, count));
    cache.shift();
    return true;
  }

  private void judge(long nowNanos) {
    promises.heartbeat(nowNanos, it -> score.misbehaved(it.standing, Offence.BROKEN_PROMISE));
    score.heartbeat(nowNanos);
  }

  private void forget(long nowNanos) {
    neighbours.all().forEach(Peer::heartbeat);
    mesh.heartbeat();
    backoff.heartbeat(nowNanos);
    seen.heartbeat(nowNanos);
    counters.add(Counter.VALIDATIONS_EXPIRED, validations.heartbeat(nowNanos));
  }
}
