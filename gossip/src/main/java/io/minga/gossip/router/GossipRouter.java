package io.minga.gossip.router;

import io.minga.gossip.message.Message;
import io.minga.gossip.message.Topic;
import io.minga.gossip.router.Gossipsub.Effect;
import io.minga.gossip.router.Gossipsub.Input;
import io.minga.gossip.rpc.Rpc;
import io.minga.gossip.rpc.Rpc.Graft;
import io.minga.gossip.rpc.Rpc.Prune;
import io.minga.gossip.rpc.Rpc.Subscription;
import io.minga.libp2p.identity.PeerId;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * A peer's part in gossipsub: a machine without I/O for one thread.
 *
 * <p>The owner feeds it what peers send and what the application wants, performs the effects in
 * order, and calls {@link Input.Tick} at {@link #nextDeadlineNanos()}. Signatures are verified by
 * the owner, and only of what the router asks about by {@link Effect.Validate}: what was seen
 * before costs no crypto. A peer that breaks the rules loses score; only bytes that are no RPC are
 * a violation, and those never get here.
 */
public final class GossipRouter {
  private final GossipOptions options;
  private final List<Effect> effects = new ArrayList<>();
  private final Counters counters = new Counters();
  private final Neighbours neighbours;
  private final PeerScore score;
  private final PeerQueues queues = new PeerQueues();
  private final Promises promises;
  private final Mesh mesh;
  private final Fanout fanout;
  private final MessageCache cache;
  private final SeenCache seen;
  private final Validations validations;
  private final Backoff backoff;
  private final Gossip gossip;
  private final Forwarding forwarding;
  private final Heartbeat heartbeat;
  private final LinkedHashSet<PeerId> directPeers = new LinkedHashSet<>();
  private long nextDirectConnectNanos;

  /**
   * A router without peers and topics.
   *
   * @param self who we are: messages of this author that others send are dropped
   * @param random where choices come from; no secrets do
   */
  public GossipRouter(GossipOptions options, PeerId self, RandomGenerator random, long nowNanos) {
    GossipOptions.Limits limits = options.limits();
    this.options = options;
    neighbours = new Neighbours(random);
    score = new PeerScore(options, counters, effects);
    promises = new Promises(options.times().iwantFollowUp().toNanos(), limits.promisesMax());
    cache = new MessageCache(options.lazy(), limits);
    seen = new SeenCache(options.times().seen().toNanos(), limits.seenMax(), random.nextLong());
    validations = new Validations(options);
    backoff = new Backoff(options.times(), limits.backoffsMax());
    mesh = new Mesh(options, self, neighbours, score, backoff, queues, effects);
    fanout = new Fanout(options, neighbours, score);
    forwarding =
        new Forwarding(
            options,
            self,
            neighbours,
            score,
            mesh,
            fanout,
            cache,
            seen,
            validations,
            promises,
            queues,
            counters,
            effects);
    gossip =
        new Gossip(
            options,
            neighbours,
            score,
            mesh,
            fanout,
            cache,
            seen,
            validations,
            promises,
            forwarding,
            queues,
            counters);
    heartbeat =
        new Heartbeat(
            options,
            neighbours,
            score,
            promises,
            backoff,
            mesh,
            new MeshBalance(options, neighbours, score, mesh),
            fanout,
            gossip,
            cache,
            seen,
            validations,
            counters,
            nowNanos);
    nextDirectConnectNanos = nowNanos + options.times().directConnect().toNanos();
  }

  /**
   * Takes one input and returns what to do, in order. The list is used again: it is valid until the
   * next input.
   *
   * @throws IllegalArgumentException if more was Sent than was to be sent, or there are too many
   *     topics or direct peers of ours
   */
  public List<Effect> handle(long nowNanos, Input input) {
    effects.clear();
    if (input instanceof Input.Received received) {
      receive(nowNanos, received);
    } else if (input instanceof Input.Validated it) {
      forwarding.validated(nowNanos, it.ticket(), it.verdict());
    } else if (input instanceof Input.Sent sent) {
      sent(sent);
    } else if (input instanceof Input.Publish publish) {
      forwarding.publish(nowNanos, publish.message());
    } else if (input instanceof Input.Tick) {
      tick(nowNanos);
    } else {
      handleRare(nowNanos, input);
    }
    queues.flush(effects);
    return effects;
  }

  private void handleRare(long nowNanos, Input input) {
    if (input instanceof Input.PeerConnected connected) {
      connected(nowNanos, connected);
    } else if (input instanceof Input.PeerDisconnected it) {
      disconnected(nowNanos, it.peer());
    } else if (input instanceof Input.PeerIdentified identified) {
      Peer peer = neighbours.get(identified.peer());
      if (peer != null) {
        peer.signedRecord = identified.signedRecord();
      }
    } else if (input instanceof Input.Subscribe it) {
      subscribe(nowNanos, it.topic());
    } else if (input instanceof Input.Unsubscribe it) {
      unsubscribe(nowNanos, it.topic());
    } else if (input instanceof Input.AddDirectPeer it) {
      addDirect(nowNanos, it.peer());
    } else if (input instanceof Input.RemoveDirectPeer it) {
      directPeers.remove(it.peer());
      markDirect(it.peer(), false);
    } else if (input instanceof Input.SetApplicationScore it) {
      Peer peer = neighbours.get(it.peer());
      if (peer != null) {
        score.application(peer.standing, it.value());
      }
    }
  }

  /** When the next {@link Input.Tick} is due. */
  public long nextDeadlineNanos() {
    return heartbeat.nextNanos();
  }

  /** The topics that we subscribe to. */
  public List<Topic> topics() {
    return List.copyOf(mesh.topics());
  }

  /** The peers in the mesh of {@code topic}. */
  public List<PeerId> meshPeers(Topic topic) {
    return mesh.of(topic).stream().map(it -> it.id).toList();
  }

  /** The peers that have subscribed to {@code topic}. */
  public List<PeerId> subscribers(Topic topic) {
    return neighbours.of(topic).stream().map(it -> it.id).toList();
  }

  /** The score of {@code peer}, or 0 if it isn't connected. */
  public double score(PeerId peer) {
    Peer known = neighbours.get(peer);
    return known == null ? 0 : score.score(known.standing);
  }

  /** How many messages await their verdict: a shell reads no more while these are too many. */
  public int pendingValidations() {
    return validations.size();
  }

  /**
   * How full the queue of messages to {@code peer} is, by their number or their bytes, whichever is
   * fuller: 0 is empty, and at 1 the next of our own is dropped.
   */
  public double queueLevel(PeerId peer) {
    Peer known = neighbours.get(peer);
    return known == null ? 0 : known.queue.level();
  }

  /** How many messages wait to be sent to {@code peer}. */
  public int queuedMessages(PeerId peer) {
    Peer known = neighbours.get(peer);
    return known == null ? 0 : known.queue.messageCount();
  }

  /** How many backoffs are kept. */
  int backoffs() {
    return backoff.size();
  }

  /** What there is more of than the limits allow: nothing, ever. */
  List<String> excess() {
    GossipOptions.Limits limits = options.limits();
    List<String> excess = new ArrayList<>();
    addExcess(excess, "peers", neighbours.count(), limits.peersMax());
    addExcess(excess, "topics", mesh.topics().size(), limits.topicsMax());
    addExcess(excess, "fanouts", fanout.topics().size(), limits.topicsMax());
    addExcess(excess, "direct peers", directPeers.size(), limits.directPeersMax());
    addExcess(excess, "seen messages", seen.size(), limits.seenMax());
    addExcess(excess, "cached messages", cache.size(), limits.cachedMessagesMax());
    addExcess(excess, "cached bytes", cache.heldBytes(), limits.cachedBytesMax());
    addExcess(excess, "validations", validations.size(), limits.validationsMax());
    addExcess(excess, "bytes of these", validations.heldBytes(), limits.validationBytesMax());
    addExcess(excess, "backoffs", backoff.size(), limits.backoffsMax());
    addExcess(excess, "kept scores", score.retained(), limits.retainedScoresMax());
    addExcess(excess, "promises", promises.size(), limits.promisesMax());
    int dontWantsMax = options.lazy().idontwantsMax() * options.lazy().idontwantHeartbeats();
    int queuedMax = limits.queuedOwnMax() + limits.queuedForwardsMax();
    for (Peer peer : neighbours.all()) {
      addExcess(excess, "topics of " + peer, peer.topics.size(), limits.peerTopicsMax());
      addExcess(excess, "validations of " + peer, peer.validations, limits.peerValidationsMax());
      addExcess(excess, "IDONTWANTs of " + peer, peer.dontWants.size(), dontWantsMax);
      addExcess(excess, "messages for " + peer, peer.queue.messageCount(), queuedMax);
    }
    return excess;
  }

  private static void addExcess(List<String> excess, String what, int count, int max) {
    if (count > max) {
      excess.add(what + ": " + count + ", may be " + max);
    }
  }

  /** How often {@code counter} was counted. */
  public long count(Counter counter) {
    return counters.get(counter);
  }

  /** How many heartbeats there have been. */
  public long heartbeats() {
    return heartbeat.count();
  }

  private void connected(long nowNanos, Input.PeerConnected connected) {
    PeerId id = connected.peer();
    if (neighbours.get(id) != null) {
      disconnected(nowNanos, id); // its queue is of a stream that is gone
    }
    if (neighbours.count() >= options.limits().peersMax()) {
      counters.add(Counter.PEERS_REFUSED);
      return;
    }
    Peer peer =
        new Peer(
            id,
            connected.protocol(),
            connected.outbound(),
            score.connected(id, connected.address()),
            new PeerQueue(id, options.limits(), counters),
            new DontWants(options.lazy(), counters),
            nowNanos);
    peer.direct = directPeers.contains(id);
    neighbours.add(peer);
    forwarding.classify(peer);
    for (Topic topic : mesh.topics()) {
      queues.of(peer).subscription(true, topic);
    }
  }

  private void disconnected(long nowNanos, PeerId id) {
    Peer peer = neighbours.get(id);
    if (peer == null) {
      return;
    }
    for (Topic topic : List.copyOf(mesh.topics())) {
      mesh.remove(topic, peer);
    }
    fanout.topics().forEach(it -> fanout.remove(it, peer));
    neighbours.remove(peer);
    promises.forget(peer);
    forwarding.forget(peer);
    queues.forget(peer);
    score.disconnected(nowNanos, peer.standing);
  }

  private void subscribe(long nowNanos, Topic topic) {
    if (mesh.has(topic)) {
      return;
    }
    if (mesh.topics().size() >= options.limits().topicsMax()) {
      throw new IllegalArgumentException(
          "subscribed to " + mesh.topics().size() + " topics, which is the limit");
    }
    neighbours.all().forEach(it -> queues.of(it).subscription(true, topic));
    mesh.join(nowNanos, topic, List.copyOf(fanout.end(topic)));
  }

  private void unsubscribe(long nowNanos, Topic topic) {
    if (mesh.has(topic)) {
      neighbours.all().forEach(it -> queues.of(it).subscription(false, topic));
      mesh.leave(nowNanos, topic);
    }
  }

  private void addDirect(long nowNanos, PeerId id) {
    if (directPeers.size() >= options.limits().directPeersMax() && !directPeers.contains(id)) {
      throw new IllegalArgumentException(
          "there are " + directPeers.size() + " direct peers, which is the limit");
    }
    directPeers.add(id);
    Peer peer = neighbours.get(id);
    if (peer == null) {
      effects.add(new Effect.Connect(id));
      return;
    }
    for (Topic topic : mesh.topics()) {
      if (mesh.contains(topic, peer)) {
        mesh.prune(nowNanos, topic, peer, options.times().pruneBackoff(), false);
      }
    }
    markDirect(id, true);
  }

  private void markDirect(PeerId id, boolean direct) {
    Peer peer = neighbours.get(id);
    if (peer != null) {
      peer.direct = direct;
      forwarding.classify(peer);
    }
  }

  private void sent(Input.Sent sent) {
    Peer peer = neighbours.get(sent.peer());
    if (peer != null) {
      queues.of(peer).sent(sent.bytes());
    }
  }

  private void tick(long nowNanos) {
    if (heartbeat.beat(nowNanos) && nextDirectConnectNanos - nowNanos <= 0) {
      nextDirectConnectNanos = nowNanos + options.times().directConnect().toNanos();
      for (PeerId id : directPeers) {
        if (neighbours.get(id) == null) {
          effects.add(new Effect.Connect(id));
        }
      }
    }
  }

  private void receive(long nowNanos, Input.Received received) {
    Peer peer = neighbours.get(received.peer());
    if (peer == null) {
      return;
    }
    counters.add(Counter.RPCS_RECEIVED);
    boolean isTrusted =
        peer.direct || score.score(peer.standing) >= options.score().thresholds().graylist();
    if (!isTrusted) {
      counters.add(Counter.RPCS_GRAYLISTED);
      return;
    }
    Rpc rpc = received.rpc();
    for (Subscription subscription : rpc.subscriptions()) {
      receive(subscription, peer);
    }
    for (Message message : rpc.messages()) {
      forwarding.receive(nowNanos, message, peer);
    }
    if (!rpc.control().isEmpty() && peer.protocol.hasMesh()) {
      receive(nowNanos, rpc.control(), peer);
    }
  }

  private void receive(Subscription subscription, Peer peer) {
    Topic topic = subscription.topic();
    if (!subscription.subscribe()) {
      if (neighbours.unsubscribe(peer, topic)) {
        mesh.remove(topic, peer);
        fanout.remove(topic, peer);
        effects.add(new Effect.PeerSubscription(peer.id, topic, false));
      }
      return;
    }
    boolean isTaken =
        peer.topics.size() < options.limits().peerTopicsMax()
            && options.subscriptionFilter().test(topic);
    if (!isTaken) {
      counters.add(Counter.SUBSCRIPTIONS_IGNORED);
    } else if (neighbours.subscribe(peer, topic)) {
      effects.add(new Effect.PeerSubscription(peer.id, topic, true));
    }
  }

  private void receive(long nowNanos, Rpc.Control control, Peer peer) {
    gossip.receiveIHave(nowNanos, control.ihave(), peer);
    gossip.receiveIWant(control.iwant(), peer);
    for (Graft graft : control.graft()) {
      mesh.receiveGraft(nowNanos, graft.topic(), peer);
    }
    for (Prune prune : control.prune()) {
      mesh.receivePrune(nowNanos, prune, peer);
    }
    peer.dontWants.receive(control.idontwant());
  }
}
