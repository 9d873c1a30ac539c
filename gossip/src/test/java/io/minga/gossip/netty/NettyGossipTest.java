package io.minga.gossip.netty;

import static io.minga.gossip.netty.TestPeer.addressOf;
import static io.minga.gossip.netty.TestPeer.await;
import static io.minga.gossip.netty.TestPeer.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.minga.gossip.Gossip;
import io.minga.gossip.GossipStats.Connects;
import io.minga.gossip.MessageQueue;
import io.minga.gossip.PublishResult;
import io.minga.gossip.PublishResult.Published;
import io.minga.gossip.PublishResult.Reason;
import io.minga.gossip.PublishResult.Refused;
import io.minga.gossip.Subscription;
import io.minga.gossip.message.Topic;
import io.minga.gossip.router.Counter;
import io.minga.gossip.router.Gossipsub.Verdict;
import io.minga.gossip.router.ScoreOptions;
import io.minga.gossip.rpc.Rpc;
import io.minga.gossip.rpc.Rpc.Control;
import io.minga.gossip.rpc.Rpc.PeerInfo;
import io.minga.gossip.rpc.Rpc.Prune;
import io.minga.libp2p.Connection;
import io.minga.libp2p.Host;
import io.minga.libp2p.HostOptions;
import io.minga.libp2p.crypto.CryptoProviders;
import io.minga.libp2p.discovery.DiscoveryOptions;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.identity.PeerRecord;
import io.minga.libp2p.netty.DiscoveryListener;
import io.minga.libp2p.netty.DiscoverySettings;
import io.minga.libp2p.netty.NettyDiscovery;
import io.minga.libp2p.wire.Bytes;
import io.netty.util.concurrent.DefaultEventExecutor;
import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Gossip between hosts of one process, over loopback. */
final class NettyGossipTest {
  private static final Topic NEWS = Topic.of("news");

  private final List<TestPeer> peers = new ArrayList<>();

  @AfterEach
  void closePeers() {
    peers.forEach(TestPeer::close);
  }

  private TestPeer start() {
    return start(it -> it);
  }

  private TestPeer start(UnaryOperator<NettyGossipOptions> change) {
    TestPeer peer = TestPeer.start(change);
    peers.add(peer);
    return peer;
  }

  /** The sealed record of {@code peer}, which says where it listens. */
  private static Bytes recordOf(TestPeer peer) {
    return PeerRecord.seal(CryptoProviders.best(), peer.identity, 1, peer.host.listenAddresses())
        .encode();
  }

  @Test
  void publish_toAPeerThatSubscribes_isDeliveredOnce() {
    TestPeer alice = start();
    TestPeer bob = start();
    bob.subscribe(NEWS);
    alice.connect(bob);
    alice.awaitSubscribers(NEWS, 1);

    PublishResult result = get(alice.gossip.publish(NEWS, Bytes.utf8("hello")));

    assertThat(result).isInstanceOf(Published.class);
    assertThat(((Published) result).peers()).isEqualTo(1);
    await().until(() -> bob.texts().equals(List.of("hello")));
    assertThat(bob.received.get(0).author()).isEqualTo(alice.id());
    assertThat(bob.received.get(0).receivedFrom()).isEqualTo(alice.id());
  }

  @Test
  void traffic_isWhatOneWritesAndTheOtherReads() {
    TestPeer alice = start();
    TestPeer bob = start();
    bob.subscribe(NEWS);
    alice.connect(bob);
    alice.awaitSubscribers(NEWS, 1);
    long before = alice.stats().shell().traffic().writtenBytes();

    get(alice.gossip.publish(NEWS, Bytes.copyOf(new byte[10_000])));

    await().until(() -> bob.received.size() == 1);
    assertThat(alice.stats().shell().traffic().writtenBytes() - before).isBetween(10_000L, 12_000L);
    await()
        .until(
            () ->
                alice.stats().shell().traffic().writtenBytes()
                        == bob.stats().shell().traffic().readBytes()
                    && alice.stats().shell().traffic().readBytes()
                        == bob.stats().shell().traffic().writtenBytes());
  }

  @Test
  void tenHosts_inARing_allHearEverything() {
    for (int i = 0; i < 10; i++) {
      start().subscribe(NEWS);
    }
    for (int i = 0; i < 10; i++) {
      peers.get(i).connect(peers.get((i + 1) % 10));
    }
    peers.forEach(it -> it.awaitMesh(NEWS, 2));

    for (TestPeer peer : peers) {
      IntStream.range(0, 20)
          .forEach(i -> peer.gossip.publish(NEWS, Bytes.utf8(peer.id() + " " + i)));
    }

    for (TestPeer peer : peers) {
      await().until(() -> peer.received.size() == 180);
      assertThat(peer.texts()).doesNotHaveDuplicates();
    }
  }

