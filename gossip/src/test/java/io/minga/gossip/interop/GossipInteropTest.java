package io.minga.gossip.interop;

import static io.minga.gossip.interop.Gathering.author;
import static io.minga.gossip.interop.Gathering.connect;
import static io.minga.gossip.interop.Gathering.data;
import static io.minga.gossip.interop.Gathering.exchange;
import static io.minga.gossip.interop.Gathering.heard;
import static io.minga.gossip.interop.Gathering.meshOf;
import static io.minga.gossip.interop.Gathering.settles;
import static io.minga.gossip.interop.Gathering.sha256;
import static io.minga.gossip.interop.Gathering.speakTo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.minga.gossip.PublishResult.Published;
import io.minga.gossip.interop.TheirPeer.Received;
import io.minga.gossip.message.Author;
import io.minga.gossip.message.Message;
import io.minga.gossip.message.MessageIdFunction;
import io.minga.gossip.netty.RawGossip;
import io.minga.gossip.router.Counter;
import io.minga.gossip.router.Gossipsub.Protocol;
import io.minga.gossip.rpc.Rpc;
import io.minga.gossip.rpc.Rpc.Control;
import io.minga.gossip.rpc.Rpc.IDontWant;
import io.minga.libp2p.interop.Library;
import io.minga.libp2p.interop.PeerProcess;
import io.minga.libp2p.wire.Bytes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/**
 * Our gossip with real js, go, rust and py peers. The executables come from the environment, as
 * {@code ./minga verify} sets it; the tests of a library whose peer is missing are skipped, but
 * fail with {@code CI=true}. What a library can't do is shown as well, and said in the table.
 */
final class GossipInteropTest {
  @RegisterExtension private static final GossipTable TABLE = new GossipTable();

  private static final int[] SIZES = {200, 1024, 64 << 10, 200 << 10};

  private static final int MANY = 300;
  private static final int PY_QUEUES = 10;

  @RegisterExtension private final Gathering peers = new Gathering();

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
    TheirPeer theirs = peers.theirs(library, TheirPeer.LARGE_RPCS);
    OurPeer ours = peers.opened(OurPeer.start());
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
    TheirPeer theirs = peers.theirs(library);
    OurPeer ours = peers.opened(OurPeer.start());
    connect(ours, theirs, true);
    meshOf(ours, theirs);
    int many = library == Library.PY ? PY_QUEUES : MANY;
    Set<String> sent = new HashSet<>();
    for (int i = 0; i < many; i++) {
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
    for (int i = 0; i < many; i++) {
      theirsSent.add(theirs.publish(1000, i));
    }
    settles(
        () ->
            assertThat(ours.received)
                .extracting(Gathering::sha256)
                .containsExactlyInAnyOrderElementsOf(theirsSent));
    if (library == Library.PY) {
      TABLE.limit(
          "py queues 32 messages for a subscriber and 32 RPCs for a peer, two of these for each"
              + " message, and drops what is beyond: %d messages at once, where others get %d"
                  .formatted(PY_QUEUES, MANY));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "JS,1.1,theirs",
    "GO,1.1,theirs",
    "RUST,1.1,theirs",
    "PY,1.1,theirs",
    "JS,1.0,theirs",
    "GO,1.0,theirs",
    "RUST,1.0,theirs",
    "PY,1.0,theirs",
    "JS,1.1,ours",
    "GO,1.1,ours",
    "RUST,1.1,ours",
    "PY,1.1,ours"
  })
  void aPeerOfAnOlderVersion_isSpokenToInIt(Library library, String version, String older) {
    TheirPeer theirs =
        older.equals("theirs")
            ? peers.theirs(library, "\"version\":\"%s\"".formatted(version))
            : peers.theirs(library);
    OurPeer ours =
        peers.opened(
            older.equals("theirs")
                ? OurPeer.start()
                : OurPeer.start(List.of(Protocol.MESHSUB_1_1, Protocol.MESHSUB_1_0), it -> it));
    connect(ours, theirs, true);
    meshOf(ours, theirs);

    String protocol = "/meshsub/%s.0".formatted(version);
    assertThat(theirs.protocol(ours.id())).isEqualTo(protocol);
    assertThat(ours.protocols()).extracting(Protocol::id).containsExactly(protocol);
    exchange(ours, theirs, 5000);
    assertThat(theirs.got("idontwant")).isZero();
  }

