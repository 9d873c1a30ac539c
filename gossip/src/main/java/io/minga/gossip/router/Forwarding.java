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
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The eager half of gossipsub: what becomes of each message, ours or another's. */
final class Forwarding {
  private final GossipOptions options;
  private final PeerId self;
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
    this.self = self;
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
    cache.put(id, message);
    Collection<Peer> targets = targets(nowNanos, message.topic());
    for (Peer peer : targets) {
      queues.of(peer).own(message);
    }
    effects.add(new Effect.Published(id, targets.size()));
  }

  private @Nullable Refusal refusal(Message message) {
    if (!StrictSign.hasParts(message)) {
      return Refusal.UNSIGNED;
    }
    boolean fits = RpcCodec.length(message) <= options.limits().messageBytesMax();
    return fits ? null : Refusal.TOO_LARGE;
  }

  private Collection<Peer> targets(long nowNanos, Topic topic) {
    if (options.floodPublish()) {
      Collection<Peer> subscribers = neighbours.of(topic);
      List<Peer> targets = new ArrayList<>(subscribers.size());
      for (Peer peer : subscribers) {
        if (mayPublishTo(peer)) {
          targets.add(peer);
        }
      }
      return targets;
    }
    Set<Peer> targets =
        new LinkedHashSet<>(mesh.has(topic) ? mesh.of(topic) : fanout.publish(nowNanos, topic));
    for (Peer peer : outsiders) {
      if (peer.topics.contains(topic) && mayPublishTo(peer)) {
        targets.add(peer);
      }
    }
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
      if (promises.size() > 0 && StrictSign.hasParts(message)) {
        promises.fulfil(options.messageId().idOf(message)); // we have left the topic meanwhile
      }
    } else if (!StrictSign.hasParts(message)) {
      counters.add(Counter.UNSIGNED_MESSAGES);
      invalid(peer, topic);
    } else if (message.from().equals(self.multihash())) {
      counters.add(Counter.OWN_MESSAGES_RECEIVED);
    } else {
      receive(nowNanos, options.messageId().idOf(message), message, peer);
    }
  }

  private void receive(long nowNanos, MessageId id, Message message, Peer peer) {
    promises.fulfil(id);
    if (seen.contains(id)) {
      counters.add(Counter.DUPLICATES);
      copied(id, message, peer);
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
      refuseCopies(added);
    }
    effects.add(new Effect.Validate(added.ticket, peer.id, id, message, !added.forUsAlone));
  }

  /**
   * Whether the author itself sent {@code message}, so that its connection vouches for it, and
   * nobody else whom we are connected to wants it, now or by gossip.
   */
  private boolean isForUsAlone(Message message, Peer sender) {
    return sender.id.multihash().equals(message.from())
        && isNobodyBut(sender, neighbours.of(message.topic()))
        && isNobodyBut(sender, mesh.of(message.topic()));
  }

  private static boolean isNobodyBut(Peer peer, Collection<Peer> peers) {
    return peers.isEmpty() || (peers.size() == 1 && peers.contains(peer));
  }

  /** {@code peer} brought a message that was accepted before, but can still be asked for. */
  private void copied(MessageId id, Message message, Peer peer) {
    if (cache.get(id) != null) {
      handedOn(id, message, peer);
    }
  }

  /** {@code peer} brought {@code message}: unless it is its own, it isn't mute. */
  private void handedOn(MessageId id, Message message, Peer peer) {
    if (!peer.id.multihash().equals(message.from())) {
      notMute(id, message.topic(), peer);
    }
  }

  /** {@code peer}, which has the message {@code id}, isn't mute: what it was to miss goes to it. */
  void notMute(@Nullable MessageId id, Topic topic, Peer peer) {
    List<MessageId> withheld = score.notMute(peer.standing, topic);
    if (withheld.isEmpty()) {
      return; // as nearly always
    }
    for (MessageId released : withheld) {
      MessageCache.Entry entry = cache.get(released);
      if (entry != null && !released.equals(id) && !peer.dontWants.contains(released)) {
        queues.of(peer).forward(entry.message);
      }
    }
  }

  private void refuseCopies(Candidate candidate) {
    for (Peer peer : mesh.of(candidate.message.topic())) {
      if (!peer.equals(candidate.first)
          && peer.protocol.hasIDontWant()
          && !isTested(candidate, peer)
          && queues.of(peer).idontwant(candidate.id)) {
        candidate.refusedTo(peer);
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
    handedOn(candidate.id, message, candidate.first);
    for (Peer peer : candidate.others()) {
      handedOn(candidate.id, message, peer);
    }
    counters.add(Counter.DELIVERED);
    effects.add(new Effect.Deliver(candidate.first.id, candidate.id, message));
    if (candidate.forUsAlone) {
      return; // what nobody has verified goes nowhere, whoever has come meanwhile
    }
    cache.put(candidate.id, message);
    for (Peer peer : mesh.of(topic)) {
      forward(candidate, peer);
    }
    for (Peer peer : outsiders) {
      if (peer.topics.contains(topic) && mayPublishTo(peer) && needs(candidate, peer)) {
        queues.of(peer).forward(message);
      }
    }
  }

  private void forward(Candidate candidate, Peer peer) {
    if (!needs(candidate, peer)) {
      return;
    }
    Silence silence = score.silence(peer.standing, candidate.message.topic());
    if (silence != null && isTested(candidate, peer)) {
      counters.add(Counter.WITHHELD);
      silence.withhold(candidate.id);
      return;
    }
    queues.of(peer).forward(candidate.message);
    if (silence != null) {
      silence.sent();
    }
  }

  private static boolean needs(Candidate candidate, Peer peer) {
    return !candidate.isFrom(peer)
        && !peer.dontWants.contains(candidate.id)
        && !peer.id.multihash().equals(candidate.message.from());
  }

  /** Whether the message is withheld from the mesh peer, to see whether that is mute. */
  private boolean isTested(Candidate candidate, Peer peer) {
    Silence silence = score.silence(peer.standing, candidate.message.topic());
    return silence != null
        && silence.isSuspect()
        && !candidate.isRefusedTo(peer) // who may not send it can't be blamed
        && Silence.isChosen(
            candidate.id.hashCode(),
            self.hashCode(),
            peer.id.hashCode(),
            self.compareTo(peer.id) < 0,
            options.score().topic().suspectEvery());
  }
}
