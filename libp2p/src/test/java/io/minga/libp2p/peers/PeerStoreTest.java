package io.minga.libp2p.peers;

import static io.minga.libp2p.peers.AddressSource.CONNECTED;
import static io.minga.libp2p.peers.AddressSource.HINT;
import static io.minga.libp2p.peers.AddressSource.IDENTIFIED;
import static io.minga.libp2p.peers.AddressSource.PERMANENT;
import static io.minga.libp2p.peers.AddressSource.SIGNED;
import static io.minga.libp2p.peers.NumberedPeers.peer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.identity.PublicKey;
import io.minga.libp2p.identity.PublicKey.KeyType;
import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.Seeds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class PeerStoreTest {
  private static final long START = Math.subtractExact(Long.MAX_VALUE, 1_000_000_000L);
  private static final long SECOND = 1_000_000_000L;
  private static final PeerStoreLimits LIMITS =
      new PeerStoreLimits(
          4,
          6,
          60,
          4,
          3,
          2,
          Duration.ofSeconds(100),
          Duration.ofSeconds(50),
          Duration.ofSeconds(40),
          Duration.ofSeconds(10),
          Duration.ofSeconds(5));
  private static final PeerId PEER = peer(1);
  private static final Bytes RECORD = Bytes.fromHex("01");
  private static final Bytes LATER_RECORD = Bytes.fromHex("02");

  private final PeerStore store = new PeerStore(LIMITS);

  static LongStream seeds() {
    return Seeds.seeds(100);
  }

  private static Multiaddr address(int number) {
    return Multiaddr.parse("/ip4/192.0.2." + number + "/tcp/1");
  }

  private static List<Multiaddr> addresses(int... numbers) {
    return IntStream.of(numbers).mapToObj(PeerStoreTest::address).toList();
  }

  private void hint(int peer) {
    assertThat(store.addAddresses(START, peer(peer), addresses(peer), HINT)).isTrue();
  }

  @Test
  void addresses_bySource_comeInTheOrderOfTrust() {
    store.addAddresses(START, PEER, addresses(1), HINT);
    store.addAddresses(START, PEER, addresses(2), IDENTIFIED);
    store.addAddresses(START, PEER, addresses(3), SIGNED);
    store.addAddresses(START, PEER, addresses(4), CONNECTED);
    store.addAddresses(START, PEER, addresses(5), PERMANENT);
    assertThat(store.addresses(START, PEER)).isEqualTo(addresses(5, 4, 3, 2, 1));
    assertThat(store.dialAddresses(START, PEER)).isEqualTo(addresses(5, 4, 3));
    assertThat(store.addresses(START, peer(9))).isEmpty();
  }

  @Test
  void addresses_ofOneSource_localOnesComeFirst() {
    List<Multiaddr> mixed =
        List.of(
            Multiaddr.parse("/dns4/example.org/tcp/1"),
            address(1),
            Multiaddr.parse("/ip4/192.168.0.1/tcp/1"),
            Multiaddr.parse("/ip4/127.0.0.1/tcp/1"));
    store.addAddresses(START, PEER, mixed, IDENTIFIED);
    assertThat(store.addresses(START, PEER))
        .containsExactly(mixed.get(3), mixed.get(2), mixed.get(1), mixed.get(0));
  }

  @Test
  void connected_atAnAddress_putsItFirst_andAFailureLast() {
    store.addAddresses(START, PEER, addresses(1), PERMANENT);
    store.addAddresses(START, PEER, addresses(2, 3), HINT);
    store.connected(START, PEER, address(2));
    store.connected(START + SECOND, PEER, address(3));
    assertThat(store.addresses(START, PEER)).isEqualTo(addresses(3, 2, 1));
    store.dialFailed(PEER, address(3));
    store.dialFailed(PEER, address(9));
    store.dialFailed(peer(9), address(1));
    assertThat(store.addresses(START, PEER)).isEqualTo(addresses(2, 1, 3));
    store.connected(START, PEER, address(3));
    assertThat(store.addresses(START, PEER)).isEqualTo(addresses(2, 3, 1));
  }

  @Test
  void addresses_afterTheirTime_areGone() {
    store.addAddresses(START, PEER, addresses(1), HINT);
    store.addAddresses(START, PEER, addresses(2), IDENTIFIED);
    store.addAddresses(START, PEER, addresses(3), PERMANENT);
    assertThat(store.addresses(START + 10 * SECOND - 1, PEER)).isEqualTo(addresses(3, 2, 1));
    assertThat(store.addresses(START + 10 * SECOND, PEER)).isEqualTo(addresses(3, 2));
    assertThat(store.addresses(START + 40 * SECOND, PEER)).isEqualTo(addresses(3));
    assertThat(store.addresses(START + 1_000_000 * SECOND, PEER)).isEqualTo(addresses(3));
  }

  @Test
  void addAddresses_again_renewsAndTrustsMore() {
    store.addAddresses(START, PEER, addresses(1), HINT);
    store.addAddresses(START + 5 * SECOND, PEER, addresses(1), HINT);
    assertThat(store.addresses(START + 14 * SECOND, PEER)).hasSize(1);
    store.addAddresses(START, PEER, addresses(2), IDENTIFIED);
    store.addAddresses(START + 5 * SECOND, PEER, addresses(1), SIGNED);
    assertThat(store.addresses(START + 14 * SECOND, PEER)).isEqualTo(addresses(1, 2));
  }

  @Test
  void addresses_whileConnected_stay_andLiveOnAfterwards() {
    store.addAddresses(START, PEER, addresses(1), HINT);
    store.connected(START, PEER, address(2));
    long later = START + 1000 * SECOND;
    store.sweep(later);
    assertThat(store.addresses(later, PEER)).isEqualTo(addresses(2, 1));
    store.disconnected(later, PEER);
    assertThat(store.addresses(later + 9 * SECOND, PEER)).isEqualTo(addresses(2, 1));
    assertThat(store.addresses(later + 10 * SECOND, PEER)).isEqualTo(addresses(2));
    assertThat(store.addresses(later + 100 * SECOND, PEER)).isEmpty();
  }

  @Test
  void addAddresses_tooMany_theWorstMakeRoom() {
    store.addAddresses(START, PEER, addresses(1), PERMANENT);
    store.addAddresses(START, PEER, addresses(2, 3, 4, 5, 6, 7, 8), HINT);
    assertThat(store.addresses(START, PEER)).isEqualTo(addresses(1, 2, 3, 4, 5, 6));
    store.dialFailed(PEER, address(3));
    store.addAddresses(START, PEER, addresses(9), IDENTIFIED);
    assertThat(store.addresses(START, PEER)).isEqualTo(addresses(1, 9, 2, 4, 5, 6));
  }

  @Test
  void addAddresses_thatMadeRoom_doNotComeBack() {
    store.addAddresses(START, PEER, addresses(1, 2, 3, 4, 5, 6), HINT);
    store.addAddresses(START, PEER, addresses(7, 8, 9, 10, 11, 12), IDENTIFIED);
    store.addSignedRecord(START, PEER, RECORD, 1, addresses(13));
    assertThat(store.addresses(START, PEER)).isEqualTo(addresses(13));
  }

  @Test
  void addSignedRecord_newer_replacesWhatThePeerSaid() {
    store.addAddresses(START, PEER, addresses(1), IDENTIFIED);
    store.addAddresses(START, PEER, addresses(2), HINT);
    assertThat(store.addSignedRecord(START, PEER, RECORD, 5, addresses(3, 4))).isTrue();
    assertThat(store.addresses(START, PEER)).isEqualTo(addresses(3, 4, 2));
    assertThat(store.addSignedRecord(START, PEER, LATER_RECORD, 6, addresses(4, 5))).isTrue();
    assertThat(store.addresses(START, PEER)).isEqualTo(addresses(4, 5, 2));
    assertThat(store.find(PEER).orElseThrow().signedRecord()).contains(LATER_RECORD);
  }

  @Test
  void addSignedRecord_notNewer_isRefused() {
    store.addSignedRecord(START, PEER, LATER_RECORD, 6, addresses(1));
    assertThat(store.addSignedRecord(START, PEER, RECORD, 5, addresses(2))).isFalse();
    assertThat(store.addSignedRecord(START, PEER, RECORD, 6, addresses(2))).isFalse();
    assertThat(store.addresses(START, PEER)).isEqualTo(addresses(1));
    assertThat(store.addSignedRecord(START, PEER, RECORD, -1, addresses(2)))
        .as("sequence numbers are unsigned")
        .isTrue();
  }

  @Test
  void addSignedRecord_theSameAgain_renewsItsAddresses() {
    store.addSignedRecord(START, PEER, RECORD, 5, addresses(1));
    assertThat(store.addSignedRecord(START + 40 * SECOND, PEER, RECORD, 5, addresses(1))).isTrue();
    assertThat(store.addresses(START + 80 * SECOND, PEER)).isEqualTo(addresses(1));
  }

  @Test
  void identified_partly_leavesTheRest() {
    PublicKey key = new PublicKey(KeyType.ED25519, Bytes.fromHex("01".repeat(32)));
    store.connected(START, PEER, null);
    store.identified(START, PEER, key, List.of("/a", "/b", "/a", "/c"), "v", "w");
    store.identified(START, PEER, null, null, null, "x");
    PeerInfo info = store.find(PEER).orElseThrow();
    assertThat(info.publicKey()).contains(key);
    assertThat(info.protocols()).containsExactly("/a", "/b");
    assertThat(info.protocolVersion()).contains("v");
    assertThat(info.agentVersion()).contains("x");
    assertThat(info.connected()).isTrue();
    assertThat(store.find(peer(2))).isEmpty();
  }

  @Test
  void identified_protocols_areKeptWhileConnected() {
    store.identified(START, PEER, null, List.of("/a"), null, "w");
    assertThat(store.find(PEER).orElseThrow().protocols()).isEmpty();
    store.connected(START, PEER, null);
    store.identified(START, PEER, null, List.of("/a"), null, null);
    assertThat(store.find(PEER).orElseThrow().protocols()).containsExactly("/a");
    store.disconnected(START, PEER);
    assertThat(store.find(PEER).orElseThrow().protocols()).isEmpty();
    assertThat(store.find(PEER).orElseThrow().agentVersion()).contains("w");
  }

  @Test
  void addAddresses_tooLong_areIgnoredUnlessPermanent() {
    Multiaddr many = Multiaddr.parse("/ip4/192.0.2.1/tcp/1/tls/ws/http");
    Multiaddr wide = Multiaddr.parse("/dns4/" + "a".repeat(60) + "/tcp/1");
    store.addAddresses(START, PEER, List.of(many, wide, address(1)), SIGNED);
    assertThat(store.addresses(START, PEER)).isEqualTo(addresses(1));
    store.addAddresses(START, PEER, List.of(many, wide), PERMANENT);
    assertThat(store.addresses(START, PEER)).hasSize(3);
  }

  @Test
  void addAddresses_storeFull_theOldestThatNeverWasConnectedGoes() {
    store.connected(START, peer(1), null);
    store.disconnected(START, peer(1));
    hint(2);
    hint(3);
    hint(4);
    hint(2);
    hint(5);
    assertThat(store.peers()).containsExactly(peer(1), peer(4), peer(2), peer(5));
  }

  @Test
  void addAddresses_storeFullOfPeersThatWereConnected_theOldestGoes() {
    for (int i = 1; i <= 4; i++) {
      store.connected(START, peer(i), null);
    }
    store.disconnected(START, peer(3));
    store.disconnected(START, peer(2));
    hint(5);
    assertThat(store.peers()).containsExactly(peer(1), peer(4), peer(2), peer(5));
  }

  @Test
  void addAddresses_storeFullOfPeersThatStay_isRefused() {
    store.protect(peer(1));
    hint(1);
    store.addAddresses(START, peer(2), addresses(2), PERMANENT);
    store.connected(START, peer(3), null);
    store.connected(START, peer(4), null);
    assertThat(store.addAddresses(START, peer(5), addresses(5), HINT)).isFalse();
    assertThat(store.connected(START, peer(5), null)).isFalse();
    assertThat(store.identified(START, peer(5), null, null, null, null)).isFalse();
    assertThat(store.addSignedRecord(START, peer(5), RECORD, 1, List.of())).isFalse();
    assertThat(store.find(peer(5))).isEmpty();
    store.unprotect(peer(1));
    hint(5);
    assertThat(store.find(peer(1))).isEmpty();
  }

  @Test
  void sweep_unconnectedPeersWithoutAddresses_areForgotten() {
    hint(1);
    hint(2);
    store.protect(peer(2));
    store.connected(START, peer(3), null);
    assertThat(store.nextDeadlineNanos()).isEqualTo(START + 5 * SECOND);
    store.sweep(START + 5 * SECOND);
    assertThat(store.peers()).hasSize(3);
    assertThat(store.nextDeadlineNanos()).isEqualTo(START + 10 * SECOND);
    store.sweep(START + 10 * SECOND);
    assertThat(store.peers()).containsExactly(peer(2), peer(3));
    store.unprotect(peer(2));
    store.remove(peer(3));
    store.sweep(START + 15 * SECOND);
    assertThat(store.peers()).isEmpty();
    assertThat(store.nextDeadlineNanos()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void protect_moreThanTheStoreHolds_isOurError() {
    for (int i = 1; i <= 4; i++) {
      store.protect(peer(i));
    }
    store.protect(peer(4));
    assertThatIllegalStateException()
        .isThrownBy(() -> store.protect(peer(5)))
        .withMessage("4 peers are protected already, which is all that the store holds");
  }

  @Test
  void limits_ofNothing_areRefused() {
    Duration second = Duration.ofSeconds(1);
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new PeerStoreLimits(0, 1, 1, 1, 1, 1, second, second, second, second, second))
        .withMessage("peersMax is 0; it must be at least 1");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new PeerStoreLimits(
                    1, 1, 1, 1, 1, 1, second, second, second, Duration.ZERO, second))
        .withMessage("hintTtl is PT0S; it must be longer than nothing");
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void history_random_staysWithinItsLimitsAndKeepsWhoStays(long seed) {
    Random random = new Random(seed);
    List<PeerId> connected = new ArrayList<>();
    long now = START;
    for (int step = 0; step < 500; step++) {
      now += random.nextLong(2 * SECOND);
      PeerId peer = peer(random.nextInt(12));
      List<Multiaddr> some = addresses(random.nextInt(20), random.nextInt(20));
      switch (random.nextInt(7)) {
        case 0 -> {
          if (!connected.contains(peer) && store.connected(now, peer, some.get(0))) {
            connected.add(peer);
          }
        }
        case 1 -> {
          connected.remove(peer);
          store.disconnected(now, peer);
        }
        case 2 -> store.dialFailed(peer, some.get(0));
        case 3 -> store.addSignedRecord(now, peer, Bytes.fromHex("01"), 1, some);
        case 4 -> store.sweep(now);
        default -> store.addAddresses(now, peer, some, random.nextBoolean() ? HINT : IDENTIFIED);
      }
      assertThat(store.peers()).hasSizeLessThanOrEqualTo(4).containsAll(connected);
      for (PeerId known : store.peers()) {
        assertThat(store.addresses(now, known)).hasSizeLessThanOrEqualTo(6).doesNotHaveDuplicates();
        assertThat(store.find(known).orElseThrow().connected())
            .as("seed %d, step %d", seed, step)
            .isEqualTo(connected.contains(known));
      }
    }
  }
}
