package io.minga.libp2p.multiformats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.minga.libp2p.multiformats.Multiaddr.Component;
import io.minga.libp2p.wire.Bytes;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class MultiaddrTest {
  private static final String PEER = "QmcgpsyWgH8Y8ajJz1Cu72KnS5uo2Aa2LpzU7kinSupNKC";
  private static final String OTHER = "12D3KooWCryG7Mon9orvQxcS1rYZjotPgpwoJNHHKcLLfE4Hf5mV";

  private static Multiaddr addr(String text) {
    return Multiaddr.parse(text);
  }

  @Test
  void components_areTheLayersInOrder() {
    Multiaddr addr = addr("/ip4/127.0.0.1/tcp/4001/ws/p2p/" + PEER);
    assertThat(addr.protocols())
        .containsExactly(Protocol.IP4, Protocol.TCP, Protocol.WS, Protocol.P2P);
    assertThat(addr.components().get(1)).isEqualTo(Component.of(Protocol.TCP, "4001"));
    assertThat(addr.components().get(1).value()).isEqualTo(Bytes.of(0x0f, 0xa1));
    assertThat(addr.components())
        .extracting(Component::text)
        .containsExactly("127.0.0.1", "4001", "", PEER);
    assertThat(Multiaddr.of(addr.components())).isEqualTo(addr);
    assertThat(addr.has(Protocol.WS)).isTrue();
    assertThat(addr.has(Protocol.TLS)).isFalse();
    assertThat(addr.first(Protocol.TCP)).hasValue(Component.of(Protocol.TCP, "4001"));
  }

  @Test
  void equality_andOrder_areThatOfTheBytes() {
    assertThat(addr("/ip4/127.0.0.1/tcp/1/"))
        .isEqualTo(addr("/ip4/127.0.0.1/tcp/1"))
        .hasSameHashCodeAs(addr("/ip4/127.0.0.1/tcp/1"))
        .isNotEqualTo(addr("/ip4/127.0.0.1/udp/1"));
    assertThat(addr("/ipfs/" + PEER)).isEqualTo(addr("/p2p/" + PEER));
    assertThat(addr("/ip4/127.0.0.1/tcp/9")).isLessThan(addr("/ip4/127.0.0.1/tcp/10"));
  }

  @Test
  void encapsulate_appendsTheInnerAddress() {
    assertThat(addr("/ip4/127.0.0.1/udp/1234").encapsulate(addr("/udp/5678")))
        .hasToString("/ip4/127.0.0.1/udp/1234/udp/5678");
    assertThat(addr("/ip4/127.0.0.1").encapsulate(Component.of(Protocol.TCP, "80")))
        .isEqualTo(addr("/ip4/127.0.0.1/tcp/80"));
  }

  @Test
  void encapsulate_aboveTheLimits_isRefused() {
    Multiaddr half = Multiaddr.of(Collections.nCopies(16, Component.of(Protocol.WS)));
    assertThat(half.encapsulate(half).components()).hasSize(Multiaddr.COMPONENTS_MAX);
    assertThatThrownBy(() -> half.encapsulate(half).encapsulate(Component.of(Protocol.WS)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("address has at most 32 components");
    Multiaddr long255 = addr("/dns/" + "a".repeat(250));
    Multiaddr long759 = long255.encapsulate(long255).encapsulate(long255);
    assertThatThrownBy(() -> long759.encapsulate(long759))
        .hasMessage("address has at most 1024 B as bytes, not 1518");
    assertThatThrownBy(() -> Multiaddr.of(List.of()))
        .hasMessage("an address has at least one component");
  }

  @Test
  void startsWith_comparesWholeComponents() {
    Multiaddr addr = addr("/ip4/127.0.0.1/tcp/80/ws");
    assertThat(addr.startsWith(addr("/ip4/127.0.0.1"))).isTrue();
    assertThat(addr.startsWith(addr)).isTrue();
    assertThat(addr.startsWith(addr("/ip4/127.0.0.1/tcp/8"))).isFalse();
    assertThat(addr("/ip4/127.0.0.1").startsWith(addr)).isFalse();
  }

  @Test
  void peerId_isThatOfTheLastComponent() {
    Multihash peer = addr("/p2p/" + PEER).peerId().orElseThrow();
    assertThat(peer.toBase58()).isEqualTo(PEER);
    assertThat(addr("/ip4/1.2.3.4/tcp/1/p2p/" + PEER).peerId()).hasValue(peer);
    assertThat(addr("/ip4/1.2.3.4/tcp/1").peerId()).isEmpty();
    Multiaddr relay = addr("/ip4/1.2.3.4/tcp/1/p2p/" + OTHER + "/p2p-circuit");
    assertThat(relay.peerId()).isEmpty();
    assertThat(relay.withPeerId(peer).peerId()).hasValue(peer);
  }

  @Test
  void withPeerId_anotherPeersAddress_isRefused() {
    Multihash peer = addr("/p2p/" + PEER).peerId().orElseThrow();
    Multiaddr addr = addr("/ip4/1.2.3.4/tcp/1");
    assertThat(addr.withPeerId(peer)).hasToString("/ip4/1.2.3.4/tcp/1/p2p/" + PEER);
    assertThat(addr.withPeerId(peer).withPeerId(peer)).isEqualTo(addr.withPeerId(peer));
    assertThatThrownBy(() -> addr("/p2p/" + OTHER).withPeerId(peer))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("/p2p/" + OTHER + " is not an address of " + PEER);
  }

  @Test
  void decapsulatePeer_takesOffOnlyTheEnd() {
    String relay = "/ip4/1.2.3.4/tcp/1/p2p/" + OTHER + "/p2p-circuit";
    assertThat(addr(relay + "/p2p/" + PEER).decapsulatePeer()).hasValue(addr(relay));
    assertThat(addr(relay).decapsulatePeer()).hasValue(addr(relay));
    assertThat(addr("/p2p/" + PEER).decapsulatePeer()).isEmpty();
  }

  @Test
  void ip_isALiteralThatComesFirst() throws UnknownHostException {
    assertThat(addr("/ip4/192.0.2.7/tcp/1").ip())
        .hasValue(InetAddress.getByAddress(new byte[] {(byte) 192, 0, 2, 7}));
    assertThat(addr("/ip6/2001:db8::1/tcp/1").ip())
        .map(InetAddress::getHostAddress)
        .hasValue("2001:db8:0:0:0:0:0:1");
    InetAddress mapped = addr("/ip6/::ffff:192.0.2.7/tcp/1").ip().orElseThrow();
    assertThat(mapped.getAddress()).hasSize(16);
    assertThat(addr("/dns4/localhost/tcp/1").ip()).isEmpty();
    assertThat(addr("/tcp/1/ip4/1.2.3.4").ip()).isEmpty();
    assertThat(addr("/ip6zone/eth0").ip()).isEmpty();
  }

  @Test
  void zone_isFoundInFrontOfTheIp() {
    Multiaddr addr = addr("/ip6zone/eth0/ip6/fe80::1/tcp/4001");
    assertThat(addr.zone()).hasValue("eth0");
    assertThat(addr.ip()).map(InetAddress::isLinkLocalAddress).hasValue(true);
    assertThat(addr.tcpPort()).hasValue(4001);
    assertThat(addr("/ip6/fe80::1").zone()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"dns", "dns4", "dns6", "dnsaddr"})
  void dnsName_isAnyKindThatComesFirst(String kind) {
    assertThat(addr("/" + kind + "/minga.example/tcp/1").dnsName()).hasValue("minga.example");
    assertThat(addr("/tcp/1/" + kind + "/minga.example").dnsName()).isEmpty();
  }

  @Test
  void ports_areThoseRightBehindTheHost() {
    Multiaddr tcp = addr("/ip4/1.2.3.4/tcp/65535/ip4/5.6.7.8/udp/9");
    assertThat(tcp.tcpPort()).hasValue(65535);
    assertThat(tcp.udpPort()).isEqualTo(OptionalInt.empty());
    assertThat(addr("/dns/a/udp/443/quic-v1").udpPort()).hasValue(443);
    assertThat(addr("/ip4/1.2.3.4").tcpPort()).isEmpty();
    assertThat(addr("/ip4/1.2.3.4/ws/tcp/80").tcpPort()).isEmpty();
    assertThat(addr("/ip6zone/eth0").tcpPort()).isEmpty();
  }

  @Test
  void tcp_ofASocketsAddress_isTheAddressToTell() throws UnknownHostException {
    byte[] linkLocal = addr("/ip6/fe80::1").components().get(0).value().toByteArray();
    byte[] global = addr("/ip6/2001:db8::1").components().get(0).value().toByteArray();
    assertThat(Multiaddr.tcp(InetAddress.getByAddress(new byte[] {10, 0, 0, 1}), 80))
        .hasToString("/ip4/10.0.0.1/tcp/80");
    assertThat(Multiaddr.tcp(InetAddress.getByAddress(global), 0))
        .hasToString("/ip6/2001:db8::1/tcp/0");
    assertThat(Multiaddr.tcp(java.net.Inet6Address.getByAddress(null, linkLocal, 7), 80))
        .hasToString("/ip6zone/7/ip6/fe80::1/tcp/80");
    assertThat(Multiaddr.tcp(java.net.Inet6Address.getByAddress(null, global, 7), 80))
        .hasToString("/ip6/2001:db8::1/tcp/80");
    assertThatThrownBy(() -> Multiaddr.tcp(InetAddress.getByAddress(global), 65536))
        .hasMessage("/tcp: port 65536 is above 65535");
  }

  @ParameterizedTest
  @CsvSource({"IP4,0102", "TCP,01", "IP6,00", "MEMORY,00", "WS,00", "DNS,''", "P2P,0102"})
  void component_valueThatIsWrongForTheProtocol_isOurMistake(Protocol protocol, String hex) {
    assertThatThrownBy(() -> new Component(protocol, Bytes.fromHex(hex)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("/" + protocol + ": ");
  }

  @Test
  void component_ofAProtocolWithoutValues_hasNoText() {
    assertThat(Component.of(Protocol.QUIC_V1)).hasToString("/quic-v1");
    assertThatThrownBy(() -> Component.of(Protocol.TCP)).hasMessage("/tcp: value has 2 B, not 0");
    assertThatThrownBy(() -> Component.of(Protocol.WS, "/chat"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("/ws: it has no value");
  }

  @Test
  void toString_parsesBack_forEveryProtocol() {
    for (Protocol protocol : Protocol.values()) {
      Optional<String> value =
          switch (protocol) {
            case IP4 -> Optional.of("1.2.3.4");
            case IP6 -> Optional.of("::1");
            case TCP, UDP, MEMORY -> Optional.of("77");
            case DNS, DNS4, DNS6, DNSADDR, SNI, IP6ZONE -> Optional.of("größer.example");
            case P2P -> Optional.of(PEER);
            case CERTHASH -> Optional.of("uEiDDq4_xNyDorZBH3TlGazyJdOWSwvo4PUo5YHFMrvDE8g");
            default -> Optional.empty();
          };
      String text = "/" + protocol + value.map(v -> "/" + v).orElse("");
      assertThat(addr(text)).hasToString(text);
      assertThat(protocol.hasValue()).isEqualTo(value.isPresent());
    }
  }
}
