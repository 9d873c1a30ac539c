package io.minga.node.runtime;

import io.minga.crdt.claims.ClaimMessage;
import io.minga.crdt.wire.Id;
import io.minga.crdt.wire.MalformedException;
import io.minga.gossip.Gossip;
import io.minga.gossip.ReceivedMessage;
import io.minga.gossip.Validator;
import io.minga.gossip.message.Topic;
import io.minga.gossip.router.Gossipsub.Verdict;
import io.minga.libp2p.Host;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import io.minga.node.core.Input;
import io.minga.node.task.Announcement;
import io.minga.node.task.LoadReport;
import io.minga.node.task.TaskLimits;
import io.minga.node.task.Whereabouts;
import io.netty.util.concurrent.EventExecutor;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The topics of one network. What cannot be decoded is rejected, so that it goes no further and
 * counts against who brought it.
 */
final class GossipTopics {
  private static final Logger LOG = LoggerFactory.getLogger(GossipTopics.class);

  /** How long after a peer subscribed the load is said again, for all that do meanwhile. */
  private static final long AGAIN_MILLIS = 20;

  /** In a network of more than so many peers it is not said again. */
  private static final int AGAIN_PEERS_MAX = 64;

  private final Gossip gossip;
  private final TaskLimits limits;
  private final Host host;
  private final PeerId self;
  private final Addresses addresses;
  private final NodeLoop loop;
  private final EventExecutor executor;
  private final IntSupplier peers;
  private final Topic tasks;
  private final Topic claims;
  private final Topic load;

  // The loop's.
  private Bytes lastReport = Bytes.EMPTY;
  private boolean saysAgain;

  GossipTopics(
      Gossip gossip,
      String network,
      TaskLimits limits,
      Host host,
      Addresses addresses,
      NodeLoop loop,
      EventExecutor executor,
      IntSupplier peers) {
    this.gossip = gossip;
    this.limits = limits;
    this.host = host;
    this.self = host.peerId();
    this.addresses = addresses;
    this.loop = loop;
    this.executor = executor;
    this.peers = peers;
    this.tasks = Topic.of("minga/1/" + network + "/tasks");
    this.claims = Topic.of("minga/1/" + network + "/claims");
    this.load = Topic.of("minga/1/" + network + "/load");
  }

  /** What a message says, as the core takes it. */
  @FunctionalInterface
  private interface Reader {
    Input read(PeerId author, Bytes data) throws WireException;
  }

  void start() {
    gossip.onPeerSubscription(this::subscribed);
    follow(
        tasks,
        (author, data) -> new Input.Announced(author, Announcement.decode(limits, data, author)));
    follow(claims, (author, data) -> new Input.Claimed(author, claim(author, data)));
    follow(load, this::load);
  }

  /** A peer's report, with where it is, to be known before the core hears of the peer. */
  private Input load(PeerId author, Bytes data) throws WireException {
    List<Multiaddr> there = Whereabouts.decode(limits, data).addresses();
    LoadReport report = LoadReport.decode(limits, data);
    if (!there.isEmpty()) {
      loop.submit(now -> addresses.heard(author, there));
    }
    return new Input.Loaded(author, report);
  }

  private static ClaimMessage claim(PeerId author, Bytes data) throws WireException {
    try {
      return ClaimMessage.decode(Id.of(author.multihash().toByteArray()), data.toByteArray());
    } catch (MalformedException e) {
      throw new WireException("claims: " + e.getMessage());
    }
  }

  private void follow(Topic topic, Reader reader) {
    gossip.setValidator(topic, Validator.of(message -> judge(reader, message)));
    gossip.subscribe(topic, message -> received(reader, message));
  }

  private static Verdict judge(Reader reader, ReceivedMessage message) {
    try {
      reader.read(message.author(), message.data());
      return Verdict.ACCEPT;
    } catch (WireException e) {
      LOG.debug("{} of {}: {}", message.topic(), message.author(), e.getMessage());
      return Verdict.REJECT;
    }
  }

  private void received(Reader reader, ReceivedMessage message) {
    try {
      loop.submit(reader.read(message.author(), message.data()));
    } catch (WireException e) {
      throw new IllegalStateException("a message that was accepted can't be read", e);
    }
  }

  /** A peer that comes now has not heard how we stand, and would wait for the next report. */
  private void subscribed(PeerId peer, Topic topic, boolean subscribes) {
    if (subscribes && topic.equals(load)) {
      loop.submit(now -> sayAgain());
    }
  }

  private void sayAgain() {
    if (saysAgain || peers.getAsInt() > AGAIN_PEERS_MAX) {
      return; // it hears of neighbours from themselves, and of the others by and by
    }
    saysAgain = true;
    executor.schedule(() -> loop.submit(now -> saidAgain()), AGAIN_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void saidAgain() {
    saysAgain = false;
    if (!lastReport.isEmpty()) {
      gossip.publish(load, lastReport);
    }
  }

  // On the loop. What gossip refuses because it is behind is said anew by the next report, or told
  // over the streams.

  void announce(Announcement announcement) {
    gossip.publish(tasks, announcement.encode(self));
  }

  void claim(ClaimMessage message) {
    gossip.publish(claims, Bytes.copyOf(message.encode()));
  }

  void report(LoadReport report) {
    lastReport = new Whereabouts(host.listenAddresses()).after(report.encode(limits));
    gossip.publish(load, lastReport);
  }
}
