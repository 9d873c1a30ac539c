package io.minga.gossip.netty;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.minga.gossip.Gossip;
import io.minga.gossip.GossipStats;
import io.minga.gossip.MessageListener;
import io.minga.gossip.ReceivedMessage;
import io.minga.gossip.Subscription;
import io.minga.gossip.message.Topic;
import io.minga.gossip.router.Counter;
import io.minga.libp2p.Host;
import io.minga.libp2p.HostOptions;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.identity.PrivateKey;
import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.libp2p.netty.NettyHost;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/** A host on loopback with gossip at its defaults, and what it has heard. */
final class TestPeer implements AutoCloseable, MessageListener {
  private static final int SECONDS_MAX = 30;

  final Host host;
  final Gossip gossip;
  final PrivateKey identity;
  final List<ReceivedMessage> received = new CopyOnWriteArrayList<>();

  private TestPeer(Host host, Gossip gossip, PrivateKey identity) {
    this.identity = identity;
    this.host = host;
    this.gossip = gossip;
  }

  static TestPeer start() {
    return start(it -> it, it -> it);
  }

  static TestPeer start(UnaryOperator<NettyGossipOptions> change) {
    return start(it -> it, change);
  }

  static TestPeer start(
      UnaryOperator<HostOptions> changeHost, UnaryOperator<NettyGossipOptions> change) {
    HostOptions options = changeHost.apply(hostOptions());
    Host host = host(options);
    return new TestPeer(
        host,
        NettyGossip.start(host, change.apply(NettyGossipOptions.of(options.identity()))),
        options.identity());
  }

  static HostOptions hostOptions() {
    return HostOptions.defaults().withListen(List.of(Multiaddr.parse("/ip4/127.0.0.1/tcp/0")));
  }

  static Host host(HostOptions options) {
    try {
      return NettyHost.start(options);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  static Multiaddr addressOf(Host host) {
    return Multiaddr.parse(host.listenAddresses().get(0) + "/p2p/" + host.peerId());
  }

  static ConditionFactory await() {
    return Awaitility.await()
        .atMost(Duration.ofSeconds(SECONDS_MAX))
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(5))
        .pollInSameThread();
  }

  static <T> T get(CompletableFuture<T> future) {
    return future.orTimeout(SECONDS_MAX, SECONDS).join();
  }

  PeerId id() {
    return host.peerId();
  }

  Subscription subscribe(Topic topic) {
    return gossip.subscribe(topic, this);
  }

  TestPeer connect(TestPeer other) {
    get(host.connect(addressOf(other.host)));
    return this;
  }

  GossipStats stats() {
    return get(gossip.stats());
  }

  long count(Counter counter) {
    return stats().counters().getOrDefault(counter, 0L);
  }

  double score(PeerId peer) {
    return stats().peers().stream()
        .filter(it -> it.peer().equals(peer))
        .mapToDouble(GossipStats.PeerStatus::score)
        .findFirst()
        .orElse(0);
  }

  void awaitPeer(PeerId peer) {
    await().until(() -> stats().peers().stream().anyMatch(it -> it.peer().equals(peer)));
  }

  /** Waits until so many peers are known to subscribe to {@code topic}. */
  void awaitSubscribers(Topic topic, int count) {
    await().until(() -> get(gossip.subscribers(topic)).size() >= count);
  }

  /** Waits until so many peers are in the mesh of {@code topic}. */
  void awaitMesh(Topic topic, int count) {
    await().until(() -> meshSize(topic) >= count);
  }

  private int meshSize(Topic topic) {
    return stats().topics().stream()
        .filter(it -> it.topic().equals(topic))
        .mapToInt(it -> it.mesh().size())
        .sum();
  }

  List<String> texts() {
    return received.stream().map(it -> text(it.data())).toList();
  }

  private static String text(Bytes data) {
    try {
      return data.toUtf8();
    } catch (WireException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void received(ReceivedMessage message) {
    received.add(message);
  }

  @Override
  public void close() {
    gossip.close();
    host.close();
  }
}
