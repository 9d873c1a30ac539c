package io.minga.gossip.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.minga.gossip.PublishResult.Published;
import io.minga.gossip.ReceivedMessage;
import io.minga.gossip.interop.TheirPeer.Received;
import io.minga.gossip.router.Gossipsub.Protocol;
import io.minga.libp2p.interop.Library;
import io.minga.libp2p.interop.PeerProcess;
import io.minga.libp2p.wire.Bytes;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/**
 * Our gossip with real js, go, rust and py peers. The executables come from the environment, as
 * {@code ./minga verify} sets it; the tests of a library whose peer is missing are skipped. What a
 * library can't do is in interop/README.md, where its selftest proves it.
 */
@ExtendWith(GossipTable.class)
final class GossipInteropTest {
  private static final int[] SIZES = {200, 1024, 64 << 10, 200 << 10};

  private final Deque<AutoCloseable> open = new ArrayDeque<>();

  @AfterEach
  void close() throws Exception {
    while (!open.isEmpty()) {
      open.pop().close();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "JS,ours",
    "JS,theirs",
    "GO,ours",
    "GO,theirs",
    "RUST,ours",
    "RUST,theirs",
    "PY,ours",
    "PY,theirs"
  })
  void twoPeers_formAMesh_andHearEachOther(Library library, String dialer) {
    TheirPeer theirs = theirs(library, TheirPeer.LARGE_RPCS);
    OurPeer ours = ours(OurPeer.start());
    connect(ours, theirs, dialer.equals("ours"));
    meshOf(ours, theirs);
    assertThat(theirs.protocol(ours.id())).isEqualTo("/meshsub/1.2.0");
    assertThat(ours.protocols()).containsExactly(Protocol.MESHSUB_1_2);

    for (int size : SIZES) {
      exchange(ours, theirs, size);
    }

    assertThat(ours.received).hasSize(SIZES.length);
    assertThat(theirs.received()).hasSize(SIZES.length);
    assertThat(ours.stats().offences()).isEmpty();
  }

  /** Many go into one RPC, which must not be longer than what rust takes. */
  @ParameterizedTest
  @EnumSource(value = Library.class, names = "JAVA", mode = Mode.EXCLUDE)
  void manyMessagesAtOnce_allArrive(Library library) {
    TheirPeer theirs = theirs(library);
    OurPeer ours = ours(OurPeer.start());
    connect(ours, theirs, true);
    meshOf(ours, theirs);
    // py drops what doesn't fit into its queue of 32 RPCs to a peer, two for each message.
    int count = library == Library.PY ? 10 : 300;

    Set<String> sent = new HashSet<>();
    for (int i = 0; i < count; i++) {
      byte[] data = data(1000, i);
      sent.add(sha256(data));
      ours.gossip.publish(OurPeer.TOPIC, Bytes.copyOf(data));
    }
    settles(
        () ->
            assertThat(theirs.received())
                .extracting(Received::sha256)
                .containsExactlyInAnyOrderElementsOf(sent));

    Set<String> theirsSent = new HashSet<>();
    for (int i = 0; i < count; i++) {
      theirsSent.add(theirs.publish(1000, i));
    }
    settles(
        () ->
            assertThat(ours.received)
                .extracting(GossipInteropTest::sha256)
                .containsExactlyInAnyOrderElementsOf(theirsSent));
  }

  @ParameterizedTest
  @CsvSource({"JS,1.1", "GO,1.1", "RUST,1.1", "PY,1.1", "JS,1.2", "GO,1.2", "RUST,1.2", "PY,1.2"})
  void aPeerOfAnOlderVersion_isSpokenToInIt(Library library, String theirVersion) {
    boolean older = theirVersion.equals("1.1");
    TheirPeer theirs = older ? theirs(library, "\"version\":\"1.1\"") : theirs(library);
    OurPeer ours =
        ours(
            older
                ? OurPeer.start()
                : OurPeer.start(List.of(Protocol.MESHSUB_1_1, Protocol.MESHSUB_1_0), it -> it));
    connect(ours, theirs, true);
    meshOf(ours, theirs);

    assertThat(theirs.protocol(ours.id())).isEqualTo("/meshsub/1.1.0");
    assertThat(ours.protocols()).containsExactly(Protocol.MESHSUB_1_1);
    exchange(ours, theirs, 5000);
    assertThat(theirs.got("idontwant")).isZero();
  }

