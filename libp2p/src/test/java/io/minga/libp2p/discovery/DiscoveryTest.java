package io.minga.libp2p.discovery;

import static io.minga.libp2p.peers.NumberedPeers.peer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.minga.libp2p.connections.Direction;
import io.minga.libp2p.discovery.Discovery.Effect;
import io.minga.libp2p.discovery.Discovery.Input;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Multiaddr;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What is dialled when, over virtual time. */
final class DiscoveryTest {
  private static final DiscoveryOptions OPTIONS = DiscoveryOptions.DEFAULT;
  private static final PeerId SELF = peer(0);
  private static final Multiaddr NAME = Multiaddr.parse("/dnsaddr/example.org");

  private long nowNanos = -Duration.ofSeconds(3).toNanos();
  private final List<Effect> effects = new ArrayList<>();
  private Discovery discovery = discovery(OPTIONS);

  @Test
  void started_dialsRememberedAndBootstrapPeersAtOnce() {
    handle(
        new Input.Started(
            List.of(bootstrap(1)), List.of(new RememberedPeer(peer(2), List.of(address(2))))));

    assertThat(dialled()).containsExactlyInAnyOrder(peer(1), peer(2));
    assertThat(effects).contains(new Effect.Dial(peer(1), List.of(address(1))));
  }

  @Test
  void started_withItsOwnAddressInTheList_leavesItOut() {
    handle(new Input.Started(List.of(bootstrap(0), bootstrap(1)), List.of()));

    assertThat(dialled()).containsExactly(peer(1));
  }

