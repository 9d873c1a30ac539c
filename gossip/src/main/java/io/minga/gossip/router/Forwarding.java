package io.minga.gossip.router;

import io.minga.gossip.message.Message;
import io.minga.gossip.message.MessageId;
import io.minga.gossip.message.StrictSign;
import io.minga.gossip.message.Topic;
import io.minga.gossip.router.Gossipsub.Effect;
import io.minga.gossip.router.Gossipsub.Refusal;
import io.minga.gossip.router.Gossipsub.Verdict;
import io.minga.gossip.router.Validations.Candidate;
import io.minga.gossip.rpc.RpcCodec;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.wire.Bytes;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The eager half of gossipsub: what becomes of each message, ours or another's. */
final class Forwarding {
  private final GossipOptions options;
  private final Bytes self;
  private final int salt;
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
  private final List<Effect> effects;

  /** The peers that get messages though they are in no mesh: direct ones, and those of floodsub. */
  private final LinkedHashSet<Peer> outsiders = new LinkedHashSet<>();

  Forwarding(
      GossipOptions options,
      PeerId self,
      int salt,
      Neighbours neighbours,
      PeerScore score,
      Mesh mesh,
      Fanout fanout,
      MessageCache cache,
      SeenCache seen,
      Validations validations,
      Promises promises,
      PeerQueues queues,
      Counters counters,
      List<Effect> effects) {
    this.options = options;
    this.self = self.multihash();
    this.salt = salt;
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
    this.effects = effects;
  }

  /** {@code peer} is connected, or has become direct or like others again. */
  void classify(Peer peer) {
    if (peer.direct || !peer.protocol.hasMesh()) {
      outsiders.add(peer);
    } else {
      outsiders.remove(peer);
    }
  }

  void forget(Peer peer) {
    outsiders.remove(peer);
  }

  /** Sends our own {@code message} on its way. */
  void publish(long nowNanos, Message message) {
    @Nullable Refusal refusal = refusal(message);
    MessageId id = refusal == null ? options.messageId().idOf(message) : null;
    if (id != null && (seen.contains(id) || validations.contains(id))) {
      refusal = Refusal.DUPLICATE;
    }
    if (id == null || refusal != null) {
      Refusal reason = refusal == null ? Refusal.UNSIGNED : refusal;
      effects.add(new Effect.PublishRefused(message, reason));
      return;
    }
    seen.add(nowNanos, id);
    cache.put(nowNanos, id, message);
    Set<Peer> targets = targets(nowNanos, message.topic());
    targets.forEach(it -> queues.of(it).own(message));
    effects.add(new Effect.Published(id, targets.size()));
  }

  private @Nullable Refusal refusal(Message message) {
    if (!StrictSign.hasParts(message)) {
      return Refusal.UNSIGNED;
    }
    boolean fits = RpcCodec.length(message) <= options.limits().messageBytesMax();
    return fits ? null : Refusal.TOO_LARGE;
  }

  private Set<Peer> targets(long nowNanos, Topic topic) {
    Set<Peer> targets = new LinkedHashSet<>();
    if (options.floodPublish()) {
      neighbours.of(topic).stream().filter(this::mayPublishTo).forEach(targets::add);
      return targets;
    }
    targets.addAll(mesh.has(topic) ? mesh.of(topic) : fanout.publish(nowNanos, topic));
    outsiders.stream()
        .filter(it -> it.topics.contains(topic) && mayPublishTo(it))
        .forEach(targets::add);
    return targets;
  }

  private boolean mayPublishTo(Peer peer) {
    return peer.direct || score.score(peer.standing) >= options.score().thresholds().publish();
  }

  /** {@code peer} brought {@code message}. */
  void receive(long nowNanos, Message message, Peer peer) {
    Topic topic = message.topic();
    if (!mesh.has(topic)) {
      counters.add(Counter.FOREIGN_MESSAGES);
    } else if (!StrictSign.hasParts(message)) {
      counters.add(Counter.UNSIGNED_MESSAGES);
      invalid(peer, topic);
    } else if (message.from().equals(self)) {
      counters.add(Counter.OWN_MESSAGES_RECEIVED);
    } else {
      receive(nowNanos, options.messageId().idOf(message), message, peer);
    }
  }

  private void receive(long nowNanos, MessageId id, Message message, Peer peer) {
    promises.fulfil(id);
    if (seen.contains(id)) {
      counters.add(Counter.DUPLICATES);
      copied(nowNanos, id, peer);
      return;
    }
    Candidate known = validations.find(id, message);
    if (known != null) {
      counters.add(Counter.DUPLICATES);
      known.broughtBy(peer);
      return;
    }
    Candidate added = validations.add(nowNanos, id, message, peer, isForUsAlone(message, peer));
    if (added == null) {
      counters.add(Counter.VALIDATIONS_DROPPED);
      return;
    }
    if (message.data().length() >= options.lazy().idontwantBytesMin()) {
      refuseCopies(id, message.topic(), peer);
    }
    effects.add(new Effect.Validate(added.ticket, peer.id, id, message, !added.forUsAlone));
  }