  @ParameterizedTest
  @EnumSource(value = Library.class, names = "JAVA", mode = Mode.EXCLUDE)
  void whatTheyDidNotSendUs_weAskFor(Library library) {
    Gathering.assumePresent(library);
    TheirPeer theirs = peers.opened(TheirPeer.startShy(library));
    List<OurPeer> ours = List.of(peers.opened(OurPeer.start()), peers.opened(OurPeer.start()));
    ours.forEach(it -> it.connect(theirs.address()));
    ours.forEach(it -> settles(() -> assertThat(it.subscribers()).contains(theirs.id())));
    settles(() -> assertThat(theirs.subscribers()).hasSize(2));
    // One that was to be in the mesh is, by the next heartbeats, and the other is pruned.
    settles(() -> assertThat(theirs.sent("prune")).isPositive());

    String sha256 = theirs.publish(3000, 1);

    for (OurPeer it : ours) {
      settles(() -> assertThat(it.received).extracting(Gathering::sha256).contains(sha256));
      assertThat(it.received).hasSize(1);
    }
    assertThat(theirs.sent("ihave")).isPositive();
    assertThat(theirs.got("iwant")).isPositive();
  }

  @ParameterizedTest
  @EnumSource(value = Library.class, names = "JAVA", mode = Mode.EXCLUDE)
  void whatWeDidNotSendThem_theyAskFor(Library library) {
    TheirPeer theirs = peers.theirs(library);
    OurPeer ours = peers.opened(OurPeer.start(OurPeer::shy));
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
    TheirPeer theirs = peers.theirs(library);
    OurPeer publisher = peers.opened(OurPeer.start());
    OurPeer ours = peers.opened(OurPeer.start());
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

  /** The author has one neighbour of ours each side, and the others hear through one of these. */
  @ParameterizedTest
  @EnumSource(value = Library.class, names = "JAVA", mode = Mode.EXCLUDE)
  void whatOnePublishes_allOthersVerifyAndHandOn(Library library) {
    List<TheirPeer> all = new ArrayList<>();
    OurPeer hub = peers.opened(OurPeer.start());
    for (Library each : Library.values()) {
      if (each != Library.JAVA && each != library) {
        all.add(peers.theirs(each));
      }
    }
    TheirPeer author = peers.theirs(library);
    OurPeer leaf = peers.opened(OurPeer.start());
    all.forEach(it -> connect(hub, it, true));
    connect(hub, author, true);
    connect(leaf, author, true);
    all.forEach(it -> meshOf(hub, it));
    meshOf(hub, author);
    meshOf(leaf, author);

    String theirs = author.publish(2000, 1);
    byte[] ours = data(2000, 2);
    leaf.publish(ours);

    for (TheirPeer it : all) {
      settles(
          () ->
              assertThat(it.received())
                  .extracting(Received::from, Received::via, Received::sha256)
                  .containsExactlyInAnyOrder(
                      tuple(author.id(), hub.id(), theirs),
                      tuple(leaf.id(), hub.id(), sha256(ours))));
    }
    assertThat(hub.received)
        .extracting(it -> it.author().toString(), it -> it.receivedFrom().toString())
        .containsExactlyInAnyOrder(tuple(author.id(), author.id()), tuple(leaf.id(), author.id()));
    assertThat(hub.stats().offences()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(value = Library.class, names = "JAVA", mode = Mode.EXCLUDE)
  void aForgedMessage_isNotTaken(Library library) {
    TheirPeer theirs = peers.theirs(library);
    RawGossip mallory = peers.opened(new RawGossip("/meshsub/1.1.0", true));
    RawGossip.Voice voice = speakTo(theirs, mallory);
    Author author = author();
    Message message = author.write(OurPeer.TOPIC, Bytes.utf8("what was written"));

    voice.say(
        new Message(
            message.from(),
            Bytes.utf8("what was not"),
            message.seqno(),
            message.topic(),
            message.signature(),
            message.key()));
    settles(() -> assertThat(theirs.got("messages")).isEqualTo(1));
    Message next = author.write(OurPeer.TOPIC, Bytes.utf8("what came later"));
    voice.say(next);

    settles(() -> assertThat(theirs.received()).isNotEmpty());
    assertThat(theirs.received())
        .extracting(Received::sha256)
        .containsExactly(sha256(next.data().toByteArray()));
  }

  @ParameterizedTest
  @EnumSource(value = Library.class, names = "JAVA", mode = Mode.EXCLUDE)
  void whatWeDoNotWant_theyDoNotSend(Library library) {
    TheirPeer theirs = peers.theirs(library);
    RawGossip ours = peers.opened(new RawGossip("/meshsub/1.2.0", true));
    RawGossip.Voice voice = speakTo(theirs, ours);
    RawGossip.Voice other = speakTo(theirs, peers.opened(new RawGossip("/meshsub/1.2.0", true)));
    settles(() -> assertThat(theirs.mesh()).contains(ours.id().toString()));
    Author author = author();
    Message unwanted = author.write(OurPeer.TOPIC, Bytes.copyOf(data(20_000, 1)));
    Message wanted = author.write(OurPeer.TOPIC, Bytes.copyOf(data(20_000, 2)));

    IDontWant idontwant = new IDontWant(List.of(MessageIdFunction.FROM_AND_SEQNO.idOf(unwanted)));
    voice.say(Rpc.of(new Control(List.of(), List.of(), List.of(), List.of(), List.of(idontwant))));
    settles(() -> assertThat(theirs.got("idontwant")).isEqualTo(1));
    other.say(unwanted);
    settles(() -> assertThat(theirs.received()).hasSize(1));
    other.say(wanted);

    settles(() -> assertThat(ours.heard).anySatisfy(it -> assertThat(it.messages()).isNotEmpty()));
    assertThat(ours.heard).flatExtracting(Rpc::messages).containsExactly(wanted);
  }

  /** Now and then we hold messages back from one that hands none on: it has to ask for them. */
  @ParameterizedTest
  @EnumSource(value = Library.class, names = "JAVA", mode = Mode.EXCLUDE)
  void whoHasNobodyButUs_missesNothing(Library library) {
    TheirPeer theirs = peers.theirs(library);
    OurPeer publisher = peers.opened(OurPeer.start());
    OurPeer ours = peers.opened(OurPeer.start());
    ours.connect(publisher.address());
    connect(ours, theirs, true);
    meshOf(ours, theirs);
    settles(() -> assertThat(ours.mesh()).contains(publisher.id()));

    int sent = 0;
    for (int left = 3; left > 0; left -= ours.count(Counter.WITHHELD) > 0 ? 1 : 0) {
      for (int i = 0; i < 8; i++) {
        publisher.publish(data(500, sent++));
      }
      int count = sent;
      settles(() -> assertThat(theirs.received()).hasSize(count));
    }

    assertThat(theirs.received()).extracting(Received::sha256).doesNotHaveDuplicates();
    assertThat(theirs.sent("iwant")).isPositive();
    assertThat(ours.mesh()).contains(theirs.id());
    assertThat(ours.stats().offences()).isEmpty();
    assertThat(ours.count(Counter.WITHHELD_UNHEARD)).isZero();
  }

  @ParameterizedTest
  @EnumSource(value = Library.class, names = "JAVA", mode = Mode.EXCLUDE)
  void aPeerOfFloodsub_isTolerated(Library library) {
    if (library == Library.RUST) {
      TheirPeer theirs = peers.theirs(library, "\"floodsub\":\"also\"");
      connect(peers.opened(OurPeer.start()), theirs, true);
      assertThat(theirs.protocols()).containsExactly("/meshsub/1.2.0");
      TABLE.limit("rust's gossipsub speaks floodsub only beside others, so that we speak those");
      return;
    }
    TheirPeer theirs = peers.theirs(library, "\"floodsub\":\"only\"");
    OurPeer ours = peers.opened(OurPeer.start());
    OurPeer publisher = peers.opened(OurPeer.start());
    connect(ours, theirs, true);
    publisher.connect(ours.address());
    settles(() -> assertThat(ours.mesh()).containsExactly(publisher.id()));

    assertThat(theirs.protocol(ours.id())).isEqualTo("/floodsub/1.0.0");
    exchange(ours, theirs, 3000);
    byte[] data = data(3000, 1);
    publisher.publish(data);
    heard(theirs, publisher, data);
    settles(() -> assertThat(publisher.received).hasSize(2)); // what the other two published
    assertThat(theirs.got("graft")).isZero();
    assertThat(ours.mesh()).containsExactly(publisher.id());
    assertThat(ours.stats().offences()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(value = Library.class, names = "JAVA", mode = Mode.EXCLUDE)
  void weAsAPeerOfFloodsub_areTolerated(Library library) {
    TheirPeer theirs = peers.theirs(library, "\"floodsub\":\"also\"");
    OurPeer ours = peers.opened(OurPeer.start(List.of(Protocol.FLOODSUB), it -> it));
    connect(ours, theirs, true);

    assertThat(theirs.protocol(ours.id())).isEqualTo("/floodsub/1.0.0");
    for (int i = 1; i <= 5; i++) {
      exchange(ours, theirs, 600 * i);
    }
    assertThat(theirs.got("graft")).isZero();
    assertThat(theirs.got("idontwant")).isZero();
    assertThat(ours.stats().offences()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(value = Library.class, names = "JAVA", mode = Mode.EXCLUDE)
  void whomWePrune_connectsToWhomWeRecommend(Library library) {
    OurPeer recommended = peers.opened(OurPeer.start());
    OurPeer hub = peers.opened(OurPeer.start(OurPeer::recommending));
    recommended.connect(hub.address());
    settles(() -> assertThat(hub.mesh()).containsExactly(recommended.id()));
    TheirPeer theirs = peers.theirs(library);

    theirs.connect(hub.address());

    settles(() -> assertThat(theirs.got("pruneRecords")).isPositive());
    if (library == Library.RUST) {
      String sha256 = theirs.publish(100, 1);
      settles(
          () -> assertThat(recommended.received).extracting(Gathering::sha256).contains(sha256));
      assertThat(theirs.connected()).containsExactly(hub.id());
      TABLE.limit("rust doesn't read the records of recommended peers");
    } else {
      settles(() -> assertThat(theirs.connected()).contains(recommended.id(), hub.id()));
      meshOf(recommended, theirs);
    }
  }

  @ParameterizedTest
  @EnumSource(value = Library.class, names = "JAVA", mode = Mode.EXCLUDE)
  void whomTheyPrune_connectsToWhomTheyRecommend(Library library) {
    TheirPeer hub = peers.theirs(library, "\"px\":true");
    OurPeer one = peers.opened(OurPeer.start());
    OurPeer other = peers.opened(OurPeer.start());
    one.connect(hub.address());
    other.connect(hub.address());
    settles(() -> assertThat(hub.mesh()).containsExactlyInAnyOrder(one.id(), other.id()));

    hub.unsubscribe();

    if (library == Library.RUST) {
      settles(() -> assertThat(hub.sent("prunePeers")).isPositive());
      assertThat(hub.sent("pruneRecords")).isZero();
      settles(() -> assertThat(one.mesh()).isEmpty());
      assertThat(one.connected()).containsExactly(hub.id());
      TABLE.limit("rust recommends without records");
    } else {
      settles(() -> assertThat(one.connected()).contains(other.id(), hub.id()));
      settles(() -> assertThat(one.mesh()).containsExactly(other.id()));
      assertThat(hub.sent("pruneRecords")).isPositive();
    }
  }

  @ParameterizedTest
  @EnumSource(value = Library.class, names = "JAVA", mode = Mode.EXCLUDE)
  void whoLeaves_isForgotten(Library library) throws Exception {
    TheirPeer theirs = peers.theirs(library);
    OurPeer ours = peers.opened(OurPeer.start());
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
    TheirPeer theirs = peers.theirs(library);
    OurPeer ours = peers.opened(OurPeer.start());
    PeerProcess victim =
        new PeerProcess(
            "our peer that is killed",
            Library.java(OurPeer.Main.class),
            "noise",
            Path.of(System.getProperty("basedir", ""))
                .resolve("target/interop/logs/java-%s.log".formatted(library)));
    peers.opened(victim);
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
}
