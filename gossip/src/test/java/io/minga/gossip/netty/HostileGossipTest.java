package io.minga.gossip.netty;

import static io.minga.gossip.netty.TestPeer.await;
import static io.minga.gossip.netty.TestPeer.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.minga.gossip.message.Author;
import io.minga.gossip.message.Message;
import io.minga.gossip.message.Topic;
import io.minga.gossip.netty.RawGossip.Voice;
import io.minga.gossip.router.Counter;
import io.minga.gossip.router.GossipOptions;
import io.minga.gossip.router.Gossipsub.Offence;
import io.minga.gossip.rpc.Rpc;
import io.minga.gossip.rpc.RpcCodec;
import io.minga.libp2p.crypto.Crypto;
import io.minga.libp2p.crypto.CryptoProviders;
import io.minga.libp2p.identity.PrivateKey;
import io.minga.libp2p.runtime.SystemEntropy;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.LengthPrefixed;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Peers that break the rules, and others that must not feel it. */
final class HostileGossipTest {
  private static final Topic NEWS = Topic.of("news");
  private static final Crypto CRYPTO = CryptoProviders.best();
  private static final int ONE_KIB = 1024;

  private final Author author =
      new Author(CRYPTO, PrivateKey.generate(CRYPTO, new SystemEntropy()), 1);
  private final List<AutoCloseable> opened = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable it : opened) {
      it.close();
    }
  }

  private TestPeer start() {
    TestPeer peer = TestPeer.start();
    opened.add(peer);
    return peer;
  }

  private RawGossip raw(boolean reads) {
    RawGossip raw = new RawGossip(reads);
    opened.add(raw);
    return raw;
  }

  private Voice speakTo(TestPeer peer, RawGossip raw) {
    Voice voice = raw.open(peer).subscribe(NEWS);
    peer.awaitPeer(raw.id());
    peer.awaitSubscribers(NEWS, 1);
    return voice;
  }

  private static Message forged(Message message) {
    return new Message(
        message.from(),
        Bytes.utf8("forged"),
        message.seqno(),
        message.topic(),
        message.signature(),
        message.key());
  }

  @Test
  void aForgedMessage_isRejectedAndPenalised_andTheTrueOneIsDelivered() {
    TestPeer alice = start();
    alice.subscribe(NEWS);
    RawGossip mallory = raw(true);
    Voice voice = speakTo(alice, mallory);
    Message message = author.write(NEWS, Bytes.utf8("true"));

    voice.say(forged(message));
    voice.say(message);

    await().until(() -> alice.texts().equals(List.of("true")));
    await().until(() -> alice.count(Counter.REJECTED) == 1);
    assertThat(alice.stats().offences()).containsKey(Offence.INVALID_MESSAGE);
    assertThat(alice.score(mallory.id())).isNegative();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "05ffffffffff", // a frame that is no protobuf
        "8080808001", // a length above the limit
        "808080808080808080808001", // a length that is none
        "041202ffff", // a message that is none
      })
  void garbage_closesTheConnection_andOthersGoOn(String hex) {
    TestPeer alice = start();
    TestPeer bob = start();
    alice.subscribe(NEWS);
    bob.connect(alice).awaitSubscribers(NEWS, 1);
    RawGossip mallory = raw(true);
    Voice voice = mallory.open(alice).subscribe(NEWS);

    voice.sayBytes(Bytes.fromHex(hex));

    get(voice.closed);
    await().until(() -> alice.host.connections(mallory.id()).isEmpty());
    assertThat(alice.stats().shell().violations()).isEqualTo(1);
    bob.gossip.publish(NEWS, Bytes.utf8("still here"));
    await().until(() -> alice.texts().equals(List.of("still here")));
  }

  @Test
  void anRpcByteByByte_isTaken() {
    TestPeer alice = start();
    alice.subscribe(NEWS);
    RawGossip slow = raw(true);
    Voice voice = speakTo(alice, slow);
    Bytes rpc = RpcCodec.encode(Rpc.of(author.write(NEWS, Bytes.utf8("dribbled"))));
    Bytes frame = LengthPrefixed.encode(rpc);

    for (int i = 0; i < frame.length(); i++) {
      get(voice.sayBytes(frame.slice(i, i + 1)));
    }

    await().until(() -> alice.texts().equals(List.of("dribbled")));
  }

  @Test
  void aPeerThatDoesNotRead_holdsUpNobody_andTakesBoundedMemory() {
    TestPeer alice = start();
    TestPeer bob = start();
    bob.subscribe(NEWS);
    bob.connect(alice);
    RawGossip deaf = raw(false);
    deaf.open(alice).subscribe(NEWS);
    alice.awaitSubscribers(NEWS, 2);
    Bytes data = Bytes.copyOf(new byte[64 * ONE_KIB]);
    int count = 200;

    for (int i = 0; i < count; i++) {
      get(alice.gossip.publish(NEWS, data));
    }

    await().until(() -> bob.received.size() == count);
    GossipOptions.Limits limits = GossipOptions.DEFAULT.limits();
    int queued =
        alice.stats().peers().stream()
            .filter(it -> it.peer().equals(deaf.id()))
            .mapToInt(it -> it.queuedMessages())
            .sum();
    assertThat(queued * data.length()).isLessThanOrEqualTo(limits.queuedBytesMax());
    assertThat(alice.count(Counter.OWN_MESSAGES_DROPPED)).isPositive();
  }

  /** What comes faster than it is judged waits at the peer that sends it, and none is lost. */
  @Test
  void aFlood_isNotReadOn_untilItIsJudged_andOthersGoOn() {
    NettyGossipOptions.Limits small =
        new NettyGossipOptions.Limits(1 << 20, 16 * ONE_KIB, 8, 64, 1 << 20, 1, 1, 4);
    TestPeer alice = TestPeer.start(it -> it.with(small));
    opened.add(alice);
    TestPeer bob = start();
    alice.subscribe(NEWS);
    bob.connect(alice).awaitSubscribers(NEWS, 1);
    RawGossip mallory = raw(true);
    Voice voice = speakTo(alice, mallory);
    Bytes data = Bytes.copyOf(new byte[ONE_KIB]);
    int count = 2_000;

    CompletableFuture<Void> said = CompletableFuture.completedFuture(null);
    for (int i = 0; i < count; i++) {
      said = voice.say(author.write(NEWS, data));
    }
    bob.gossip.publish(NEWS, Bytes.utf8("still here"));

    get(said);
    await().until(() -> alice.received.size() == count + 1);
    assertThat(alice.texts()).contains("still here");
    assertThat(alice.stats().shell().readPauses()).isPositive();
    assertThat(alice.count(Counter.VALIDATIONS_DROPPED)).isZero();
  }

  @Test
  void aStreamThatThePeerResets_isOpenedAnewOnce_andSubscriptionsAreSaidAgain() {
    TestPeer alice = start();
    alice.subscribe(NEWS);
    RawGossip bob = raw(true);
    speakTo(alice, bob);
    await().until(() -> hasHeardSubscriptions(bob, 1));

    bob.inbound.get(0).reset();
    await().until(() -> hasHeardSubscriptions(bob, 2));
    alice.gossip.publish(NEWS, Bytes.utf8("over the new one"));
    await().until(() -> bob.heard.stream().anyMatch(it -> !it.messages().isEmpty()));
    assertThat(alice.stats().shell().streamsReopened()).isEqualTo(1);

    bob.inbound.get(1).reset();
    await().until(() -> alice.stats().peers().isEmpty());
    assertThat(bob.inbound).hasSize(2);
  }

  private static boolean hasHeardSubscriptions(RawGossip raw, int count) {
    return raw.heard.stream().filter(it -> !it.subscriptions().isEmpty()).count() == count;
  }

  @Test
  void aNewStream_takesThePlaceOfTheOneBefore() {
    TestPeer alice = start();
    alice.subscribe(NEWS);
    RawGossip mallory = raw(true);
    Voice first = speakTo(alice, mallory);
    Voice newest = mallory.open(alice);

    get(first.closed);

    newest.say(author.write(NEWS, Bytes.utf8("over the newest")));
    await().until(() -> alice.texts().equals(List.of("over the newest")));
  }
}
