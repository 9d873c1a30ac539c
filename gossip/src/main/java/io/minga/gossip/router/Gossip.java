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
  private final Forwarding forwarding;
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
      Forwarding forwarding,
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
    this.forwarding = forwarding;
    this.queues = queues;
    this.counters = counters;
  }

  /**
   * Announces the latest messages of {@code topic} to some of the peers that don't get them. These
   * take turns: drawn anew each time, a lone link between two halves of a network would be left out
   * in all heartbeats of a fifth of the messages.
   *
   * @param heartbeat its number
   */
  void emit(Topic topic, long heartbeat) {
    emitWithheld(topic);
    List<MessageId> ids = cache.announced(topic);
    if (ids.isEmpty()) {
      return;
    }
    List<Peer> outside =
        neighbours.of(topic).stream().filter(it -> isGossiped(it) && !isServed(topic, it)).toList();
    GossipOptions.Degrees degrees = options.degrees();
    int share = Math.min(degrees.lazyMost(), (int) (degrees.gossipFactor() * outside.size()));
    int count = Math.min(outside.size(), Math.max(degrees.lazy(), share));
    for (int i = 0; i < count; i++) {
      int turn = (int) ((heartbeat * count + i) % outside.size());
      announce(topic, ids, outside.get(turn));
    }
  }

  /** Announces to mesh peers what is withheld from them: it must be there for the asking. */
  private void emitWithheld(Topic topic) {
    for (Peer peer : mesh.of(topic)) {
      Silence silence = score.silence(peer.standing, topic);
      if (silence != null
          && !silence.withheld().isEmpty()
          && !queues.of(peer).ihave(topic, silence.withheld())) {
        forwarding.notMute(null, topic, peer); // it can't ask, so the test would be none
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
          if (isMissing(id)) {
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

  private boolean isMissing(MessageId id) {
    if (isKnown(id)) {
      return false;
    }
    MessageId spelled = HexId.spelled(id);
    return spelled == null || !isKnown(spelled);
  }

  private boolean isKnown(MessageId id) {
    return seen.contains(id) || validations.contains(id);
  }

  /** Sends {@code peer} what it asks for, a few times. */
  void receiveIWant(List<IWant> iwants, Peer peer) {
    if (iwants.isEmpty() || !isGossiped(peer)) {
      return;
    }
    for (IWant iwant : iwants) {
      for (MessageId asked : iwant.ids()) {
        MessageId id = cached(asked);
        MessageCache.Entry entry = cache.get(id);
        if (entry != null
            && peer.idsServed < lazy.idsMax()
            && !peer.dontWants.contains(id)
            && entry.takeRetransmission(peer, lazy.retransmissionsMax())) {
          peer.idsServed++;
          queues.of(peer).forward(entry.message);
          Silence silence = score.silence(peer.standing, entry.message.topic());
          if (silence != null && silence.isWithheld(id)) {
            forwarding.notMute(id, entry.message.topic(), peer);
          }
        }
      }
    }
  }

  /** The id by which what is asked for would be found. */
  private MessageId cached(MessageId id) {
    if (cache.get(id) != null) {
      return id;
    }
    MessageId spelled = HexId.spelled(id);
    return spelled == null ? id : spelled;
  }
}