  @ParameterizedTest
  @EnumSource(value = Library.class, names = "JAVA", mode = Mode.EXCLUDE)
  void whatTheyDidNotSendUs_weAskFor(Library library) {
    assumePresent(library);
    TheirPeer theirs = opened(TheirPeer.startShy(library));
    List<OurPeer> ours = List.of(ours(OurPeer.start()), ours(OurPeer.start()));
    ours.forEach(it -> it.connect(theirs.address()));
    ours.forEach(it -> settles(() -> assertThat(it.subscribers()).contains(theirs.id())));
    settles(() -> assertThat(theirs.subscribers()).hasSize(2));
    // One that was to be in the mesh is, by the next heartbeats, and the other is pruned.
    settles(() -> assertThat(theirs.sent("prune")).isPositive());

    String sha256 = theirs.publish(3000, 1);

    for (OurPeer it : ours) {
      settles(() -> assertThat(it.received).extracting(GossipInteropTest::sha256).contains(sha256));
      assertThat(it.received).hasSize(1);
    }
    assertThat(theirs.sent("ihave")).isPositive();
    assertThat(theirs.got("iwant")).isPositive();
  }

  @ParameterizedTest
  @EnumSource(value = Library.class, names = "JAVA", mode = Mode.EXCLUDE)
  void whatWeDidNotSendThem_theyAskFor(Library library) {
    assumeFalse(library == Library.PY, "py asks for messages by ids in hex, which nobody has");
    TheirPeer theirs = theirs(library);
    OurPeer ours = ours(OurPeer.start(OurPeer::shy));
    connect(ours, theirs, false);
    settles(() -> assertThat(theirs.got("prune")).isPositive());
    assertThat(ours.mesh()).isEmpty();

    byte[] data = data(3000, 1);
    assertThat(ours.publish(data)).isInstanceOf(Published.class);

    heard(theirs, ours, data);
    assertThat(theirs.got("ihave")).isPositive();
    assertThat(theirs.sent("iwant")).isPositive();
  }

