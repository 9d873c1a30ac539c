package io.minga.gossip.interop;

import io.minga.gossip.Gossip;
import io.minga.gossip.GossipStats;
import io.minga.gossip.GossipStats.PeerStatus;
import io.minga.gossip.GossipStats.TopicStatus;
import io.minga.gossip.PublishResult;
import io.minga.gossip.ReceivedMessage;
import io.minga.gossip.Subscription;
import io.minga.gossip.message.Topic;
import io.minga.gossip.netty.NettyGossip;
import io.minga.gossip.netty.NettyGossipOptions;
import io.minga.gossip.router.Counter;
import io.minga.gossip.router.GossipOptions;
import io.minga.gossip.router.GossipOptions.Degrees;
import io.minga.gossip.router.GossipOptions.Times;
import io.minga.gossip.router.Gossipsub.Protocol;
import io.minga.gossip.router.ScoreOptions;
import io.minga.libp2p.Connection;
import io.minga.libp2p.Host;
import io.minga.libp2p.HostOptions;
import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.libp2p.netty.NettyHost;
import io.minga.libp2p.wire.Bytes;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Our host with gossip, in this process, subscribed to the one topic of the tests. */
final class OurPeer implements AutoCloseable {
  static final Topic TOPIC = Topic.of("interop");

  private static final int SECONDS_MAX = 30;
  private static final Duration HEARTBEAT = Duration.ofMillis(200);

  final Gossip gossip;
  final List<ReceivedMessage> received = new CopyOnWriteArrayList<>();
  private final Host host;
  private @Nullable Subscription subscription;

  private OurPeer(Host host, Gossip gossip) {
    this.host = host;
    this.gossip = gossip;
    subscribe();
  }

  static OurPeer start() {
    return start(it -> it);
  }

  static OurPeer start(UnaryOperator<GossipOptions> change) {
    return start(
        List.of(
            Protocol.MESHSUB_1_2, Protocol.MESHSUB_1_1, Protocol.MESHSUB_1_0, Protocol.FLOODSUB),
        change);
  }

  static OurPeer start(List<Protocol> protocols, UnaryOperator<GossipOptions> change) {
    HostOptions options =
        HostOptions.defaults().withListen(List.of(Multiaddr.parse("/ip4/127.0.0.1/tcp/0")));
    try {
      Host host = NettyHost.start(options);
      return new OurPeer(
          host,
          NettyGossip.start(
              host,
              NettyGossipOptions.of(options.identity())
                  .withProtocols(protocols)
                  .with(change.apply(quick()))));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** The defaults, but that the heart beats fast and recommendations of anybody are taken. */
  private static GossipOptions quick() {
    GossipOptions it = GossipOptions.DEFAULT;
    Times times = it.times();

    ScoreOptions score = it.score();
    ScoreOptions.Thresholds thresholds = score.thresholds();
    return new GossipOptions(
        it.degrees(),
        new Times(
            HEARTBEAT,
            times.firstHeartbeat(),
            times.seen(),
            times.fanout(),
            times.pruneBackoff(),
            times.unsubscribeBackoff(),
            times.backoffMax(),
            times.graftFlood(),
            times.iwantFollowUp(),
            times.validation(),
            times.directConnect()),
        it.lazy(),
        it.limits(),
        new ScoreOptions(
            score.topic(),
            score.topicsCap(),
            score.applicationWeight(),
            score.colocationWeight(),
            score.colocationThreshold(),
            score.loopbackExempt(),
            score.behaviourWeight(),
            score.behaviourThreshold(),
            score.behaviourDecay(),
            new ScoreOptions.Thresholds(
                thresholds.gossip(),
                thresholds.publish(),
                thresholds.graylist(),
                0,
                thresholds.opportunisticGraft()),
            score.retained()),
        it.messageId(),
        it.subscriptionFilter(),
        it.floodPublish(),
        it.peerExchange());
  }

  /** No mesh at all, so that what is published leaves by gossip alone. */
  static GossipOptions shy(GossipOptions options) {
    Degrees degrees = options.degrees();
    return options
        .withFloodPublish(false)
        .with(new Degrees(0, 0, 0, 0, 0, degrees.lazy(), degrees.gossipFactor(), 24));
  }

  /** A mesh of one, and others are recommended to whom it has no room for. */
  static GossipOptions recommending(GossipOptions options) {
    Degrees degrees = options.degrees();
    return options
        .withPeerExchange(true)
        .with(new Degrees(1, 1, 1, 1, 0, degrees.lazy(), degrees.gossipFactor(), 24));
  }

  void subscribe() {
    subscription = gossip.subscribe(TOPIC, received::add);
  }

  void unsubscribe() {
    if (subscription != null) {
      subscription.close();
    }
  }

  PublishResult publish(byte[] data) {
    return get(gossip.publish(TOPIC, Bytes.copyOf(data)));
  }

  String id() {
    return host.peerId().toString();
  }

  String address() {
    return host.listenAddresses().get(0) + "/p2p/" + host.peerId();
  }

  void connect(String address) {
    get(host.connect(Multiaddr.parse(address)));
  }

  List<String> connected() {
    return host.connections().stream().map(Connection::peer).map(Object::toString).toList();
  }

  List<String> subscribers() {
    return get(gossip.subscribers(TOPIC)).stream().map(Object::toString).toList();
  }

  List<String> mesh() {
    return stats().topics().stream()
        .filter(it -> it.topic().equals(TOPIC))
        .map(TopicStatus::mesh)
        .flatMap(List::stream)
        .map(Object::toString)
        .toList();
  }

  /** The protocol of the stream to each peer. */
  List<Protocol> protocols() {
    return stats().peers().stream().map(PeerStatus::protocol).toList();
  }

  long count(Counter counter) {
    return stats().counters().getOrDefault(counter, 0L);
  }

  GossipStats stats() {
    return get(gossip.stats());
  }

  private static <T> T get(CompletableFuture<T> future) {
    return future.orTimeout(SECONDS_MAX, TimeUnit.SECONDS).join();
  }

  @Override
  public void close() {
    gossip.close();
    host.close();
  }

  /** A peer as a process of its own, to be killed: {@link OurPeer} until the end of stdin. */
  static final class Main {
    private Main() {}

    public static void main(String[] args) throws IOException {
      try (OurPeer peer = start()) {
        System.out.printf(
            "{\"event\":\"ready\",\"id\":\"%s\",\"addrs\":[\"%s\"]}%n", peer.id(), peer.address());
        System.out.flush();
        while (System.in.read() >= 0) {
          // Commands are not for it.
        }
      }
    }
  }
}
