package io.minga.gossip.router;

import io.minga.gossip.message.Topic;
import io.minga.gossip.router.Gossipsub.Effect;
import io.minga.gossip.router.Gossipsub.Offence;
import io.minga.gossip.rpc.Rpc.PeerInfo;
import io.minga.gossip.rpc.Rpc.Prune;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.wire.WireException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * For each topic that we subscribe to, the peers that send each other every message of it at once:
 * who gets in by GRAFT and out by PRUNE.
 */
final class Mesh {
  private final GossipOptions options;
  private final PeerId self;
  private final Neighbours neighbours;
  private final PeerScore score;
  private final Backoff backoff;
  private final PeerQueues queues;
  private final List<Effect> effects;
  private final LinkedHashMap<Topic, LinkedHashSet<Peer>> meshes = new LinkedHashMap<>();
  private int exchangedThisHeartbeat;

  Mesh(
      GossipOptions options,
      PeerId self,
      Neighbours neighbours,
      PeerScore score,
      Backoff backoff,
      PeerQueues queues,
      List<Effect> effects) {
    this.options = options;
    this.self = self;
    this.neighbours = neighbours;
    this.score = score;
    this.backoff = backoff;
    this.queues = queues;
    this.effects = effects;
  }

  /** Whether we subscribe to {@code topic}. */
  boolean has(Topic topic) {
    return meshes.containsKey(topic);
  }

  /** The topics that we subscribe to. */
  Set<Topic> topics() {
    return meshes.keySet();
  }

  /** The peers of {@code topic}; none if we don't subscribe to it. */
  Collection<Peer> of(Topic topic) {
    LinkedHashSet<Peer> mesh = meshes.get(topic);
    return mesh == null ? List.of() : mesh;
  }

  boolean contains(Topic topic, Peer peer) {
    LinkedHashSet<Peer> mesh = meshes.get(topic);
    return mesh != null && mesh.contains(peer);
  }

  /** Begins a mesh with those of {@code known}, and others, that may be grafted. */
  void join(long nowNanos, Topic topic, Collection<Peer> known) {
    meshes.put(topic, new LinkedHashSet<>());
    for (Peer peer : known) {
      if (of(topic).size() < options.degrees().d() && mayGraft(nowNanos, topic, peer)) {
        graft(topic, peer);
      }
    }
    graftMore(nowNanos, topic, options.degrees().d() - of(topic).size());
  }

  /** Ends the mesh of {@code topic}. */
  void leave(long nowNanos, Topic topic) {
    for (Peer peer : List.copyOf(of(topic))) {
      prune(nowNanos, topic, peer, options.times().unsubscribeBackoff(), options.peerExchange());
    }
    meshes.remove(topic);
  }

  /** Grafts at most {@code count} peers, drawn at random. */
  void graftMore(long nowNanos, Topic topic, int count) {
    neighbours
        .draw(topic, count, it -> mayGraft(nowNanos, topic, it))
        .forEach(it -> graft(topic, it));
  }

  /** Whether we may GRAFT {@code peer}, which has subscribed to {@code topic}. */
  boolean mayGraft(long nowNanos, Topic topic, Peer peer) {
    return peer.protocol.hasMesh()
        && !peer.direct
        && peer.topics.contains(topic)
        && !contains(topic, peer)
        && score.score(peer.standing) >= 0
        && !backoff.forbidsOurs(nowNanos, topic, peer);
  }

  void graft(Topic topic, Peer peer) {
    add(topic, peer);
    queues.of(peer).graft(topic);
  }

  private void add(Topic topic, Peer peer) {
    LinkedHashSet<Peer> mesh = meshes.get(topic);
    if (mesh == null) {
      throw new IllegalStateException("no mesh for " + topic + ", which we don't subscribe to");
    }
    mesh.add(peer);
    score.grafted(peer.standing, topic);
  }

  /** Takes {@code peer} out and tells it. */
  void prune(long nowNanos, Topic topic, Peer peer, Duration backoffTime, boolean exchange) {
    remove(topic, peer);
    backoff.begin(nowNanos, topic, peer, backoffTime.toNanos());
    tell(topic, peer, backoffTime, exchange);
  }

