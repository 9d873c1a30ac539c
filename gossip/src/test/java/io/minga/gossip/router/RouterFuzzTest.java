package io.minga.gossip.router;

import static io.minga.gossip.router.TestRouter.SELF;
import static io.minga.gossip.router.TestRouter.peer;
import static org.assertj.core.api.Assertions.assertThat;

import io.minga.gossip.message.Message;
import io.minga.gossip.message.MessageId;
import io.minga.gossip.message.Topic;
import io.minga.gossip.router.Gossipsub.Effect;
import io.minga.gossip.router.Gossipsub.Input;
import io.minga.gossip.router.Gossipsub.Protocol;
import io.minga.gossip.router.Gossipsub.Verdict;
import io.minga.gossip.rpc.Rpc;
import io.minga.gossip.rpc.Rpc.Control;
import io.minga.gossip.rpc.Rpc.Graft;
import io.minga.gossip.rpc.Rpc.IDontWant;
import io.minga.gossip.rpc.Rpc.IHave;
import io.minga.gossip.rpc.Rpc.IWant;
import io.minga.gossip.rpc.Rpc.PeerInfo;
import io.minga.gossip.rpc.Rpc.Prune;
import io.minga.gossip.rpc.Rpc.Subscription;
import io.minga.gossip.rpc.RpcCodec;
import io.minga.gossip.rpc.RpcLimits;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.peers.IpAddress;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.Seeds;
import io.minga.libp2p.wire.WireException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One router with tight limits and peers that do anything; {@code -Dseeds=} runs more. */
final class RouterFuzzTest {
  private static final int STEPS = 5000;
  private static final int PEERS = 20;
  private static final List<Protocol> PROTOCOLS = List.of(Protocol.values());
  private static final List<Verdict> VERDICTS =
      List.of(
          Verdict.ACCEPT,
          Verdict.ACCEPT,
          Verdict.ACCEPT,
          Verdict.ACCEPT,
          Verdict.REJECT,
          Verdict.IGNORE);
  private static final GossipOptions.Limits LIMITS =
      new GossipOptions.Limits(
          16, 4, 5, 3, 100_000, 40, 20_000, 30, 30_000, 10, 3, 20, 5, 10, 4, 5, 4000, 3000, 1500,
          5000, 4, 8);
  private static final GossipOptions OPTIONS =
      GossipOptions.DEFAULT
          .with(LIMITS)
          .withPeerExchange(true)
          .withSubscriptionFilter(it -> it.name().length() < 20);