  @Test
  void started_withMoreBootstrapAddressesThanMayBe_says() {
    List<BootstrapAddress> many = IntStream.range(1, 66).mapToObj(it -> bootstrap(it)).toList();

    assertThatThrownBy(() -> handle(new Input.Started(many, List.of())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("there are 65 bootstrap addresses; at most 64 are taken");
  }

  @Test
  void bootstrapThatFails_isTriedForEver_withWaitsThatGrowToFiveMinutes() {
    start(bootstrap(1));
    List<Long> waitsNanos = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      effects.clear();
      handle(new Input.DialFailed(peer(1), "nobody is there"));
      long failedNanos = nowNanos;
      tickUntilDial();
      waitsNanos.add(nowNanos - failedNanos);
      assertThat(dialled()).containsExactly(peer(1));
    }

    for (int i = 0; i < waitsNanos.size(); i++) {
      long fullNanos =
          Math.min(
              Duration.ofMinutes(5).toNanos(), Duration.ofSeconds(1L << Math.min(i, 10)).toNanos());
      assertThat(waitsNanos.get(i)).as("wait %d", i).isBetween(fullNanos / 2, fullNanos);
    }
    assertThat(waitsNanos.stream().distinct().count()).as("jitter").isGreaterThan(10);
  }

  @Test
  void bootstrapThatFails_isAPersonsBusinessOnceAReason() {
    start(bootstrap(1));

    handle(new Input.DialFailed(peer(1), "could not reach it: refused"));
    tickUntilDial();
    handle(new Input.DialFailed(peer(1), "could not reach it: refused"));
    tickUntilDial();
    handle(new Input.DialFailed(peer(1), "could not reach it: timed out"));

    assertThat(of(Effect.Trouble.class))
        .extracting(Effect.Trouble::sentence)
        .containsExactly(
            "could not reach it: refused; it is a bootstrap peer, so trying on",
            "could not reach it: timed out; it is a bootstrap peer, so trying on");
  }

  @Test
  void lastConnectionLost_givesEverythingAFreshChanceAtOnce_butNotTooOften() {
    start(bootstrap(1), bootstrap(2));
    connected(2);
    for (int i = 0; i < 8; i++) {
      handle(new Input.DialFailed(peer(1), "refused"));
      tickUntilDial();
    }
    handle(new Input.DialFailed(peer(1), "refused"));
    effects.clear();

    handle(new Input.Disconnected(peer(2)));
    assertThat(dialled()).containsExactlyInAnyOrder(peer(1), peer(2));

    effects.clear();
    connected(2);
    handle(new Input.Disconnected(peer(2)));
    assertThat(dialled()).as("a connection that breaks at once makes no busy loop").isEmpty();
  }

  @Test
  void mdnsHints_areDialledUpToHighWater_andOthersUpToLowWater() {
    discovery = discovery(OPTIONS.withWater(2, 4));
    start();
    for (int number = 1; number <= 6; number++) {
      hint(Source.EXCHANGE, number);
    }
    assertThat(dialled()).containsExactly(peer(1), peer(2));
    connected(1);
    connected(2);
    assertThat(dialled()).containsExactly(peer(1), peer(2));

    for (int number = 11; number <= 16; number++) {
      hint(Source.MDNS, number);
    }
    assertThat(dialled()).containsExactly(peer(1), peer(2), peer(11), peer(12));
  }

  @Test
  void dials_runEightAtATime_andSourcesTakeTurns() {
    start();
    for (int number = 1; number <= 100; number++) {
      hint(Source.MDNS, number);
    }
    assertThat(dialled()).hasSize(8);
    hint(Source.EXCHANGE, 200);
    effects.clear();

    handle(new Input.DialFailed(peer(1), "refused"));

    assertThat(dialled()).containsExactly(peer(200));
  }

  @Test
  void hintsOfManyPeersAtOneAddress_dialItOnceInTenSeconds() {
    start();
    Multiaddr victim = Multiaddr.parse("/ip4/192.168.1.66/tcp/4001");
    for (int number = 1; number <= 5; number++) {
      handle(new Input.Hint(Source.MDNS, peer(number), List.of(victim)));
      handle(new Input.DialFailed(peer(number), "another peer answered"));
    }
    assertThat(dialled()).containsExactly(peer(1));

    long dialledNanos = nowNanos;
    effects.clear();
    tickUntilDial();
    assertThat(nowNanos - dialledNanos).isEqualTo(Duration.ofSeconds(10).toNanos());
    assertThat(dialled()).hasSize(1);
  }

  @Test
  void hints_beyondTheLimit_areLost_unlessOneThatFailedMakesRoom() {
    discovery = discovery(OPTIONS.withWater(1, 1));
    start();
    connected(255);
    for (int number = 1; number <= 300; number++) {
      handle(new Input.Hint(Source.MDNS, other(number), List.of(address(1))));
    }

    handle(new Input.Disconnected(peer(255)));
    Effect.Dial dial = of(Effect.Dial.class).get(0);
    assertThat(dial.peer()).as("the first of them").isEqualTo(other(1));
    effects.clear();
    handle(new Input.DialFailed(other(1), "refused"));
    handle(new Input.Hint(Source.MDNS, other(300), List.of(address(2))));

    assertThat(dialled())
        .as("the newcomer, whose address nobody dialled")
        .containsExactly(other(300));
  }

  @Test
  void peerOfAHint_isForgottenAfterFiveTries_andTheNextHintBringsItBack() {
    start();
    hint(Source.MDNS, 1);
    for (int i = 0; i < 4; i++) {
      handle(new Input.DialFailed(peer(1), "refused"));
      tickUntilDial();
    }
    assertThat(dialled()).hasSize(5);
    handle(new Input.DialFailed(peer(1), "refused"));
    assertThat(discovery.nextDeadlineNanos()).isEqualTo(Long.MAX_VALUE);

    nowNanos += Duration.ofMinutes(1).toNanos();
    hint(Source.MDNS, 1);

    assertThat(dialled()).hasSize(6);
  }

  @Test
  void exchangeHints_leadToFourPeersOfASubnet_butLocalOnesDontCount() {
    start();
    for (int number = 1; number <= 6; number++) {
      handle(
          new Input.Hint(
              Source.EXCHANGE,
              peer(number),
              List.of(Multiaddr.parse("/ip4/192.0.2." + number + "/tcp/4001"))));
      connectedAt(number, "/ip4/192.0.2." + number + "/tcp/4001", dialled().contains(peer(number)));
    }
    assertThat(dialled()).containsExactly(peer(1), peer(2), peer(3), peer(4));

    effects.clear();
    for (int number = 11; number <= 18; number++) {
      hint(Source.EXCHANGE, number);
    }
    assertThat(dialled()).as("private addresses").hasSize(8);

    for (int number = 11; number <= 18; number++) {
      handle(new Input.DialFailed(peer(number), "refused"));
    }
    effects.clear();
    handle(new Input.Disconnected(peer(1)));
    assertThat(dialled()).as("one of the subnet has left").containsExactly(peer(5));
  }

  @Test
  void hint_withANameToResolve_isNotFollowed() {
    start();
    handle(
        new Input.Hint(
            Source.EXCHANGE,
            peer(1),
            List.of(Multiaddr.parse("/dns4/victim.example/tcp/1"), NAME)));

    assertThat(effects).isEmpty();
  }

  @Test
  void hint_ofAPeerThatIsConnected_bringsItBackWhenItIsLost() {
    start(bootstrap(2));
    connected(2);
    handle(new Input.Connected(peer(1), Direction.INBOUND, address(99)));
    hint(Source.MDNS, 1);
    assertThat(dialled()).containsExactly(peer(2));
    nowNanos += Duration.ofHours(1).toNanos();
    effects.clear();

    handle(new Input.Disconnected(peer(1)));
    assertThat(effects).contains(new Effect.Left(peer(1)));
    tickUntilDial();

    assertThat(effects).contains(new Effect.Dial(peer(1), List.of(address(1))));
  }

  @Test
  void joined_saysHowThePeerWasFound_once() {
    start(bootstrap(1));
    hint(Source.MDNS, 2);
    connected(1);
    handle(new Input.Connected(peer(1), Direction.INBOUND, address(1)));
    connected(2);
    handle(new Input.Connected(peer(3), Direction.INBOUND, address(3)));
    handle(new Input.Connected(peer(4), Direction.OUTBOUND, address(4)));

    assertThat(of(Effect.Joined.class))
        .containsExactly(
            new Effect.Joined(peer(1), Source.BOOTSTRAP, address(1)),
            new Effect.Joined(peer(2), Source.MDNS, address(2)),
            new Effect.Joined(peer(3), Source.INBOUND, address(3)),
            new Effect.Joined(peer(4), Source.APPLICATION, address(4)));
  }

  @Test
  void name_isFollowedThroughOtherNames_toPeers() {
    start(new BootstrapAddress(NAME));
    assertThat(effects).containsExactly(new Effect.Resolve(NAME));
    Multiaddr deeper = Multiaddr.parse("/dnsaddr/a.example.org/p2p/" + peer(1));
    Multiaddr host = Multiaddr.parse("/dns4/h.example.org/tcp/4001/p2p/" + peer(1));

    resolved(NAME, deeper, Multiaddr.parse(address(2) + "/p2p/" + peer(2)), address(3));
    resolved(deeper, host, Multiaddr.parse(address(4) + "/p2p/" + peer(4)));
    assertThat(of(Effect.Resolve.class))
        .extracting(Effect.Resolve::address)
        .containsExactly(NAME, deeper, host);
    resolved(host, Multiaddr.parse(address(1) + "/p2p/" + peer(1)));

    assertThat(dialled())
        .as("not peer 4, as another was asked for")
        .containsExactly(peer(2), peer(1));
  }

  @Test
  void namesThatLeadToEachOther_endSomewhere() {
    start(new BootstrapAddress(NAME));
    for (int i = 0; i < 1000 && i < of(Effect.Resolve.class).size(); i++) {
      Multiaddr asked = of(Effect.Resolve.class).get(i).address();
      List<Multiaddr> answer = new ArrayList<>(List.of(NAME));
      for (int j = 0; j < 10; j++) {
        answer.add(Multiaddr.parse("/dnsaddr/n" + i + "-" + j + ".example.org"));
      }
      handle(new Input.Resolved(asked, new Resolution.Found(answer)));
    }

    assertThat(of(Effect.Resolve.class)).hasSize(OPTIONS.lookupsMax());
    assertThat(of(Effect.Trouble.class))
        .containsExactly(
            new Effect.Trouble(
                "bootstrap address /dnsaddr/example.org: no address of a peer is there; trying on"));
  }

  @Test
  void namesInARow_areFollowedFourDeep() {
    start(new BootstrapAddress(NAME));
    for (int i = 0; i < of(Effect.Resolve.class).size(); i++) {
      resolved(
          of(Effect.Resolve.class).get(i).address(), Multiaddr.parse("/dnsaddr/d" + i + ".org"));
    }

    assertThat(of(Effect.Resolve.class)).hasSize(4);
  }

  @Test
  void nameThatFails_isTriedAgain_andSaidOnce() {
    start(new BootstrapAddress(NAME));
    for (int i = 0; i < 3; i++) {
      handle(new Input.Resolved(NAME, new Resolution.Failed("there is no such name")));
      tick(discovery.nextDeadlineNanos());
    }

    assertThat(of(Effect.Resolve.class)).hasSize(4);
    assertThat(of(Effect.Trouble.class))
        .containsExactly(
            new Effect.Trouble(
                "bootstrap address /dnsaddr/example.org: there is no such name; trying on"));
  }

  @Test
  void peerThatWasReachedAndKept_isRemembered_beforeThoseOfEarlier() {
    RememberedPeer earlier = new RememberedPeer(peer(9), List.of(address(9)));
    handle(new Input.Started(List.of(bootstrap(1)), List.of(earlier)));
    connected(1);
    handle(new Input.Identified(peer(1), List.of(address(1), address(77))));
    tick(nowNanos + Duration.ofSeconds(30).toNanos());
    assertThat(of(Effect.Remember.class))
        .as("it is new, so it comes last")
        .containsExactly(new Effect.Remember(List.of(earlier, remembered(1, 1, 77))));
    effects.clear();

    tick(nowNanos + Duration.ofSeconds(30).toNanos());
    assertThat(of(Effect.Remember.class))
        .containsExactly(new Effect.Remember(List.of(remembered(1, 1, 77), earlier)));
    effects.clear();
    tick(nowNanos + Duration.ofSeconds(30).toNanos());
    assertThat(of(Effect.Remember.class)).as("nothing has changed").isEmpty();

    handle(new Input.Disconnected(peer(1)));
    handle(new Input.Stopping());
    assertThat(of(Effect.Remember.class)).as("it is good still").isEmpty();
    assertThat(discovery.nextDeadlineNanos()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void peersThatOnlyReachedUs_areRememberedWhileTheyAreFourOrFewer() {
    start();
    for (int number = 1; number <= 6; number++) {
      handle(new Input.Connected(peer(number), Direction.INBOUND, address(100)));
      handle(new Input.Identified(peer(number), List.of(address(number))));
    }

    handle(new Input.Stopping());

    assertThat(of(Effect.Remember.class))
        .containsExactly(
            new Effect.Remember(
                List.of(remembered(1, 1), remembered(2, 2), remembered(3, 3), remembered(4, 4))));
  }

  @Test
  void stopping_endsAllDials() {
    start(bootstrap(1));
    handle(new Input.Stopping());
    effects.clear();

    handle(new Input.DialFailed(peer(1), "the host is closed"));
    hint(Source.MDNS, 2);
    tick(nowNanos + Duration.ofHours(1).toNanos());

    assertThat(dialled()).isEmpty();
  }

  private static Discovery discovery(DiscoveryOptions options) {
    return new Discovery(SELF, options, new SplittableRandom(1));
  }

  private void start(BootstrapAddress... bootstrap) {
    handle(new Input.Started(List.of(bootstrap), List.of()));
  }

  private void handle(Input input) {
    effects.addAll(discovery.handle(nowNanos, input));
  }

  private void tick(long nanos) {
    nowNanos = nanos;
    handle(new Input.Tick());
  }

  private void tickUntilDial() {
    int before = dialled().size();
    while (dialled().size() == before) {
      tick(discovery.nextDeadlineNanos());
    }
  }

  private void hint(Source source, int number) {
    handle(new Input.Hint(source, peer(number), List.of(address(number))));
  }

  private void connected(int number) {
    handle(new Input.Connected(peer(number), Direction.OUTBOUND, address(number)));
  }

  private void connectedAt(int number, String address, boolean dialled) {
    if (dialled) {
      handle(new Input.Connected(peer(number), Direction.OUTBOUND, Multiaddr.parse(address)));
    }
  }

  private void resolved(Multiaddr name, Multiaddr... found) {
    handle(new Input.Resolved(name, new Resolution.Found(List.of(found))));
  }

  private <E extends Effect> List<E> of(Class<E> type) {
    return effects.stream().filter(type::isInstance).map(type::cast).toList();
  }

  private List<PeerId> dialled() {
    return of(Effect.Dial.class).stream().map(Effect.Dial::peer).toList();
  }

  private static Multiaddr address(int number) {
    return Multiaddr.parse("/ip4/10.0.0." + number + "/tcp/4001");
  }

  private static BootstrapAddress bootstrap(int number) {
    return BootstrapAddress.parse(address(number) + "/p2p/" + peer(number));
  }

  private static RememberedPeer remembered(int number, int... addresses) {
    return new RememberedPeer(
        peer(number), IntStream.of(addresses).mapToObj(DiscoveryTest::address).toList());
  }

  /** Peers of more numbers than {@code peer} has. */
  private static PeerId other(int number) {
    return Peers.numbered(number);
  }
}