  /** Takes {@code peer} out without a word: it is gone, or has left the topic. */
  void remove(Topic topic, Peer peer) {
    LinkedHashSet<Peer> mesh = meshes.get(topic);
    if (mesh != null && mesh.remove(peer)) {
      score.pruned(peer.standing, topic);
    }
  }

  private void tell(Topic topic, Peer peer, Duration backoffTime, boolean exchange) {
    if (!peer.protocol.hasBackoff()) {
      queues.of(peer).prune(new Prune(topic, List.of(), 0));
      return;
    }
    List<PeerInfo> others = new ArrayList<>();
    if (exchange && score.score(peer.standing) >= 0) {
      neighbours
          .draw(
              topic,
              options.limits().exchangedPeersMax(),
              it -> !it.equals(peer) && score.score(it.standing) >= 0)
          .forEach(it -> others.add(new PeerInfo(it.id.multihash(), it.signedRecord)));
    }
    queues.of(peer).prune(new Prune(topic, others, backoffTime.toSeconds()));
  }

  /** {@code peer} has taken us into its mesh: so do we, or answer by PRUNE. */
  void receiveGraft(long nowNanos, Topic topic, Peer peer) {
    if (!has(topic) || contains(topic, peer) || !peer.protocol.hasMesh()) {
      return; // a GRAFT for a topic that we don't know gets no answer, or it could be made to flood
    }
    Duration time = options.times().pruneBackoff();
    if (peer.direct) {
      tell(topic, peer, time, false);
    } else if (backoff.forbidsTheirs(nowNanos, topic, peer)) {
      if (!backoff.isUnheard(topic, peer)) {
        score.misbehaved(peer.standing, Offence.GRAFT_DURING_BACKOFF);
        if (backoff.isFlood(nowNanos, topic, peer)) {
          score.misbehaved(peer.standing, Offence.GRAFT_FLOOD);
        }
      }
      prune(nowNanos, topic, peer, time, false);
    } else if (score.score(peer.standing) < 0) {
      prune(nowNanos, topic, peer, time, false);
    } else if (of(topic).size() >= options.degrees().high() && !peer.outbound) {
      prune(nowNanos, topic, peer, time, options.peerExchange());
    } else {
      add(topic, peer);
    }
  }

  /** {@code peer} has us in its mesh no longer. */
  void receivePrune(long nowNanos, Prune prune, Peer peer) {
    Topic topic = prune.topic();
    if (!has(topic) && !backoff.has(topic, peer)) {
      return; // a backoff for any topic that it names could push out those that count
    }
    remove(topic, peer);
    long maxSeconds = options.times().backoffMax().toSeconds();
    boolean isSaid = prune.backoffSeconds() != 0;
    boolean isLong = Long.compareUnsigned(prune.backoffSeconds(), maxSeconds) > 0;
    long seconds = isLong ? maxSeconds : prune.backoffSeconds();
    Duration time = isSaid ? Duration.ofSeconds(seconds) : options.times().pruneBackoff();
    backoff.begin(nowNanos, topic, peer, time.toNanos());
    if (score.score(peer.standing) >= options.score().thresholds().acceptExchange()) {
      connect(prune.peers());
    }
  }

  private void connect(List<PeerInfo> recommended) {
    List<PeerInfo> drawn = new ArrayList<>(recommended);
    neighbours.shuffle(drawn);
    int count = Math.min(drawn.size(), options.limits().exchangedPeersMax());
    for (PeerInfo it : drawn.subList(0, count)) {
      if (exchangedThisHeartbeat >= options.limits().exchangedPeersPerHeartbeatMax()) {
        return;
      }
      try {
        PeerId id = PeerId.decode(it.id());
        if (neighbours.get(id) == null && !id.equals(self)) {
          exchangedThisHeartbeat++;
          effects.add(new Effect.Recommended(id, it.signedRecord()));
        }
      } catch (WireException noPeerId) {
        exchangedThisHeartbeat++; // whoever recommends nonsense uses up its share
      }
    }
  }

  void heartbeat() {
    exchangedThisHeartbeat = 0;
  }
}
