package io.minga.libp2p.mdns;

import static org.assertj.core.api.Assertions.assertThat;

import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.libp2p.peers.IpAddress;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class MdnsDiscoveryTest {
  private static final long MILLIS = 1_000_000;
  private static final long SECOND = 1000 * MILLIS;
  private static final LinkId ETH = new LinkId("eth0", false);
  private static final LinkId ETH6 = new LinkId("eth0", true);
  private static final LinkId LO = new LinkId("lo", false);
  private static final IpAddress NEIGHBOUR = IpAddress.parse("192.0.2.7");
  private static final String SERVICE = "_p2p._udp.local";
  private static final String NAME = Shapes.NAME + "." + SERVICE;

  private final MdnsOptions options = MdnsOptions.DEFAULT;
  private final PeerId self = DiscoveryPeers.peer(0);
  private MdnsDiscovery machine = new MdnsDiscovery(options, self, new SplittableRandom(1));
  private long nowNanos = Long.MAX_VALUE - 3 * SECOND / 2;

  private static Link link(LinkId id, String... addresses) {
    List<Link.Address> all = new ArrayList<>();
    for (String address : addresses) {
      String[] parts = address.split("/", 2);
      all.add(new Link.Address(IpAddress.parse(parts[0]), Integer.parseInt(parts[1])));
    }
    return new Link(id, id.networkInterface().equals("lo"), all);
  }

  private List<Effect> handle(Input input) {
    return machine.handle(nowNanos, input);
  }

  private List<Effect> run(long forNanos) {
    List<Effect> effects = new ArrayList<>();
    long endNanos = nowNanos + forNanos;
    while (machine.nextDeadlineNanos() != Long.MAX_VALUE
        && machine.nextDeadlineNanos() - endNanos <= 0) {
      nowNanos = machine.nextDeadlineNanos();
      effects.addAll(handle(new Input.Tick()));
    }
    nowNanos = endNanos;
    return effects;
  }

  private static List<DnsMessage> responses(List<Effect> effects) {
    return effects.stream()
        .filter(Effect.Multicast.class::isInstance)
        .map(effect -> ((Effect.Multicast) effect).message())
        .filter(DnsMessage::response)
        .toList();
  }

  private static List<Effect.Found> found(List<Effect> effects) {
    return effects.stream()
        .filter(Effect.Found.class::isInstance)
        .map(Effect.Found.class::cast)
        .toList();
  }

  /** On eth0 with an address, listening, and past the announcements. */
  private void settled() {
    listening("/ip4/0.0.0.0/tcp/4001");
    handle(new Input.LinksChanged(List.of(link(ETH, "192.0.2.1/24"))));
    run(5 * SECOND);
  }

  private void listening(String... addresses) {
    List<Multiaddr> listen = List.of(addresses).stream().map(Multiaddr::parse).toList();
    handle(new Input.ListenChanged(listen));
  }

  private List<Effect> receive(DnsMessage message) {
    return handle(new Input.Received(ETH, NEIGHBOUR, 5353, message));
  }

  private List<Effect> receive(Bytes datagram) throws WireException {
    return receive(DnsMessage.decode(datagram.toByteArray(), options));
  }

  private static DnsMessage query(String name, boolean unicast, DnsRecord... known) {
    return new DnsMessage(
        7,
        false,
        false,
        List.of(new DnsQuestion(name, DnsType.PTR, unicast)),
        List.of(known),
        List.of());
  }

  private static DnsMessage response(PeerId peer, String name, long ttl, String... addresses) {
    List<Bytes> strings =
        List.of(addresses).stream().map(address -> Shapes.text(peer, address)).toList();
    return DnsMessage.response(
        0,
        List.of(new DnsRecord.Ptr(SERVICE, ttl, name)),
        List.of(new DnsRecord.Txt(name, false, ttl, strings)));
  }

  private String instance(List<Effect> effects) {
    return ((DnsRecord.Ptr) responses(effects).get(0).answers().get(0)).target();
  }

  @Test
  void link_thatIsNew_isAnnouncedToTwiceAndQueried() {
    listening("/ip4/0.0.0.0/tcp/4001", "/ip6/::/tcp/4001");
    List<Effect> effects =
        handle(new Input.LinksChanged(List.of(link(ETH, "192.0.2.1/24", "fd00::1/64"))));
    assertThat(effects).hasSize(1);
    DnsMessage announcement = responses(effects).get(0);
    assertThat(announcement.questions()).isEmpty();
    assertThat(instance(effects)).matches("[a-z0-9]{32,63}\\._p2p\\._udp\\.local");
    assertThat(announcement.additionals())
        .extracting(record -> record.getClass().getSimpleName())
        .containsExactly("Srv", "Txt", "Address", "Address");
    assertThat(((DnsRecord.Txt) announcement.additionals().get(1)).strings())
        .containsExactly(
            Shapes.text(self, "/ip4/192.0.2.1/tcp/4001"),
            Shapes.text(self, "/ip6/fd00::1/tcp/4001"));

    effects = run(SECOND);
    assertThat(effects).hasSize(2);
    assertThat(((Effect.Multicast) effects.get(0)).message().questions())
        .containsExactly(new DnsQuestion(SERVICE, DnsType.PTR, false));
    assertThat(responses(effects)).hasSize(1);
    assertThat(responses(run(60 * SECOND))).isEmpty();
  }

  @Test
  void addresses_ofOtherInterfaces_areNotAnnounced() {
    listening("/ip4/127.0.0.1/tcp/1", "/ip4/192.0.2.1/tcp/2", "/ip4/198.51.100.1/tcp/3");
    List<Effect> effects =
        handle(
            new Input.LinksChanged(
                List.of(link(ETH, "192.0.2.1/24", "fe80::1/64"), link(LO, "127.0.0.1/8"))));

    assertThat(responses(effects))
        .extracting(message -> ((DnsRecord.Txt) message.additionals().get(1)).strings())
        .containsExactly(
            List.of(Shapes.text(self, "/ip4/192.0.2.1/tcp/2")),
            List.of(Shapes.text(self, "/ip4/127.0.0.1/tcp/1")));
  }

  @Test
  void nobodyListening_saysNothingButAsks() {
    List<Effect> effects = new ArrayList<>();
    effects.addAll(handle(new Input.LinksChanged(List.of(link(ETH, "192.0.2.1/24")))));
    effects.addAll(run(SECOND));
    effects.addAll(receive(query(SERVICE, false)));
    effects.addAll(run(10 * SECOND));

    assertThat(responses(effects)).isEmpty();
    assertThat(effects).isNotEmpty();
  }

  @Test
  void query_isAnsweredAfterAMomentAndAtMostOnceASecond() {
    settled();
    for (int i = 0; i < 1000; i++) {
      assertThat(receive(query(SERVICE, false))).isEmpty();
    }
    assertThat(responses(run(19 * MILLIS))).isEmpty();
    assertThat(responses(run(102 * MILLIS))).hasSize(1);
    receive(query(SERVICE, false));
    assertThat(responses(run(850 * MILLIS))).isEmpty();
    assertThat(responses(run(250 * MILLIS))).hasSize(1);
  }

  @Test
  void query_forServices_isAnsweredWithOurs() {
    settled();
    receive(query("_services._dns-sd._udp.local", false));

    assertThat(responses(run(SECOND)))
        .extracting(DnsMessage::answers)
        .containsExactly(List.of(new DnsRecord.Ptr("_services._dns-sd._udp.local", 600, SERVICE)));
  }

  @Test
  void query_ofAnotherService_isNotAnswered() {
    settled();
    receive(query("_other._udp.local", false));

    assertThat(responses(run(SECOND))).isEmpty();
  }

  @Test
  void query_ofOneWhoKnowsUs_isNotAnswered() {
    listening("/ip4/0.0.0.0/tcp/4001");
    String us = instance(handle(new Input.LinksChanged(List.of(link(ETH, "192.0.2.1/24")))));
    run(5 * SECOND);
    receive(query(SERVICE, false, new DnsRecord.Ptr(SERVICE, 300, us)));
    assertThat(responses(run(SECOND))).isEmpty();

    receive(query(SERVICE, false, new DnsRecord.Ptr(SERVICE, 299, us)));
    assertThat(responses(run(SECOND))).hasSize(1);
  }

  @Test
  void query_whoseKnownAnswersFollow_waitsForThem() {
    listening("/ip4/0.0.0.0/tcp/4001");
    String us = instance(handle(new Input.LinksChanged(List.of(link(ETH, "192.0.2.1/24")))));
    run(5 * SECOND);
    DnsMessage first =
        DnsMessage.query(List.of(new DnsQuestion(SERVICE, DnsType.PTR, false)), List.of(), true);
    DnsMessage second =
        DnsMessage.query(List.of(), List.of(new DnsRecord.Ptr(SERVICE, 600, us)), false);
    receive(first);
    assertThat(responses(run(399 * MILLIS))).isEmpty();
    receive(second);
    assertThat(responses(run(SECOND))).isEmpty();

    receive(first);
    assertThat(responses(run(SECOND))).hasSize(1);
  }

  @Test
  void query_forAUnicastAnswer_getsItAtOnceWithItsId() {
    settled();
    List<Effect> effects = handle(new Input.Received(ETH, NEIGHBOUR, 40_000, query(SERVICE, true)));

    assertThat(effects).hasSize(1);
    Effect.Unicast unicast = (Effect.Unicast) effects.get(0);
    assertThat(unicast.to()).isEqualTo(NEIGHBOUR);
    assertThat(unicast.port()).isEqualTo(40_000);
    assertThat(unicast.message().id()).isEqualTo(7);
  }

  @Test
  void queries_forUnicastAnswers_getSoManyASecond() {
    settled();
    int answers = 0;
    for (int i = 0; i < 1000; i++) {
      answers += receive(query(SERVICE, true)).size();
    }
    assertThat(answers).isEqualTo(10);
    run(SECOND);
    assertThat(receive(query(SERVICE, true))).hasSize(1);
  }

  @Test
  void query_fromBeyondTheLink_isIgnored() {
    settled();
    IpAddress far = IpAddress.parse("198.51.100.7");
    handle(new Input.Received(ETH, far, 5353, query(SERVICE, false)));
    handle(
        new Input.Received(
            ETH, far, 5353, response(Shapes.PEER, NAME, 120, "/ip4/192.0.2.7/tcp/1")));

    assertThat(responses(run(SECOND))).isEmpty();
    assertThat(machine.peerCount()).isZero();
  }

  @Test
  void responses_ofGoRustAndJs_areFound() throws WireException {
    for (Bytes shape : List.of(Shapes.go(), Shapes.rust(), Shapes.js())) {
      machine = new MdnsDiscovery(options, self, new SplittableRandom(1));
      settled();
      assertThat(receive(shape)).isEmpty();
      List<Effect.Found> found = found(run(SECOND));

      assertThat(found).hasSize(1);
      assertThat(found.get(0).peer()).isEqualTo(Shapes.PEER);
      assertThat(found.get(0).addresses()).contains(Multiaddr.parse("/ip4/192.0.2.7/tcp/4001"));
    }
  }

  @Test
  void response_aboutOurselvesOrWithoutSense_isIgnored() {
    settled();
    receive(response(self, NAME, 120, "/ip4/192.0.2.7/tcp/1"));
    receive(
        response(
            Shapes.PEER, NAME, 120, "/ip4/127.0.0.1/tcp/1", "/ip4/0.0.0.0/tcp/1", "/ip4/1/tcp/x"));
    receive(response(Shapes.PEER, "x._other._udp.local", 120));

    assertThat(found(run(SECOND))).isEmpty();
    assertThat(machine.peerCount()).isZero();
  }

  @Test
  void response_withALinkLocalAddress_hasOurZone() {
    listening("/ip4/0.0.0.0/tcp/4001");
    handle(new Input.LinksChanged(List.of(link(ETH6, "fe80::1/64"))));
    handle(
        new Input.Received(
            ETH6,
            IpAddress.parse("fe80::7"),
            5353,
            response(Shapes.PEER, NAME, 120, "/ip6zone/en0/ip6/fe80::7/tcp/1")));

    assertThat(found(run(SECOND)).get(0).addresses())
        .containsExactly(Multiaddr.parse("/ip6zone/eth0/ip6/fe80::7/tcp/1"));
  }

  @Test
  void peer_thatIsStillHeardOf_isReportedAgainAfterAWhile() {
    settled();
    DnsMessage response = response(Shapes.PEER, NAME, 120, "/ip4/192.0.2.7/tcp/1");
    receive(response);
    assertThat(found(run(SECOND))).hasSize(1);
    receive(response);
    assertThat(found(run(31 * SECOND))).isEmpty();
    receive(response);
    assertThat(found(run(SECOND))).hasSize(1);
  }

  @Test
  void goodbye_isForgotten_andReportedWhenItReturns() {
    settled();
    DnsMessage response = response(Shapes.PEER, NAME, 120, "/ip4/192.0.2.7/tcp/1");
    receive(response);
    run(SECOND);
    receive(response(Shapes.PEER, NAME, 0, "/ip4/192.0.2.7/tcp/1"));
    assertThat(machine.peerCount()).isZero();
    receive(response);
    assertThat(found(run(SECOND))).hasSize(1);
  }

  @Test
  void addresses_ofOnePeer_areBounded_andTheLastOnesStay() {
    settled();
    for (int port = 1; port <= 40; port++) {
      receive(response(Shapes.PEER, NAME, 120, "/ip4/192.0.2.7/tcp/" + port));
    }
    List<Multiaddr> addresses = found(run(SECOND)).get(0).addresses();

    assertThat(addresses).hasSize(16).contains(Multiaddr.parse("/ip4/192.0.2.7/tcp/40"));
  }

  @Test
  void peers_inAFlood_areBounded() {
    settled();
    for (int i = 1; i <= 3000; i++) {
      PeerId peer = DiscoveryPeers.peer(i);
      receive(response(peer, "n" + i + "." + SERVICE, 120, "/ip4/192.0.2.7/tcp/1"));
      assertThat(machine.peerCount()).isLessThanOrEqualTo(1024);
      assertThat(machine.pendingHintCount()).isLessThanOrEqualTo(256);
    }
    assertThat(machine.peerCount()).isEqualTo(1024);
  }

  @Test
  void link_thatIsGone_takesItsPeersAlong() {
    settled();
    receive(response(Shapes.PEER, NAME, 120, "/ip4/192.0.2.7/tcp/1"));
    handle(new Input.LinksChanged(List.of()));

    assertThat(machine.peerCount()).isZero();
    assertThat(machine.nextDeadlineNanos()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void stop_saysGoodbye_andThenNothing() {
    settled();
    List<Effect> effects = handle(new Input.Stop());

    assertThat(responses(effects)).hasSize(1);
    assertThat(responses(effects).get(0).answers()).allMatch(it -> it.ttlSeconds() == 0);
    assertThat(receive(query(SERVICE, false))).isEmpty();
    assertThat(machine.nextDeadlineNanos()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void query_ofAnother_standsForOurs_unlessItKnowsMore() {
    listening("/ip4/0.0.0.0/tcp/4001");
    handle(new Input.LinksChanged(List.of(link(ETH, "192.0.2.1/24"))));
    receive(query(SERVICE, false));
    assertThat(responses(run(130 * MILLIS))).isEmpty();
    assertThat(run(800 * MILLIS)).as("no query of ours").isEmpty();

    DnsRecord unknown = new DnsRecord.Ptr(SERVICE, 120, "somebody." + SERVICE);
    receive(DnsMessage.query(List.of(), List.of(unknown), false));
    assertThat(run(121 * MILLIS).stream().filter(it -> !isResponse(it))).hasSize(1);
  }

  @Test
  void garbage_changesNothingButTables_andThrowsNothing() {
    settled();
    Random random = new Random(Long.getLong("seed", 1));
    List<Bytes> corpus = List.of(Shapes.go(), Shapes.rust(), Shapes.js());
    int taken = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[] datagram = corpus.get(i % corpus.size()).toByteArray();
      for (int flips = 1 + random.nextInt(6); flips > 0; flips--) {
        datagram[random.nextInt(datagram.length)] ^= (byte) (1 << random.nextInt(8));
      }
      try {
        receive(Bytes.copyOf(datagram));
        taken++;
      } catch (WireException refused) {
        assertThat(refused).hasMessageContaining("DNS");
      }
      for (Effect effect : run(SECOND / 10)) {
        if (effect instanceof Effect.Multicast multicast) {
          multicast.message().encode(); // names that were heard are repeated in our queries
        }
      }
    }
    assertThat(taken).as("seed " + Long.getLong("seed", 1)).isPositive();
    assertThat(machine.peerCount()).isBetween(1, 1024);
  }

  private static boolean isResponse(Effect effect) {
    return effect instanceof Effect.Multicast multicast && multicast.message().response();
  }
}
