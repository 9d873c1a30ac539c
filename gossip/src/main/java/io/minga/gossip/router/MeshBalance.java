package io.minga.gossip.router;

import io.minga.gossip.message.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;

/** Keeps each mesh within its degrees, with good and with outbound peers, once a heartbeat. */
final class MeshBalance {
  private final GossipOptions options;
  private final GossipOptions.Degrees degrees;
  private final Neighbours neighbours;
  private final PeerScore score;
  private final Mesh mesh;

  MeshBalance(GossipOptions options, Neighbours neighbours, PeerScore score, Mesh mesh) {
    this.options = options;
    this.degrees = options.degrees();
    this.neighbours = neighbours;
    this.score = score;
    this.mesh = mesh;
  }

  /**
   * Balances the mesh of {@code topic}.
   *
   * @param opportunistic whether a mesh of low score takes better peers this time
   */
  void balance(long nowNanos, Topic topic, boolean opportunistic) {
    for (Peer peer : List.copyOf(mesh.of(topic))) {
      if (score.score(peer.standing) < 0 || score.isMute(peer.standing, topic)) {
        mesh.prune(nowNanos, topic, peer, options.times().pruneBackoff(), false);
      }
    }
    int size = mesh.of(topic).size();
    if (size < degrees.low()) {
      mesh.graftMore(nowNanos, topic, degrees.d() - size);
    } else if (size > degrees.high()) {
      pruneSurplus(nowNanos, topic);
    }
    if (mesh.of(topic).size() >= degrees.low()) {
      graftOutbound(nowNanos, topic);
      if (opportunistic) {
        graftBetter(nowNanos, topic);
      }
    }
  }

  private void pruneSurplus(long nowNanos, Topic topic) {
    List<Peer> ranked = new ArrayList<>(mesh.of(topic));
    neighbours.shuffle(ranked);
    ranked.sort(Comparator.comparingDouble((Peer it) -> score.score(it.standing)).reversed());
    LinkedHashSet<Peer> kept = new LinkedHashSet<>(ranked.subList(0, degrees.score()));
    List<Peer> rest = new ArrayList<>(ranked.subList(degrees.score(), ranked.size()));
    neighbours.shuffle(rest);
    long outbound = kept.stream().filter(it -> it.outbound).count();
    for (Peer peer : rest) {
      if (peer.outbound && outbound < degrees.out() && kept.size() < degrees.d()) {
        kept.add(peer);
        outbound++;
      }
    }
    for (Peer peer : rest) {
      if (kept.size() < degrees.d()) {
        kept.add(peer);
      }
    }
    for (Peer peer : rest) {
      if (!kept.contains(peer)) {
        Duration time = options.times().pruneBackoff();
        mesh.prune(nowNanos, topic, peer, time, options.peerExchange());
      }
    }
  }

  private void graftOutbound(long nowNanos, Topic topic) {
    int outbound = (int) mesh.of(topic).stream().filter(it -> it.outbound).count();
    neighbours
        .draw(
            topic,
            degrees.out() - outbound,
            it -> it.outbound && mesh.mayGraft(nowNanos, topic, it))
        .forEach(it -> mesh.graft(topic, it));
  }

  private void graftBetter(long nowNanos, Topic topic) {
    double[] scores =
        mesh.of(topic).stream().mapToDouble(it -> score.score(it.standing)).sorted().toArray();
    double median = scores[scores.length / 2];
    if (median < options.score().thresholds().opportunisticGraft()) {
      neighbours
          .draw(
              topic,
              options.lazy().opportunisticGraftPeers(),
              it -> score.score(it.standing) > median && mesh.mayGraft(nowNanos, topic, it))
          .forEach(it -> mesh.graft(topic, it));
    }
  }
}