  static LongStream seeds() {
    return Seeds.seeds(Integer.getInteger("seeds", 10));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void router_withPeersThatDoAnything_keepsItsRules(long seed) {
    Play play = new Play(new Random(seed));
    for (int step = 0; step < STEPS; step++) {
      play.step();
    }
    assertThat(play.deliveredNanos).isNotEmpty();
  }

  private static final class Play {
    final Random random;
    final GossipRouter router;
    final Map<MessageId, Long> deliveredNanos = new LinkedHashMap<>();
    private final Set<PeerId> connected = new LinkedHashSet<>();
    private final Map<PeerId, Integer> inFlight = new LinkedHashMap<>();
    private final Map<Long, Effect.Validate> pending = new LinkedHashMap<>();
    private final Set<Message> mayBeSent = new LinkedHashSet<>();
    private final Set<PeerId> direct = new LinkedHashSet<>();
    private final Map<PeerId, Boolean> outbound = new LinkedHashMap<>();
    private final List<Topic> topics = new ArrayList<>();
    private long nowNanos;
    private int number;

    Play(Random random) {
      this.random = random;
      this.router = new GossipRouter(OPTIONS, SELF, new Random(random.nextLong()), 0);
      for (int i = 0; i < 7; i++) {
        topics.add(Topic.of("topic" + i));
      }
      topics.add(Topic.of(Bytes.of(0xff, 0xfe)));
    }

    void step() {
      nowNanos += random.nextInt(20_000_000);
      int kind = random.nextInt(100);
      PeerId peer = peer(random.nextInt(PEERS));
      if (router.nextDeadlineNanos() - nowNanos <= 0) {
        tick();
      } else if (kind < 6) {
        connect(peer);
      } else if (kind < 8) {
        connected.remove(peer);
        inFlight.remove(peer);
        handle(new Input.PeerDisconnected(peer));
      } else if (kind < 10 && router.topics().size() < LIMITS.topicsMax()) {
        handle(new Input.Subscribe(topics.get(random.nextInt(4))));
      } else if (kind < 11) {
        handle(new Input.Unsubscribe(topics.get(random.nextInt(4))));
      } else if (kind < 16) {
        publish();
      } else if (kind < 40) {
        answer();
      } else if (kind < 60) {
        write(peer);
      } else if (kind < 62) {
        toggleDirect(peer);
      } else if (kind < 63) {
        handle(new Input.SetApplicationScore(peer, random.nextInt(200) - 100.0));
      } else if (kind < 64) {
        handle(new Input.PeerIdentified(peer, Bytes.copyOf(new byte[random.nextInt(400)])));
      } else {
        receive(peer);
      }
    }

    private void tick() {
      handle(new Input.Tick());
      assertThat(router.nextDeadlineNanos() - nowNanos).isPositive();
      for (Topic topic : router.topics()) {
        assertThat(router.meshPeers(topic)).hasSizeLessThanOrEqualTo(12 + 2 + 2);
        assertThat(router.meshPeers(topic)).allMatch(it -> router.score(it) >= 0);
      }
    }

    private void connect(PeerId peer) {
      Protocol protocol = PROTOCOLS.get(random.nextInt(4));
      IpAddress address = random.nextBoolean() ? null : IpAddress.parse("192.0.2.1");
      boolean isOutbound = random.nextInt(3) == 0;
      boolean isNew = !connected.contains(peer);
      inFlight.remove(peer);
      if (connected.size() < LIMITS.peersMax() || !isNew) {
        connected.add(peer);
        outbound.put(peer, isOutbound);
      }
      handle(new Input.PeerConnected(peer, protocol, isOutbound, address));
    }

    private void publish() {
      Message message = message(SELF);
      mayBeSent.add(message);
      handle(new Input.Publish(message));
    }

    private void answer() {
      if (pending.isEmpty()) {
        return;
      }
      List<Long> tickets = List.copyOf(pending.keySet());
      Effect.Validate asked = pending.remove(tickets.get(random.nextInt(tickets.size())));
      Verdict verdict = VERDICTS.get(random.nextInt(VERDICTS.size()));
      if (verdict == Verdict.ACCEPT && asked.verify()) {
        mayBeSent.add(asked.message());
      }
      handle(new Input.Validated(asked.ticket(), verdict));
      assertThat(handleAgain(asked.ticket())).isEmpty();
    }

    private List<Effect> handleAgain(long ticket) {
      return router.handle(nowNanos, new Input.Validated(ticket, Verdict.ACCEPT)).stream()
          .filter(Effect.Deliver.class::isInstance)
          .toList();
    }

    private void write(PeerId peer) {
      int bytes = inFlight.getOrDefault(peer, 0);
      if (bytes > 0) {
        int written = 1 + random.nextInt(bytes);
        inFlight.put(peer, bytes - written);
        handle(new Input.Sent(peer, written));
      }
    }

    private void toggleDirect(PeerId peer) {
      if (direct.remove(peer)) {
        handle(new Input.RemoveDirectPeer(peer));
      } else if (direct.size() < LIMITS.directPeersMax()) {
        direct.add(peer);
        handle(new Input.AddDirectPeer(peer));
      }
    }

    private void receive(PeerId peer) {
      Rpc rpc =
          new Rpc(
              some(() -> new Subscription(random.nextInt(4) > 0, topic())),
              some(() -> message(peer(random.nextInt(PEERS)))),
              new Control(
                  some(() -> new IHave(topic(), ids())),
                  some(() -> new IWant(ids())),
                  some(() -> new Graft(topic())),
                  some(() -> new Prune(topic(), some(this::peerInfo), backoffSeconds())),
                  some(() -> new IDontWant(ids()))));
      byte[] bytes = RpcCodec.encode(rpc).toByteArray();
      if (bytes.length > 0 && random.nextInt(3) == 0) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      try {
        Rpc decoded = RpcCodec.decode(RpcLimits.DEFAULT, ByteBuffer.wrap(bytes));
        handle(new Input.Received(peer, decoded));
      } catch (WireException refused) {
        assertThat(refused).hasMessageNotContaining("null");
      }
    }

    private void handle(Input input) {
      for (Effect effect : router.handle(nowNanos, input)) {
        check(effect);
      }
      assertThat(router.excess()).isEmpty();
      for (Topic topic : router.topics()) {
        List<PeerId> mesh = router.meshPeers(topic);
        assertThat(connected).containsAll(mesh);
        assertThat(mesh).noneMatch(direct::contains);
        assertThat(mesh.stream().filter(it -> !outbound.getOrDefault(it, false)).count())
            .isLessThanOrEqualTo(12);
      }
      for (PeerId peer : connected) {
        assertThat(Double.isFinite(router.score(peer))).isTrue();
        assertThat(router.queuedMessages(peer)).isLessThanOrEqualTo(9);
      }
    }

    private void check(Effect effect) {
      if (effect instanceof Effect.Send send) {
        assertThat(connected).contains(send.peer());
        assertThat(send.bytes()).isEqualTo(RpcCodec.length(send.rpc())).isPositive();
        assertThat(mayBeSent).containsAll(send.rpc().messages());
        assertThat(inFlight.getOrDefault(send.peer(), 0)).isLessThan(LIMITS.inFlightBytesMax());
        inFlight.merge(send.peer(), send.bytes(), Integer::sum);
      } else if (effect instanceof Effect.Validate it) {
        assertThat(it.message().from()).isNotEqualTo(SELF.multihash());
        assertThat(pending.put(it.ticket(), it)).isNull();
      } else if (effect instanceof Effect.Deliver it) {
        assertThat(it.message().from()).isNotEqualTo(SELF.multihash());
        Long before = deliveredNanos.put(it.id(), nowNanos);
        if (before != null) {
          assertThat(nowNanos - before).isGreaterThanOrEqualTo(120_000_000_000L);
        }
      } else if (effect instanceof Effect.Connect it) {
        assertThat(it.peer()).isNotEqualTo(SELF);
        assertThat(connected).doesNotContain(it.peer());
      } else if (effect instanceof Effect.Recommended it) {
        assertThat(it.peer()).isNotEqualTo(SELF);
        assertThat(connected).doesNotContain(it.peer());
      }
    }

    private <T> List<T> some(Supplier<T> make) {
      List<T> list = new ArrayList<>();
      int count = random.nextInt(4) > 0 ? 0 : random.nextInt(8) > 0 ? 1 : random.nextInt(30);
      for (int i = 0; i < count; i++) {
        list.add(make.get());
      }
      return list;
    }

    private Topic topic() {
      return random.nextInt(20) == 0
          ? Topic.of("new" + random.nextInt() + "x".repeat(random.nextInt(20)))
          : topics.get(random.nextInt(topics.size()));
    }

    private Message message(PeerId author) {
      int no = random.nextInt(3) == 0 ? Math.max(0, number - random.nextInt(30)) : number++;
      Bytes from = random.nextInt(30) == 0 ? SELF.multihash() : author.multihash();
      Bytes signature = random.nextInt(30) == 0 ? Bytes.EMPTY : Bytes.of(random.nextInt(3));
      byte[] data = new byte[random.nextInt(20) == 0 ? random.nextInt(6000) : 20];
      Bytes seqno = Bytes.copyOf(ByteBuffer.allocate(8).putLong(no).array());
      return new Message(from, Bytes.copyOf(data), seqno, topic(), signature, Bytes.EMPTY);
    }

    private List<MessageId> ids() {
      return some(
          () -> {
            byte[] seqno = ByteBuffer.allocate(8).putLong(number - 20 + random.nextInt(30)).array();
            PeerId author = random.nextInt(4) == 0 ? SELF : peer(random.nextInt(PEERS));
            return MessageId.of(author.multihash().concat(Bytes.copyOf(seqno)));
          });
    }

    private PeerInfo peerInfo() {
      Bytes id =
          random.nextInt(4) == 0
              ? Bytes.of(random.nextInt(256))
              : random.nextInt(4) == 0 ? SELF.multihash() : peer(random.nextInt(40)).multihash();
      return new PeerInfo(id, Bytes.copyOf(new byte[random.nextInt(9)]));
    }

    private long backoffSeconds() {
      return random.nextInt(4) == 0 ? random.nextLong() : random.nextInt(100);
    }
  }
}