  /** One speaks, so all others hand on its messages alone, and are suspected to be mute. */
  @Test
  void tenHosts_inARingOfWhichOneSpeaks_allHearWhatIsWithheldToo() {
    for (int i = 0; i < 10; i++) {
      start().subscribe(NEWS);
    }
    for (int i = 0; i < 10; i++) {
      peers.get(i).connect(peers.get((i + 1) % 10));
    }
    peers.forEach(it -> it.awaitMesh(NEWS, 2));
    List<TestPeer> listeners = peers.subList(1, 10);

    int sent = 0;
    for (int rounds = 5; rounds > 0; rounds -= withheld() > 0 ? 1 : 0) {
      for (int i = 0; i < 20; i++) {
        peers.get(0).gossip.publish(NEWS, Bytes.utf8("message " + sent++));
      }
      int count = sent;
      listeners.forEach(it -> await().until(() -> it.received.size() == count));
    }

    listeners.forEach(it -> assertThat(it.texts()).doesNotHaveDuplicates());
    peers.forEach(it -> assertThat(it.count(Counter.WITHHELD_UNHEARD)).isZero());
    peers.forEach(it -> it.awaitMesh(NEWS, 2));
  }

  private long withheld() {
    return peers.stream().mapToLong(it -> it.count(Counter.WITHHELD)).sum();
  }

  @Test
  void validators_acceptRejectIgnoreAndComeTooLate() {
    TestPeer alice = start();
    TestPeer bob = start(it -> it.withValidatorTimeout(Duration.ofMillis(50)));
    bob.subscribe(NEWS);
    alice.connect(bob).awaitSubscribers(NEWS, 1);
    CompletableFuture<Verdict> never = new CompletableFuture<>();
    CompletableFuture<Verdict> later = new CompletableFuture<>();
    bob.gossip.setValidator(
        NEWS,
        message ->
            switch (message.data().at(0)) {
              case 'a' -> CompletableFuture.completedFuture(Verdict.ACCEPT);
              case 'r' -> CompletableFuture.completedFuture(Verdict.REJECT);
              case 'i' -> CompletableFuture.completedFuture(Verdict.IGNORE);
              case 'l' -> later;
              case 'n' -> never;
              default -> throw new IllegalStateException("broken on purpose");
            });

    for (String text : List.of("reject", "ignore", "never", "throw", "later", "accept")) {
      get(alice.gossip.publish(NEWS, Bytes.utf8(text)));
    }
    await().until(() -> bob.texts().equals(List.of("accept")));
    await().until(() -> bob.stats().shell().validatorTimeouts() == 2);
    later.complete(Verdict.ACCEPT);
    never.complete(Verdict.REJECT);

    await().until(() -> bob.count(Counter.IGNORED) == 4);
    assertThat(bob.stats().counters())
        .containsEntry(Counter.REJECTED, 1L)
        .containsEntry(Counter.DELIVERED, 1L);
    assertThat(bob.stats().shell().validatorFailures()).isEqualTo(1);
    assertThat(bob.score(alice.id())).isNegative();
  }

  @Test
  void aVerdictThatComesLater_isTakenThen() {
    TestPeer alice = start();
    TestPeer bob = start();
    bob.subscribe(NEWS);
    alice.connect(bob).awaitSubscribers(NEWS, 1);
    CompletableFuture<Verdict> later = new CompletableFuture<>();
    bob.gossip.setValidator(NEWS, message -> later);
    get(alice.gossip.publish(NEWS, Bytes.utf8("checked")));
    await().until(() -> bob.stats().pendingValidations() == 1);

    later.complete(Verdict.ACCEPT);

    await().until(() -> bob.texts().equals(List.of("checked")));
  }

  @Test
  void publish_ofMoreThanAMessageMayHave_isRefused() {
    TestPeer alice = start();

    PublishResult result = get(alice.gossip.publish(NEWS, Bytes.copyOf(new byte[1 << 20])));

    assertThat(result).isEqualTo(new Refused(Reason.TOO_LARGE));
  }

