package io.minga.libp2p.identify;

import static io.minga.libp2p.peers.NumberedPeers.peer;
import static org.assertj.core.api.Assertions.assertThat;

import io.minga.libp2p.multiformats.Multiaddr;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class ObservedAddressesTest {
  private static final long START = Math.subtractExact(Long.MAX_VALUE, 1_000L);
  private static final long TTL = Duration.ofMinutes(30).toNanos();
  private static final Multiaddr OURS = Multiaddr.parse("/ip4/198.51.100.7/tcp/4001");
  private static final Multiaddr OTHER = Multiaddr.parse("/ip4/198.51.100.8/tcp/4001");

  private final ObservedAddresses observed = new ObservedAddresses(IdentifyLimits.DEFAULT);

  private void observe(long nowNanos, int peer, String from, Multiaddr address) {
    observed.observe(nowNanos, peer(peer), Multiaddr.parse(from), address);
  }

  private void observeFromNetworks(int count) {
    for (int i = 1; i <= count; i++) {
      observe(START, i, "/ip4/203.0." + i + ".1/tcp/1", OURS);
    }
  }

  @Test
  void confirmed_fourNetworks_isBelieved() {
    observeFromNetworks(3);
    assertThat(observed.confirmed(START)).isEmpty();
    observe(START, 4, "/ip6/2001:db8::1/tcp/1", OURS);
    assertThat(observed.confirmed(START)).containsExactly(OURS);
  }

  @Test
  void confirmed_fourPeersOfOneNetwork_isNot() {
    for (int i = 1; i <= 4; i++) {
      observe(START, i, "/ip4/203.0.113." + i + "/tcp/1", OURS);
    }
    assertThat(observed.confirmed(START)).isEmpty();
  }

  @Test
  void confirmed_fourPeersOfOurMachine_isBelieved() {
    for (int i = 1; i <= 4; i++) {
      observe(START, i, "/ip4/127.0.0.1/tcp/" + i, OURS);
    }
    assertThat(observed.confirmed(START)).containsExactly(OURS);
  }

  @Test
  void confirmed_onePeerOfManyNetworks_isNot() {
    for (int i = 1; i <= 9; i++) {
      observe(START, 1, "/ip4/203.0." + i + ".1/tcp/1", OURS);
    }
    assertThat(observed.confirmed(START)).isEmpty();
  }

  @Test
  void confirmed_afterAPeerChangedItsView_isNoMore() {
    observeFromNetworks(4);
    observe(START, 4, "/ip4/203.0.4.1/tcp/1", OTHER);
    assertThat(observed.confirmed(START)).isEmpty();
  }

  @Test
  void confirmed_afterHalfAnHour_isForgotten() {
    observeFromNetworks(4);
    assertThat(observed.confirmed(START + TTL - 1)).containsExactly(OURS);
    assertThat(observed.confirmed(START + TTL)).isEmpty();
  }

  @Test
  void observe_notFromAnIpAddress_isIgnored() {
    observeFromNetworks(3);
    observe(START, 4, "/dns4/example.org/tcp/1", OURS);
    assertThat(observed.confirmed(START)).isEmpty();
  }

  @Test
  void observe_tooManyPeers_forgetsTheOldest() {
    IdentifyLimits three =
        new IdentifyLimits(1, 1, 1, 1, 1, 1, 1, 1, 1, 4, 4, Duration.ofMinutes(30));
    ObservedAddresses small = new ObservedAddresses(three);
    for (int i = 1; i <= 4; i++) {
      small.observe(START, peer(i), Multiaddr.parse("/ip4/203.0." + i + ".1/tcp/1"), OURS);
    }
    assertThat(small.confirmed(START)).containsExactly(OURS);
    small.observe(START, peer(3), Multiaddr.parse("/ip4/203.0.3.1/tcp/1"), OURS);
    assertThat(small.confirmed(START)).as("known peers take no more room").containsExactly(OURS);
    small.observe(START, peer(5), Multiaddr.parse("/ip4/203.0.5.1/tcp/1"), OTHER);
    assertThat(small.confirmed(START)).isEmpty();
    small.observe(START, peer(5), Multiaddr.parse("/ip4/203.0.5.1/tcp/1"), OURS);
    assertThat(small.confirmed(START)).containsExactly(OURS);
  }
}
