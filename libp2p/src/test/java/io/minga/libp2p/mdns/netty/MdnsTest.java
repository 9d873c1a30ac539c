package io.minga.libp2p.mdns.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.mdns.MdnsOptions;
import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.libp2p.peers.NumberedPeers;
import java.io.IOException;
import java.net.NetworkInterface;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;

/** Over real sockets, on the loopback interface or between namespaces of the test's own. */
@SuppressWarnings("try") // what is found is what is looked at
final class MdnsTest {
  private static final PeerId ONE = NumberedPeers.peer(1);
  private static final PeerId TWO = NumberedPeers.peer(2);
  private static final Multiaddr AT_ONE = Multiaddr.parse("/ip4/127.0.0.1/tcp/4001");
  private static final Multiaddr AT_TWO = Multiaddr.parse("/ip4/127.0.0.1/tcp/4002");

  private static ConditionFactory soon() {
    return Awaitility.await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(10));
  }

  private static String loopback() throws IOException {
    return NetworkInterface.networkInterfaces()
        .filter(
            it -> {
              try {
                return it.isLoopback();
              } catch (IOException e) {
                return false;
              }
            })
        .findFirst()
        .orElseThrow()
        .getName();
  }

  private static MdnsOptions onLoopback(String serviceName) throws IOException {
    return MdnsOptions.DEFAULT.withServiceName(serviceName).withInterfaces(List.of(loopback()));
  }

  @Test
  void peers_inOneProcess_findEachOther() throws IOException {
    MdnsOptions options = onLoopback("_minga-test-a._udp");
    Map<PeerId, List<Multiaddr>> byOne = new ConcurrentHashMap<>();
    Map<PeerId, List<Multiaddr>> byTwo = new ConcurrentHashMap<>();
    try (Mdns one = Mdns.start(options, ONE, () -> List.of(AT_ONE), byOne::put);
        Mdns two = Mdns.start(options, TWO, () -> List.of(AT_TWO), byTwo::put)) {
      soon().until(() -> byOne.containsKey(TWO) && byTwo.containsKey(ONE));
    }
    assertThat(byOne).isEqualTo(Map.of(TWO, List.of(AT_TWO)));
    assertThat(byTwo).isEqualTo(Map.of(ONE, List.of(AT_ONE)));
  }

  @Test
  void peers_ofAnotherServiceName_areNotFound() throws IOException {
    Map<PeerId, List<Multiaddr>> byOne = new ConcurrentHashMap<>();
    PeerId three = NumberedPeers.peer(3);
    try (Mdns one =
            Mdns.start(onLoopback("_minga-test-b._udp"), ONE, () -> List.of(AT_ONE), byOne::put);
        Mdns two =
            Mdns.start(onLoopback("_minga-test-c._udp"), TWO, () -> List.of(AT_TWO), (p, a) -> {});
        // Started last: when it is found, the other would have been.
        Mdns last =
            Mdns.start(
                onLoopback("_minga-test-b._udp"), three, () -> List.of(AT_TWO), (p, a) -> {})) {
      soon().until(() -> byOne.containsKey(three));
    }
    assertThat(byOne).containsOnlyKeys(three);
  }

  @Test
  void listenAddresses_thatChange_areAnnounced() throws IOException {
    MdnsOptions options = onLoopback("_minga-test-d._udp");
    Map<PeerId, List<Multiaddr>> byOne = new ConcurrentHashMap<>();
    List<List<Multiaddr>> now = new CopyOnWriteArrayList<>(List.of(List.of()));
    try (Mdns one = Mdns.start(options, ONE, List::of, byOne::put);
        Mdns two = Mdns.start(options, TWO, () -> now.get(0), (p, a) -> {})) {
      now.set(0, List.of(AT_TWO));
      soon().until(() -> byOne.containsKey(TWO));
    }
    assertThat(byOne.get(TWO)).containsExactly(AT_TWO);
  }

  @Test
  void processes_ofOneMachine_findEachOther() throws IOException {
    try (MdnsProcess one =
            new MdnsProcess(UnaryOperator.identity(), ONE, loopback(), List.of(AT_ONE.toString()));
        MdnsProcess two =
            new MdnsProcess(
                UnaryOperator.identity(), TWO, loopback(), List.of(AT_TWO.toString()))) {
      soon().until(() -> one.found().contains(AT_TWO + "/p2p/" + TWO));
      soon().until(() -> two.found().contains(AT_ONE + "/p2p/" + ONE));
    }
  }

  @Test
  void processes_onTwoMachines_findEachOtherOverBothVersionsOfIp()
      throws IOException, InterruptedException {
    Optional<String> whyNot = VethPair.whyNot();
    assumeTrue(whyNot.isEmpty(), () -> whyNot.orElse(""));
    List<String> anywhere = List.of("/ip4/0.0.0.0/tcp/4001", "/ip6/::/tcp/4001");
    try (VethPair pair = new VethPair();
        MdnsProcess one = new MdnsProcess(c -> pair.at(0, c), ONE, VethPair.INTERFACE, anywhere);
        MdnsProcess two = new MdnsProcess(c -> pair.at(1, c), TWO, VethPair.INTERFACE, anywhere)) {
      soon()
          .untilAsserted(
              () ->
                  assertThat(one.found())
                      .contains(
                          "/ip4/" + pair.ip4(1) + "/tcp/4001/p2p/" + TWO,
                          "/ip6/" + pair.ip6(1) + "/tcp/4001/p2p/" + TWO));
      soon()
          .untilAsserted(
              () ->
                  assertThat(two.found())
                      .contains(
                          "/ip4/" + pair.ip4(0) + "/tcp/4001/p2p/" + ONE,
                          "/ip6/" + pair.ip6(0) + "/tcp/4001/p2p/" + ONE));
    }
  }

  @Test
  void close_twice_isNothing() throws IOException {
    Mdns mdns = Mdns.start(onLoopback("_minga-test-e._udp"), ONE, List::of, (p, a) -> {});
    mdns.close();
    mdns.close();

    soon() // Netty says that a thread has ended while it still runs its last lines
        .untilAsserted(
            () ->
                assertThat(Thread.getAllStackTraces().keySet())
                    .filteredOn(it -> it.getName().startsWith("minga-mdns") && it.isAlive())
                    .isEmpty());
  }
}