  @ParameterizedTest
  @EnumSource(value = Library.class, names = "JAVA", mode = Mode.EXCLUDE)
  void aLargeMessageInATriangle_isNotWantedTwice(Library library) {
    TheirPeer theirs = theirs(library);
    OurPeer publisher = ours(OurPeer.start());
    OurPeer ours = ours(OurPeer.start());
    connect(publisher, theirs, true);
    connect(ours, theirs, true);
    ours.connect(publisher.address());
    settles(() -> assertThat(theirs.mesh()).containsExactlyInAnyOrder(publisher.id(), ours.id()));
    settles(() -> assertThat(ours.mesh()).containsExactlyInAnyOrder(publisher.id(), theirs.id()));
    settles(() -> assertThat(publisher.mesh()).containsExactlyInAnyOrder(ours.id(), theirs.id()));

    for (int i = 0; i < 5; i++) {
      byte[] data = data(20_000, i);
      publisher.publish(data);
      heard(theirs, publisher, data);
    }

    settles(() -> assertThat(ours.received).hasSize(5));
    settles(() -> assertThat(theirs.got("idontwant")).as("what they don't need").isPositive());
    settles(() -> assertThat(theirs.sent("idontwant")).as("what we don't need").isPositive());
    assertThat(theirs.received()).hasSize(5);
    assertThat(ours.stats().offences()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(value = Library.class, names = "JAVA", mode = Mode.EXCLUDE)
  void whomWePrune_connectsToWhomWeRecommend(Library library) {
    assumeFalse(library == Library.RUST, "rust doesn't read the records of recommended peers");
    OurPeer recommended = ours(OurPeer.start());
    OurPeer hub = ours(OurPeer.start(OurPeer::recommending));
    recommended.connect(hub.address());
    settles(() -> assertThat(hub.mesh()).containsExactly(recommended.id()));
    TheirPeer theirs = theirs(library);

    theirs.connect(hub.address());

    settles(() -> assertThat(theirs.got("pruneRecords")).isPositive());
    settles(() -> assertThat(theirs.connected()).contains(recommended.id(), hub.id()));
    meshOf(recommended, theirs);
  }

  @ParameterizedTest
  @EnumSource(value = Library.class, names = "JAVA", mode = Mode.EXCLUDE)
  void whomTheyPrune_connectsToWhomTheyRecommend(Library library) {
    assumeFalse(library == Library.RUST, "rust recommends without records");
    TheirPeer hub = theirs(library, "\"px\":true");
    OurPeer one = ours(OurPeer.start());
    OurPeer other = ours(OurPeer.start());
    one.connect(hub.address());
    other.connect(hub.address());
    settles(() -> assertThat(hub.mesh()).containsExactlyInAnyOrder(one.id(), other.id()));

    hub.unsubscribe();

    settles(() -> assertThat(one.connected()).contains(other.id(), hub.id()));
    settles(() -> assertThat(one.mesh()).containsExactly(other.id()));
    assertThat(hub.sent("pruneRecords")).isPositive();
  }

  @ParameterizedTest
  @EnumSource(value = Library.class, names = "JAVA", mode = Mode.EXCLUDE)
  void whoLeaves_isForgotten(Library library) throws Exception {
    TheirPeer theirs = theirs(library);
    OurPeer ours = ours(OurPeer.start());
    connect(ours, theirs, true);
    meshOf(ours, theirs);

    theirs.unsubscribe();
    settles(() -> assertThat(ours.subscribers()).isEmpty());
    settles(() -> assertThat(ours.mesh()).isEmpty());
    theirs.subscribe();
    settles(() -> assertThat(ours.subscribers()).containsExactly(theirs.id()));

    ours.unsubscribe();
    settles(() -> assertThat(theirs.subscribers()).isEmpty());
    settles(() -> assertThat(theirs.mesh()).isEmpty());
    ours.subscribe();
    settles(() -> assertThat(theirs.subscribers()).containsExactly(ours.id()));

    ours.gossip.close();
    settles(() -> assertThat(theirs.subscribers()).isEmpty());
    assertThat(theirs.connected()).containsExactly(ours.id());
  }

  @ParameterizedTest
  @EnumSource(value = Library.class, names = "JAVA", mode = Mode.EXCLUDE)
  void whoIsKilled_isForgotten(Library library) {
    TheirPeer theirs = theirs(library);
    OurPeer ours = ours(OurPeer.start());
    PeerProcess victim =
        new PeerProcess(
            "our peer that is killed",
            Library.java(OurPeer.Main.class),
            "noise",
            Path.of(System.getProperty("basedir", ""))
                .resolve("target/interop/logs/java-%s.log".formatted(library)));
    open.push(victim);
    theirs.connect(victim.dialAddress());
    connect(ours, theirs, true);
    settles(() -> assertThat(theirs.mesh()).containsExactlyInAnyOrder(ours.id(), victim.id()));

    victim.kill();
    settles(() -> assertThat(theirs.mesh()).containsExactly(ours.id()));
    settles(() -> assertThat(theirs.subscribers()).containsExactly(ours.id()));
    exchange(ours, theirs, 300);

    theirs.close();
    settles(() -> assertThat(ours.subscribers()).isEmpty());
    settles(() -> assertThat(ours.mesh()).isEmpty());
    settles(() -> assertThat(ours.stats().peers()).isEmpty());
  }

  private TheirPeer theirs(Library library, String... options) {
    assumePresent(library);
    return opened(TheirPeer.start(library, options));
  }

  private static void assumePresent(Library library) {
    assumeTrue(library.executable().isPresent(), library.variable() + " names no peer");
  }

  private OurPeer ours(OurPeer peer) {
    return opened(peer);
  }

  private <T extends AutoCloseable> T opened(T peer) {
    open.push(peer);
    return peer;
  }

  private static void connect(OurPeer ours, TheirPeer theirs, boolean weDial) {
    if (weDial) {
      ours.connect(theirs.address());
    } else {
      theirs.connect(ours.address());
    }
    settles(() -> assertThat(ours.subscribers()).contains(theirs.id()));
    settles(() -> assertThat(theirs.subscribers()).contains(ours.id()));
  }

  private static void meshOf(OurPeer ours, TheirPeer theirs) {
    settles(() -> assertThat(ours.mesh()).contains(theirs.id()));
    settles(() -> assertThat(theirs.mesh()).contains(ours.id()));
  }

  /** A message of {@code bytes} each way, told by sha256 and author. */
  private static void exchange(OurPeer ours, TheirPeer theirs, int bytes) {
    byte[] data = data(bytes, bytes);
    assertThat(ours.publish(data)).isInstanceOf(Published.class);
    heard(theirs, ours, data);

    String sha256 = theirs.publish(bytes, bytes);
    settles(() -> assertThat(ours.received).extracting(GossipInteropTest::sha256).contains(sha256));
    ReceivedMessage message = ours.received.get(ours.received.size() - 1);
    assertThat(message.data().length()).isEqualTo(bytes);
    assertThat(message.author()).hasToString(theirs.id());
    assertThat(message.receivedFrom()).hasToString(theirs.id());
  }

  private static void heard(TheirPeer theirs, OurPeer author, byte[] data) {
    settles(
        () ->
            assertThat(theirs.received())
                .anySatisfy(
                    it ->
                        assertThat(it)
                            .returns(sha256(data), Received::sha256)
                            .returns(data.length, Received::bytes)
                            .returns(author.id(), Received::from)));
  }

  private static byte[] data(int bytes, int seed) {
    byte[] data = new byte[bytes];
    new Random(seed).nextBytes(data);
    return data;
  }

  private static String sha256(ReceivedMessage message) {
    return sha256(message.data().toByteArray());
  }

  private static String sha256(byte[] data) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(data));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private static void settles(ThrowingRunnable assertion) {
    await()
        .pollInSameThread()
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(20))
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(assertion);
  }
}