  @Test
  void aSubscription_endsWithTheLastListener_andPeersHearOfIt() {
    TestPeer alice = start();
    TestPeer bob = start();
    List<String> changes = new CopyOnWriteArrayList<>();
    alice.gossip.onPeerSubscription((peer, topic, on) -> changes.add(topic + " " + on));
    Subscription first = bob.subscribe(NEWS);
    Subscription second = bob.subscribe(NEWS);
    alice.connect(bob).awaitSubscribers(NEWS, 1);

    first.close();
    first.close();
    get(alice.gossip.publish(NEWS, Bytes.utf8("to the second")));
    await().until(() -> bob.texts().equals(List.of("to the second")));
    second.close();

    await().until(() -> get(alice.gossip.subscribers(NEWS)).isEmpty());
    assertThat(changes).containsExactly("news true", "news false");
  }

  @Test
  void subscribe_toMoreTopicsThanTheLimit_saysSo() {
    TestPeer alice = start();
    for (int i = 0; i < 1024; i++) {
      alice.subscribe(Topic.of("topic " + i));
    }

    assertThatThrownBy(() -> alice.subscribe(NEWS))
        .hasMessage("subscribed to 1024 topics, which is the limit; unsubscribe from one");
  }

  @Test
  void aPeerThatReconnects_isOneAgain() {
    TestPeer alice = start();
    TestPeer bob = start();
    bob.subscribe(NEWS);
    alice.connect(bob).awaitSubscribers(NEWS, 1);

    alice.host.connections(bob.id()).forEach(it -> get(it.close()));
    await().until(() -> alice.stats().peers().isEmpty());
    await().until(() -> bob.stats().peers().isEmpty());
    alice.connect(bob).awaitSubscribers(NEWS, 1);
    alice.gossip.publish(NEWS, Bytes.utf8("again"));

    await().until(() -> bob.texts().equals(List.of("again")));
  }

  @Test
  void severalConnections_areOnePeer_whichStaysUntilTheLastIsGone() {
    TestPeer alice = start();
    TestPeer bob = start();
    alice.subscribe(NEWS);
    bob.subscribe(NEWS);
    CompletableFuture<Connection> there = alice.host.connect(addressOf(bob.host));
    CompletableFuture<Connection> back = bob.host.connect(addressOf(alice.host));
    get(there);
    get(back);
    alice.awaitSubscribers(NEWS, 1);
    bob.awaitSubscribers(NEWS, 1);
    assertThat(alice.stats().peers()).hasSize(1);

    List<Connection> connections = alice.host.connections(bob.id());
    for (Connection connection : connections.subList(0, connections.size() - 1)) {
      get(connection.close());
    }
    await()
        .until(
            () -> {
              alice.gossip.publish(NEWS, Bytes.utf8("still one")); // one may be lost on the way
              return bob.texts().contains("still one");
            });
    assertThat(alice.stats().peers()).hasSize(1);
  }

  @Test
  void hostsThatAreConnectedBeforeTheyGossip_findEachOther() {
    HostOptions aliceOptions = TestPeer.hostOptions();
    HostOptions bobOptions = TestPeer.hostOptions();
    try (Host alice = TestPeer.host(aliceOptions);
        Host bob = TestPeer.host(bobOptions)) {
      get(get(alice.connect(addressOf(bob))).identified());
      await().until(() -> bob.connections().size() == 1);
      get(bob.connections().get(0).identified());
      MessageQueue queue = new MessageQueue(1);
      try (Gossip first = NettyGossip.start(alice, NettyGossipOptions.of(aliceOptions.identity()));
          Gossip second = NettyGossip.start(bob, NettyGossipOptions.of(bobOptions.identity()))) {
        second.subscribe(NEWS, queue);
        await().until(() -> get(first.subscribers(NEWS)).size() == 1);

        first.publish(NEWS, Bytes.utf8("hello"));

        await().until(() -> queue.size() == 1);
      }
      assertThat(alice.connections()).hasSize(1);
    }
  }

  @Test
  void close_tellsPeers_refusesWhatComes_andLeavesTheHost() {
    TestPeer alice = start();
    TestPeer bob = start();
    alice.subscribe(NEWS);
    bob.connect(alice).awaitSubscribers(NEWS, 1);

    alice.gossip.close();
    alice.gossip.close();

    await().until(() -> bob.stats().peers().isEmpty());
    assertThat(get(alice.gossip.publish(NEWS, Bytes.EMPTY))).isEqualTo(new Refused(Reason.CLOSED));
    assertThatThrownBy(() -> alice.subscribe(NEWS)).hasMessage("gossip is closed");
    assertThatThrownBy(() -> get(alice.gossip.stats())).hasMessageContaining("gossip is closed");
    assertThat(alice.host.connections()).hasSize(1);
  }

