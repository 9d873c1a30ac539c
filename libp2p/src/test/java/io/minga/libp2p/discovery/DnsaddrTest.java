package io.minga.libp2p.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.libp2p.wire.Hostile;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What DNS records stand for; the records have the shape of those in the specification. */
final class DnsaddrTest {
  private static final String ID = "QmNnooDu7bfjPFoTZYxMNLWUQJyrVwtbZg5gBMjTezGAJN";
  private static final List<String> RECORDS =
      List.of(
          "dnsaddr=/dnsaddr/sjc-1.bootstrap.libp2p.io/p2p/" + ID,
          "v=spf1 -all",
          "dnsaddr=/ip6/2604:1380:1000:6000::1/tcp/4001/p2p/" + ID,
          "dnsaddr=/unheard-of/1",
          "dnsaddr=",
          "dnsaddr=/ip4/147.75.69.143/tcp/4001/p2p/" + ID);

  @Test
  void addresses_areThoseOfItsOwnRecords_andWhatIsMalformedIsLeftOut() {
    assertThat(Dnsaddr.addresses(RECORDS, 10))
        .extracting(Multiaddr::toString)
        .containsExactly(
            "/dnsaddr/sjc-1.bootstrap.libp2p.io/p2p/" + ID,
            "/ip6/2604:1380:1000:6000::1/tcp/4001/p2p/" + ID,
            "/ip4/147.75.69.143/tcp/4001/p2p/" + ID);
    assertThat(Dnsaddr.addresses(RECORDS, 1)).hasSize(1);
  }

  @Test
  void queryName_hasTheUnderscore() {
    assertThat(Dnsaddr.queryName("bootstrap.libp2p.io")).isEqualTo("_dnsaddr.bootstrap.libp2p.io");
  }

  @Test
  void mayStandFor_wantsTheEndThatWasAskedFor() {
    Multiaddr asked = Multiaddr.parse("/dnsaddr/example.org/p2p/" + ID);

    assertThat(Dnsaddr.mayStandFor(asked, Multiaddr.parse("/ip4/192.0.2.1/tcp/1/p2p/" + ID)))
        .isTrue();
    assertThat(Dnsaddr.mayStandFor(asked, Multiaddr.parse("/ip4/192.0.2.1/tcp/1"))).isFalse();
    assertThat(
            Dnsaddr.mayStandFor(
                Multiaddr.parse("/dnsaddr/example.org"), Multiaddr.parse("/ip4/192.0.2.1/tcp/1")))
        .isTrue();
  }

  @Test
  void addresses_ofHostileRecords_neverFail() {
    List<byte[]> corpus = RECORDS.stream().map(it -> it.getBytes(StandardCharsets.UTF_8)).toList();
    Hostile.fuzz(
        1,
        corpus,
        input -> Dnsaddr.addresses(List.of(new String(input, StandardCharsets.UTF_8)), 10));
  }
}
