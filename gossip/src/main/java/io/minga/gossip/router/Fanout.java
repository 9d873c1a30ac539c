package io.minga.gossip.router;

import io.minga.gossip.message.Topic;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** For each topic that we only publish to, the peers that get what we publish. */
final class Fanout {
  private final GossipOptions options;
  private final Neighbours neighbours;
  private final PeerScore score;
  private final LinkedHashMap<Topic, Peers> fanouts = new LinkedHashMap<>();

  Fanout(GossipOptions options, Neighbours neighbours, PeerScore score) {
    this.options = options;
    this.neighbours = neighbours;
    this.score = score;
  }

  private static final class Peers {
    final LinkedHashSet<Peer> peers = new LinkedHashSet<>();
    long publishedNanos;
  }

  /** The peers for a message of {@code topic} that is published now. */
  Collection<Peer> publish(long nowNanos, Topic topic) {
    if (!fanouts.containsKey(topic) && fanouts.size() >= options.limits().topicsMax()) {
      fanouts.remove(fanouts.keySet().iterator().next());
    }
    Peers fanout = fanouts.computeIfAbsent(topic, it -> new Peers());
    fanout.publishedNanos = nowNanos;
    if (fanout.peers.isEmpty()) {
      fill(topic, fanout);
    }
    return fanout.peers;
  }

  /** The topics that there is a fanout for. */
  Set<Topic> topics() {
    return fanouts.keySet();
  }

  boolean contains(Topic topic, Peer peer) {
    Peers fanout = fanouts.get(topic);
    return fanout != null && fanout.peers.contains(peer);
  }

  /** Ends the fanout of {@code topic}, as a mesh takes its place, and says who was in it. */
  Collection<Peer> end(Topic topic) {
    Peers ended = fanouts.remove(topic);
    return ended == null ? List.of() : ended.peers;
  }

  void remove(Topic topic, Peer peer) {
    Peers fanout = fanouts.get(topic);
    if (fanout != null) {
      fanout.peers.remove(peer);
    }
  }

  void heartbeat(long nowNanos) {
    Iterator<Map.Entry<Topic, Peers>> all = fanouts.entrySet().iterator();
    while (all.hasNext()) {
      Map.Entry<Topic, Peers> it = all.next();
      Peers fanout = it.getValue();
      if (nowNanos - fanout.publishedNanos >= options.times().fanout().toNanos()) {
        all.remove();
      } else {
        fanout.peers.removeIf(peer -> !isFit(peer));
        fill(it.getKey(), fanout);
      }
    }
  }

  private void fill(Topic topic, Peers fanout) {
    int missing = options.degrees().d() - fanout.peers.size();
    fanout.peers.addAll(
        neighbours.draw(topic, missing, it -> isFit(it) && !fanout.peers.contains(it)));
  }

  private boolean isFit(Peer peer) {
    return peer.protocol.hasMesh()
        && !peer.direct
        && score.score(peer.standing) >= options.score().thresholds().publish();
  }
}
