package io.minga.libp2p.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.libp2p.wire.Bytes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class IpAddressTest {
  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, true, false",
    "127.255.255.255, true, false",
    "::1, true, false",
    "::ffff:127.0.0.1, true, false",
    "::2, false, false",
    "128.0.0.1, false, false",
    "10.0.0.1, false, true",
    "11.0.0.1, false, false",
    "172.15.0.1, false, false",
    "172.16.0.1, false, true",
    "172.31.255.255, false, true",
    "172.32.0.0, false, false",
    "192.168.1.1, false, true",
    "192.169.1.1, false, false",
    "169.254.1.1, false, true",
    "100.63.0.1, false, false",
    "100.64.0.1, false, true",
    "100.127.0.1, false, true",
    "100.128.0.1, false, false",
    "8.8.8.8, false, false",
    "fe80::1, false, true",
    "febf::1, false, true",
    "fec0::1, false, false",
    "fc00::1, false, true",
    "fdff::1, false, true",
    "fe00::1, false, false",
    "2001:db8::1, false, false",
  })
  void parse_address_isOfItsKind(String text, boolean loopback, boolean privateNetwork) {
    IpAddress ip = IpAddress.parse(text);
    assertThat(ip.isLoopback()).isEqualTo(loopback);
    assertThat(ip.isPrivate()).isEqualTo(privateNetwork);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1.2.3", "1.2.3.4/8", "1.2.3.256", "::g", "example.org", "1.2.3.4 "})
  void parse_somethingElse_isRefused(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> IpAddress.parse(text));
  }

  @Test
  void new_mappedAddress_isTheIpv4Address() {
    assertThat(IpAddress.parse("::ffff:192.0.2.1")).isEqualTo(IpAddress.parse("192.0.2.1"));
    assertThat(IpAddress.parse("::ffff:192.0.2.1")).hasToString("192.0.2.1");
    assertThat(IpAddress.parse("2001:db8::1")).hasToString("2001:db8::1");
  }

  @Test
  void new_otherLengths_areRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new IpAddress(Bytes.fromHex("0102030405")))
        .withMessage("an IP address has 4 or 16 bytes, not 5");
  }

  @Test
  void prefix_anyLength_clearsTheRest() {
    IpAddress ip = IpAddress.parse("255.255.255.255");
    assertThat(ip.prefix(0)).hasToString("0.0.0.0");
    assertThat(ip.prefix(1)).hasToString("128.0.0.0");
    assertThat(ip.prefix(24)).hasToString("255.255.255.0");
    assertThat(ip.prefix(31)).hasToString("255.255.255.254");
    assertThat(ip.prefix(32)).isEqualTo(ip);
    assertThat(IpAddress.parse("2001:db8:1:2::1").prefix(48)).hasToString("2001:db8:1::");
  }

  @Test
  void of_addressWithoutAnIp_isEmpty() {
    assertThat(IpAddress.of(Multiaddr.parse("/dns4/example.org/tcp/1"))).isEmpty();
    assertThat(IpAddress.of(Multiaddr.parse("/ip4/192.0.2.1/tcp/1")))
        .contains(IpAddress.parse("192.0.2.1"));
    assertThat(IpAddress.of(Multiaddr.parse("/ip6/::ffff:192.0.2.1/tcp/1")))
        .contains(IpAddress.parse("192.0.2.1"));
  }
}
