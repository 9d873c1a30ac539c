package io.minga.gossip.router;

import io.minga.gossip.message.MessageId;
import io.minga.gossip.message.Topic;
import io.minga.gossip.rpc.Rpc.IHave;
import io.minga.gossip.rpc.Rpc.IWant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/** The lazy half of gossipsub: who hears of messages by IHAVE, and asks for them by IWANT. */
final class Gossip {
  private final GossipOptions options;
  private final GossipOptions.Lazy lazy;
  private final Neighbours neighbours;
  private final PeerScore score;
  private final Mesh mesh;
  private final Fanout fanout;
  private final MessageCache cache;
  private final SeenCache seen;
  private final Validations validations;
  private final Promises promises;
  private final PeerQueues queues;
  private final Counters counters;

  Gossip(
      GossipOptions options,
      Neighbours neighbours,
      PeerScore score,
      Mesh mesh,
      Fanout fanout,
      MessageCache cache,
      SeenCache seen,
      Validations validations,
      Promises promises,
      PeerQueues queues,
      Counters counters) {
    this.options = options;
    this.lazy = options.lazy();
    this.neighbours = neighbours;
    this.score = score;
    this.mesh = mesh;
    this.fanout = fanout;
    this.cache = cache;
    this.seen = seen;
    this.validations = validations;
    this.promises = promises;
    this.queues = queues;
    this.counters = counters;
  }

  /** Announces the latest messages of {@code topic} to some of the peers that don't get them. */
  void emit(Topic topic) {
    List<MessageId> ids = cache.announced(topic);
    if (ids.isEmpty()) {
      return;
    }
    List<Peer> outside =
        neighbours.draw(topic, Integer.MAX_VALUE, it -> isGossiped(it) && !isServed(topic, it));
    int share = (int) (options.degrees().gossipFactor() * outside.size());
    int count = Math.min(outside.size(), Math.max(options.degrees().lazy(), share));
    outside.subList(0, count).forEach(it -> announce(topic, ids, it));
    for (Peer peer : mesh.of(topic)) {
      if (score.isSuspect(peer.standing, topic)) {
        announce(topic, ids, peer); // what is withheld from it must be there for the asking
      }
    }
  }

  private boolean isGossiped(Peer peer) {
    return peer.protocol.hasMesh()
        && !peer.direct
        && score.score(peer.standing) >= options.score().thresholds().gossip();
  }

  private boolean isServed(Topic topic, Peer peer) {
    return mesh.contains(topic, peer) || fanout.contains(topic, peer);
  }

  private void announce(Topic topic, List<MessageId> ids, Peer peer) {
    List<MessageId> drawn = new ArrayList<>(ids);
    neighbours.shuffle(drawn);
    int count = Math.min(drawn.size(), lazy.idsMax());
    queues.of(peer).ihave(topic, drawn.subList(0, count));
  }

  /** Asks {@code peer} for what it has and we have not. */
  void receiveIHave(long nowNanos, List<IHave> ihaves, Peer peer) {
    if (ihaves.isEmpty() || !isGossiped(peer)) {
      return;
    }
    peer.ihaves++;
    if (peer.ihaves > lazy.ihavesMax() || peer.idsAsked >= lazy.idsMax()) {
      counters.add(Counter.IHAVES_IGNORED);
      return;
    }
    LinkedHashSet<MessageId> missing = new LinkedHashSet<>();
    for (IHave ihave : ihaves) {
      if (mesh.has(ihave.topic())) {
        for (MessageId id : ihave.ids()) {
          if (!seen.contains(id) && !validations.contains(id)) {
            missing.add(id);
          }
        }
      }
    }
    if (missing.isEmpty()) {
      return;
    }
    List<MessageId> asked = new ArrayList<>(missing);
    neighbours.shuffle(asked);
    int count = Math.min(asked.size(), lazy.idsMax() - peer.idsAsked);
    counters.add(Counter.IHAVES_IGNORED, asked.size() - count);
    asked = asked.subList(0, count);
    if (queues.of(peer).iwant(asked)) {
      peer.idsAsked += count;
      promises.add(nowNanos, peer, asked.get(0));
    }
  }

  /** Sends {@code peer} what it asks for, a few times. */
  void receiveIWant(List<IWant> iwants, Peer peer) {
    if (iwants.isEmpty() || !isGossiped(peer)) {
      return;
    }
    for (IWant iwant : iwants) {
      for (MessageId id : iwant.ids()) {
        MessageCache.Entry entry = cache.get(id);
        if (entry != null
            && !peer.dontWants.contains(id)
            && entry.takeRetransmission(peer, lazy.retransmissionsMax())) {
          queues.of(peer).forward(entry.message);
          entry.settle(peer);
          score.notMute(peer.standing, entry.message.topic());
        }
      }
    }
  }
}