  /**
   * Whether the author itself sent {@code message}, so that its connection vouches for it, and
   * nobody else whom we are connected to wants it, now or by gossip.
   */
  private boolean isForUsAlone(Message message, Peer sender) {
    Collection<Peer> subscribers = neighbours.of(message.topic());
    boolean isWanted = subscribers.size() > (subscribers.contains(sender) ? 1 : 0);
    return !isWanted && sender.id.multihash().equals(message.from());
  }

  /** {@code peer} brought a message that was accepted before: it isn't mute. */
  private void copied(long nowNanos, MessageId id, Peer peer) {
    MessageCache.Entry entry = cache.get(id);
    if (entry != null
        && nowNanos - entry.acceptedNanos <= options.score().topic().deliveryWindow().toNanos()) {
      entry.settle(peer);
      score.notMute(peer.standing, entry.message.topic());
    }
  }

  private void refuseCopies(MessageId id, Topic topic, Peer sender) {
    for (Peer peer : mesh.of(topic)) {
      if (!peer.equals(sender) && peer.protocol.hasIDontWant() && !isTested(id, topic, peer)) {
        queues.of(peer).idontwant(id);
      }
    }
  }

  /** Takes the verdict on a message. */
  void validated(long nowNanos, long ticket, Verdict verdict) {
    Candidate candidate = validations.remove(ticket);
    if (candidate == null) {
      return;
    }
    switch (verdict) {
      case ACCEPT -> {
        if (!seen.contains(candidate.id)) { // a rival may have been accepted before
          accept(nowNanos, candidate);
        }
      }
      case IGNORE -> {
        counters.add(Counter.IGNORED);
        if (!seen.contains(candidate.id)) {
          seen.add(nowNanos, candidate.id);
        }
      }
      case REJECT -> {
        counters.add(Counter.REJECTED);
        invalid(candidate.first, candidate.message.topic());
        candidate.others().forEach(it -> invalid(it, candidate.message.topic()));
      }
    }
  }

  private void invalid(Peer peer, Topic topic) {
    if (!peer.direct) {
      score.invalid(peer.standing, topic);
    }
  }

  private void accept(long nowNanos, Candidate candidate) {
    Message message = candidate.message;
    Topic topic = message.topic();
    seen.add(nowNanos, candidate.id);
    if (!mesh.has(topic)) {
      return; // the application has left the topic meanwhile
    }
    score.first(candidate.first.standing, topic);
    for (Peer peer : candidate.others()) {
      score.notMute(peer.standing, topic);
    }
    counters.add(Counter.DELIVERED);
    effects.add(new Effect.Deliver(candidate.first.id, candidate.id, message));
    if (candidate.forUsAlone) {
      return; // what nobody has verified goes nowhere, whoever has come meanwhile
    }
    MessageCache.Entry entry = cache.put(nowNanos, candidate.id, message);
    forward(candidate, entry, topic, mesh.of(topic));
    for (Peer peer : outsiders) {
      if (peer.topics.contains(topic) && mayPublishTo(peer) && needs(candidate, peer)) {
        queues.of(peer).forward(message);
      }
    }
  }

  private void forward(
      Candidate candidate, MessageCache.Entry entry, Topic topic, Collection<Peer> peers) {
    for (Peer peer : peers) {
      if (!needs(candidate, peer)) {
        continue;
      }
      if (isTested(candidate.id, topic, peer)) {
        counters.add(Counter.WITHHELD);
        entry.withhold(peer);
      } else {
        queues.of(peer).forward(candidate.message);
        score.silent(peer.standing, topic);
      }
    }
  }

  private static boolean needs(Candidate candidate, Peer peer) {
    return !candidate.isFrom(peer)
        && !peer.dontWants.contains(candidate.id)
        && !peer.id.multihash().equals(candidate.message.from());
  }

  /**
   * Whether the message is withheld from the mesh peer, to see whether it is mute. That depends on
   * the message and on who we are, so that not all peers withhold the same.
   */
  private boolean isTested(MessageId id, Topic topic, Peer peer) {
    return score.isSuspect(peer.standing, topic)
        && Math.floorMod(((id.hashCode() ^ salt) * 0x9e3779b9) >>> 8, everyNth()) == 0;
  }

  private int everyNth() {
    return options.score().topic().suspectEvery();
  }
}