  @Test
  void start_withAnotherKeyThanTheHosts_saysSo() {
    TestPeer alice = start();
    NettyGossipOptions others = NettyGossipOptions.of(TestPeer.hostOptions().identity());

    assertThatThrownBy(() -> NettyGossip.start(alice.host, others))
        .hasMessageStartingWith("gossip signs with the key of its host, which is " + alice.id());
  }

  @Test
  void aLoopOfItsOwn_isUsedAndGoesOn() throws Exception {
    EventExecutor loop = new DefaultEventExecutor();
    HostOptions options = TestPeer.hostOptions();
    try (Host host = TestPeer.host(options);
        Gossip gossip = NettyGossip.start(host, NettyGossipOptions.of(options.identity()), loop)) {
      TestPeer bob = start();
      CompletableFuture<Boolean> onLoop = new CompletableFuture<>();
      gossip.subscribe(NEWS, message -> onLoop.complete(loop.inEventLoop()));
      get(host.connect(addressOf(bob.host)));
      bob.awaitSubscribers(NEWS, 1);
      bob.gossip.publish(NEWS, Bytes.utf8("x"));

      assertThat(get(onLoop)).isTrue();
    }
    assertThat(loop.isShuttingDown()).isFalse();
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
  }

  /** Carol knows only Bob, who prunes her and recommends Alice. */
  @Test
  void aPruneThatRecommendsPeers_connectsThem() {
    TestPeer alice = start();
    alice.subscribe(NEWS);
    try (RawGossip bob = new RawGossip(true)) {
      TestPeer carol = start();
      carol.subscribe(NEWS);
      RawGossip.Voice voice = bob.open(carol).subscribe(NEWS);
      carol.awaitMesh(NEWS, 1);
      trust(carol.gossip, bob);
      Bytes record = recordOf(alice);

      PeerInfo forged =
          new PeerInfo(
              PeerId.of(TestPeer.hostOptions().identity().publicKey()).multihash(), record);
      voice.say(recommending(forged, new PeerInfo(alice.id().multihash(), record)));

      carol.awaitPeer(alice.id());
      await().until(() -> carol.stats().shell().connects().equals(new Connects(1, 0, 0, 1, 0)));
    }
  }

  /** Carol's discovery wants two peers. Bob is one and recommends two. */
  @Test
  void recommendedPeers_whereDiscoveryDecides_fillUpToLowWater() {
    List<TestPeer> recommended = List.of(start(), start());
    HostOptions options = TestPeer.hostOptions();
    DiscoverySettings twoPeers =
        DiscoverySettings.defaults().withLimits(DiscoveryOptions.DEFAULT.withWater(2, 4));
    try (RawGossip bob = new RawGossip(true);
        Host host = TestPeer.host(options);
        NettyDiscovery discovery =
            NettyDiscovery.start(host, twoPeers, new DiscoveryListener() {});
        Gossip carol =
            NettyGossip.start(
                host, NettyGossipOptions.of(options.identity()).withHints(discovery::hint))) {
      carol.subscribe(NEWS, message -> {});
      RawGossip.Voice voice = bob.open(addressOf(host)).subscribe(NEWS);
      await().until(() -> get(carol.subscribers(NEWS)).contains(bob.id()));
      trust(carol, bob);

      PeerInfo unsigned =
          new PeerInfo(
              PeerId.of(TestPeer.hostOptions().identity().publicKey()).multihash(), Bytes.EMPTY);
      PeerInfo[] infos =
          recommended.stream()
              .map(it -> new PeerInfo(it.id().multihash(), recordOf(it)))
              .toArray(PeerInfo[]::new);
      voice.say(recommending(unsigned, infos[0], infos[1]));

      await()
          .until(() -> get(carol.stats()).shell().connects().equals(new Connects(0, 0, 2, 0, 1)));
      await().until(() -> host.connections().size() == 2);
      TestPeer chosen =
          recommended.stream()
              .filter(it -> !host.connections(it.id()).isEmpty())
              .findAny()
              .orElseThrow();
      TestPeer other = recommended.get(recommended.get(0).equals(chosen) ? 1 : 0);
      assertThat(host.connections(other.id())).isEmpty();
      chosen.close();

      await().until(() -> !host.connections(other.id()).isEmpty());
    }
  }

  private static void trust(Gossip gossip, RawGossip peer) {
    double enough = 2 * ScoreOptions.DEFAULT.thresholds().acceptExchange();
    get(gossip.setApplicationScore(peer.id(), enough));
  }

  private static Rpc recommending(PeerInfo... peers) {
    Prune prune = new Prune(NEWS, List.of(peers), 60);
    return Rpc.of(new Control(List.of(), List.of(), List.of(), List.of(prune), List.of()));
  }
}
