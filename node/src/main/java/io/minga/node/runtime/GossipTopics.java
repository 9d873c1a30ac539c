package io.minga.node.runtime;

import io.minga.crdt.claims.ClaimMessage;
import io.minga.crdt.wire.Id;
import io.minga.crdt.wire.MalformedException;
import io.minga.gossip.Gossip;
import io.minga.gossip.ReceivedMessage;
import io.minga.gossip.Validator;
import io.minga.gossip.message.Message;
import io.minga.gossip.message.Topic;
import io.minga.gossip.router.Gossipsub.Verdict;
import io.minga.libp2p.Host;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import io.minga.node.core.Effect;
import io.minga.node.core.Input;
import io.minga.node.task.Announcement;
import io.minga.node.task.LoadReport;
import io.minga.node.task.Saying;
import io.minga.node.task.TaskLimits;
import io.minga.node.task.Whereabouts;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
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
  private final Executor verifying;
  private final IntSupplier peers;
  private final Signatures signatures = new Signatures();
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
      Executor verifying,
      IntSupplier peers) {
    this.gossip = gossip;
    this.limits = limits;
    this.host = host;
    this.self = host.peerId();
    this.addresses = addresses;
    this.loop = loop;
    this.executor = executor;
    this.verifying = verifying;
    this.peers = peers;
    this.tasks = Topic.of("minga/1/" + network + "/tasks");
    this.claims = Topic.of("minga/1/" + network + "/claims");
    this.load = Topic.of("minga/1/" + network + "/load");
  }

  /** What a message says, as the core takes it. */
  @FunctionalInterface
  private interface Reader {
    Input read(PeerId author, Message message) throws WireException;
  }

  void start() {
    gossip.onPeerSubscription(this::subscribed);
    follow(
        tasks,
        (author, message) ->
            new Input.Announced(
                author,
                Announcement.decode(limits, message.data(), author),
                signed(author, Saying.Kind.ANNOUNCEMENT, message)));
    follow(
        claims,
        (author, message) ->
            new Input.Claimed(
                author,
                claim(author, message.data()),
                signed(author, Saying.Kind.CLAIMS, message)));
    follow(load, (author, message) -> load(author, message.data()));
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

  /** The same to be shown to others; null if it is too long for that. */
  private static @Nullable Saying signed(PeerId author, Saying.Kind kind, Message message) {
    Saying saying = Signatures.saying(author, kind, message);
    return saying.message().length() > Saying.MESSAGE_BYTES_MAX
            || saying.proof().length() > Saying.PROOF_BYTES_MAX
        ? null
        : saying;
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
      reader.read(message.author(), message.message());
      return Verdict.ACCEPT;
    } catch (WireException e) {
      LOG.debug("{} of {}: {}", message.topic(), message.author(), e.getMessage());
      return Verdict.REJECT;
    }
  }

  private void received(Reader reader, ReceivedMessage message) {
    try {
      loop.submit(reader.read(message.author(), message.message()));
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

  /** What others are said to have said comes back, in its order, where that is true. */
  void verify(Effect.Verify effect) {
    verifying.execute(
        () -> {
          List<Input> proven = new ArrayList<>(effect.all().size());
          for (Effect.Unproven each : effect.all()) {
            Saying saying = each.saying();
            try {
              signatures.verify(saying.kind() == Saying.Kind.CLAIMS ? claims : tasks, saying);
              proven.add(each.input());
            } catch (WireException e) {
              LOG.debug("what {} is said to have said: {}", saying.author(), e.getMessage());
            }
          }
          loop.submit(now -> proven.forEach(input -> loop.handle(now, input)));
        });
  }

  void report(LoadReport report) {
    lastReport = new Whereabouts(host.listenAddresses()).after(report.encode(limits));
    gossip.publish(load, lastReport);
  }
}
