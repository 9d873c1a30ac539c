package io.minga.libp2p.multiformats;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.Hostile;
import io.minga.libp2p.wire.WireException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What go-multiaddr, rust-multiaddr and js-multiaddr accept, give and refuse. */
final class MultiaddrVectorsTest {
  private static final String PEER = "QmcgpsyWgH8Y8ajJz1Cu72KnS5uo2Aa2LpzU7kinSupNKC";
  private static final String PEER_HEX =
      "a503221220d52ebb89d85b02a284948203a62ff28389c57c9f42beec4ec20db76a68911c0b";

  @ParameterizedTest
  @CsvSource({
    "/ip4/1.2.3.4, 0401020304",
    "/ip4/0.0.0.0, 0400000000",
    "/ip6/::1, 2900000000000000000000000000000001",
    "/ip6/2601:9:4f81:9700:803e:ca65:66e8:c21, 29260100094f819700803eca6566e80c21",
    "/ip6zone/eth0/ip6/::1, 2a04657468302900000000000000000000000000000001",
    "/ip6/fe80::9700:803e:ca65:66e8:c21/ip6zone/wlan0,"
        + " 29fe80000000009700803eca6566e80c212a05776c616e30",
    "/udp/0, 91020000",
    "/tcp/0, 060000",
    "/udp/1234, 910204d2",
    "/tcp/1234, 0604d2",
    "/udp/65535, 9102ffff",
    "/tcp/65535, 06ffff",
    "/ip4/127.0.0.1/udp/1234, 047f000001910204d2",
    "/ip4/127.0.0.1/tcp/4321, 047f0000010610e1",
    "/ip4/127.0.0.1/udp/1234/ip4/127.0.0.1/tcp/4321, 047f000001910204d2047f0000010610e1",
    "/p2p/" + PEER + ", " + PEER_HEX,
    "/p2p/" + PEER + "/tcp/1234, " + PEER_HEX + "0604d2",
    "/ip4/127.0.0.1/p2p/" + PEER + "/tcp/1234, 047f000001" + PEER_HEX + "0604d2",
    "/ip6/2001:8a0:7ac5:4201:3ac9:86ff:fe31:7095/tcp/8000/ws/p2p/"
        + PEER
        + ", 29200108a07ac542013ac986fffe317095061f40dd03"
        + PEER_HEX,
    "/ip6/2001:8a0:7ac5:4201:3ac9:86ff:fe31:7095/tcp/8000/wss/p2p/"
        + PEER
        + ", 29200108a07ac542013ac986fffe317095061f40de03"
        + PEER_HEX,
    "/ip4/127.0.0.1/tcp/9090/p2p-circuit/p2p/" + PEER + ", 047f000001062382a202" + PEER_HEX,
    "/tcp/1234/http, 0604d2e003",
    "/tcp/1234/tls/http, 0604d2c003e003",
    "/tcp/1234/https, 0604d2bb03",
    "/memory/4, 89060000000000000004"
  })
  void parse_vector_givesTheBytesAndBack(String text, String hex) throws WireException {
    assertThat(Multiaddr.parse(text).toBytes()).isEqualTo(Bytes.fromHex(hex));
    Multiaddr decoded = Multiaddr.decode(Bytes.fromHex(hex));
    assertThat(decoded).isEqualTo(Multiaddr.parse(text)).hasToString(text);
    assertThat(decoded.components()).isEqualTo(Multiaddr.parse(text).components());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/ip6/2601:9:4f81:9700:803e:ca65:66e8:c21/udp/1234/quic",
        "/ip6/2601:9:4f81:9700:803e:ca65:66e8:c21/udp/1234/quic-v1",
        "/ip6zone/x/ip6/fe80::1",
        "/ip6zone/x%y/ip6/fe80::1",
        "/ip6zone/x%y/ip6/::",
        "/ip6zone/x/ip6/fe80::1/udp/1234/quic-v1",
        "/ip6/::ffff:127.0.0.1/tcp/111",
        "/ip4/127.0.0.1/udp/123/ip6/::",
        "/p2p/12D3KooWCryG7Mon9orvQxcS1rYZjotPgpwoJNHHKcLLfE4Hf5mV",
        "/ip4/127.0.0.1/udp/1234/quic-v1/webtransport",
        "/ip4/127.0.0.1/udp/1234/quic-v1/webtransport/certhash/"
            + "uEiDDq4_xNyDorZBH3TlGazyJdOWSwvo4PUo5YHFMrvDE8g",
        "/ip4/1.2.3.4/udp/4001/quic-v1/webtransport"
            + "/certhash/uEiAkH5a4DPGKUuOBjYw0CgwjvcJCJMD2K_1aluKR_tpevQ"
            + "/certhash/uEiAfbgiymPP2_nX7Dgir8B4QkksjHp2lVuJZz0F79Be9JA"
            + "/p2p/12D3KooWBdmLJjhpgJ9KZgLM3f894ff9xyBfPvPjFNn7MKJpyrC2",
        "/ip4/127.0.0.1/tcp/127/ws",
        "/ip4/127.0.0.1/tcp/127/tls",
        "/ip4/127.0.0.1/tcp/127/tls/ws",
        "/ip4/127.0.0.1/tcp/127/noise",
        "/ip4/127.0.0.1/tcp/127/wss",
        "/ip4/127.0.0.1/tcp/127/webrtc-direct",
        "/ip4/127.0.0.1/tcp/127/webrtc",
        "/ip4/127.0.0.1/tcp/9090/tls/sni/example.com/ws",
        "/dns4/bootstrap.example/tcp/443/wss/p2p/" + PEER,
        "/dnsaddr/bootstrap.libp2p.io",
        "/p2p-circuit/p2p/" + PEER,
        "/p2p/" + PEER + "/p2p-circuit",
        "/memory/18446744073709551615"
      })
  void parse_canonicalText_isGivenBack(String text) throws WireException {
    Multiaddr addr = Multiaddr.parse(text);
    assertThat(addr).hasToString(text);
    assertThat(Multiaddr.decode(addr.toBytes())).isEqualTo(addr).hasToString(text);
  }

  @ParameterizedTest
  @CsvSource({
    "/ip4/127.0.0.1/tcp/1234/, /ip4/127.0.0.1/tcp/1234",
    "/ipfs/" + PEER + ", /p2p/" + PEER,
    "/p2p/bafzbeie5745rpv2m6tjyuugywy4d5ewrqgqqhfnf445he3omzpjbx5xqxe,"
        + " /p2p/QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N",
    "/p2p/bafzaajaiaejcalj543iwv2d7pkjt7ykvefrkfu7qjfi6sduakhso4lay6abn2d5u,"
        + " /p2p/12D3KooWCryG7Mon9orvQxcS1rYZjotPgpwoJNHHKcLLfE4Hf5mV",
    "/ip6/0001:08a0:00c5:4201:3ac9:86ff:fe31:0709, /ip6/1:8a0:c5:4201:3ac9:86ff:fe31:709",
    "/ip6/0000:0000:0000:0000:0000:0000:0000:0001, /ip6/::1",
    "/ip6/::00:0:000:0:001, /ip6/::1",
    "/ip6/::101.45.75.219/tcp/9090, /ip6/::652d:4bdb/tcp/9090",
    "/ip6/0:00:0000:0002:0000:059c:0a24:0801/tcp/64142, /ip6/::2:0:59c:a24:801/tcp/64142",
    "/ip6/2001:DB8::A, /ip6/2001:db8::a",
    "/ip6/2001:db8:0:0:1:0:0:1, /ip6/2001:db8::1:0:0:1",
    "/ip6/2001:db8:0:1:1:1:1:1, /ip6/2001:db8:0:1:1:1:1:1",
    "/ip6/2001:0:0:1:0:0:0:1, /ip6/2001:0:0:1::1",
    "/ip6/1:2:3:4:5:6:7::, /ip6/1:2:3:4:5:6:7:0",
    "/ip6/1::, /ip6/1::",
    "/ip6/0:0:0:0:0:ffff:7f00:1, /ip6/::ffff:127.0.0.1",
    "/certhash/b2uaraocy6yrdblb4sfptaddgimjmmpy, ''",
    "/certhash/zQmbWTwYGcmdyK9CYfNBcfs9nhZs17a6FQ4Y8oea278xx41,"
        + " /certhash/uEiDDq4_xNyDorZBH3TlGazyJdOWSwvo4PUo5YHFMrvDE8g"
  })
  void parse_otherText_isMadeCanonical(String text, String canonical) {
    if (canonical.isEmpty()) { // a hash function that is not known here
      assertThatThrownBy(() -> Multiaddr.parse(text)).hasMessageContaining("multihash code");
    } else {
      assertThat(Multiaddr.parse(text)).hasToString(canonical);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/ip4",
        "/ip4/::1",
        "/ip4/fdpsofodsajfdoisa",
        "/ip4/1.2.3",
        "/ip4/1.2.3.4.5",
        "/ip4/1.2.3.256",
        "/ip4/1.2.3.04",
        "/ip4/1.2.3.+4",
        "/ip4/1.2..4",
        "/ip4/1.2.3.1000000000000",
        "/ip4/١.2.3.4",
        "/ip6",
        "/ip6/1.2.3.4",
        "/ip6/:",
        "/ip6/:::",
        "/ip6/::1::",
        "/ip6/1:2:3:4:5:6:7",
        "/ip6/1:2:3:4:5:6:7:8:9",
        "/ip6/1:2:3:4:5:6:7:8::",
        "/ip6/1:2:3:4::5:6:7:8",
        "/ip6/12345::",
        "/ip6/g::",
        "/ip6/:1:2:3:4:5:6:7",
        "/ip6/1.2.3.4::",
        "/ip6/::1.2.3.4:5",
        "/ip6/1:2:3:4:5:6:7:1.2.3.4",
        "/ip6/fe80::1%eth0",
        "/ip6zone",
        "/ip6zone/",
        "/ip6zone//ip6/fe80::1",
        "/udp",
        "/tcp",
        "/udp/65536",
        "/tcp/65536",
        "/tcp/065",
        "/tcp/+65",
        "/quic/65536",
        "/quic-v1/65536",
        "/udp/1234/udt/1234",
        "/ip4/127.0.0.1/udp/jfodsajfidosajfoidsa",
        "/ip4/127.0.0.1/udp",
        "/ip4/127.0.0.1/tcp/jfodsajfidosajfoidsa",
        "/ip4/127.0.0.1/tcp",
        "/ip4/127.0.0.1/quic/1234",
        "/ip4/127.0.0.1/quic-v1/1234",
        "/ip4/127.0.0.1/udp/1234/quic-v1/webtransport/certhash",
        "/ip4/127.0.0.1/udp/1234/quic-v1/webtransport/certhash/b2uaraocy6yrdblb4sfptaddgimjmmp",
        "/ip4/127.0.0.1/ipfs",
        "/ip4/127.0.0.1/ipfs/tcp",
        "/ip4/127.0.0.1/p2p",
        "/ip4/127.0.0.1/p2p/tcp",
        "/ip4/1.2.3.4/tcp/-1",
        "/ip4/127.0.0.1/tcp/9090/http/p2p-webcrt-direct",
        "/memory/92233720368547758081",
        "/memory/18446744073709551616",
        "/memory/test",
        "/",
        "",
        "//",
        "ip4/1.2.3.4",
        "/ip4/1.2.3.4//tcp/80",
        "/ip4/1.2.3.4/tcp/80//",
        "/ip4/127.0.0.1/unknown",
        "/IP4/127.0.0.1",
        "/dns/a b",
        "/dns/a\u202eb",
        "/dns/\ud800",
        "/p2p/QmxoHT6iViN5xAjoz1VZ553cL31U9F94ht3QvWR1FrEbZY",
        "/p2p/k2k4r8oqamigqdo6o7hsbfwd45y70oyynp98usk7zmyfrzpqxh1pohl-",
        "/p2p/?unknownmultibase",
        "/p2p/bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"
      })
  void parse_wrong_isRefused(String text) {
    assertThatThrownBy(() -> Multiaddr.parse(text)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Multiaddr.decodeText(text)).isInstanceOf(WireException.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          /ip4/127.0.0.1/tcp/99999 | component 2 (/tcp): port 99999 is above 65535
          /ip4/127.0.0.1/tcp/x | component 2 (/tcp): port 'x' is not a number of 0 to 65535 without leading zeros
          /ip4/127.0.0.1/tcp | component 2 (/tcp): its value is missing
          /ip4/127.0.0.1/tcp/1//ws | component 3: there is no protocol's name between two slashes
          /ip4/1.2.3/tcp/1 | component 1 (/ip4): '1.2.3' is not an IPv4 address: four numbers of 0 to 255 with dots between
          /ip6/fe80::1%eth0 | component 1 (/ip6): 'fe80::1%eth0' has a zone, which belongs in front: /ip6zone/<zone>/ip6/<address>
          127.0.0.1:4001 | an address starts with a slash, as in /ip4/127.0.0.1/tcp/4001
          / | an address has at least one component
          /ip6zone/a b | component 1 (/ip6zone): name 'a\\u0020b' has a slash, a space or an invisible character
          /p2p/12D3KooW0 | component 1 (/p2p): '0' at position 9 is not in the alphabet of base58btc (no 0, O, I, l)
          /p2p/bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku | component 1 (/p2p): CID has codec 0x55, not 0x72, that of a peer id
          """)
  void parse_wrong_saysWhatAndWhere(String text, String message) {
    assertThatThrownBy(() -> Multiaddr.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageEndingWith("': " + message);
  }

  @Test
  void parse_unknownProtocol_namesTheKnownOnes() {
    assertThatThrownBy(() -> Multiaddr.parse("/ip4/127.0.0.1/tpc/80"))
        .hasMessage(
            "address '/ip4/127.0.0.1/tpc/80': component 2: protocol 'tpc' is not known here; what is"
                + " known: ip4, tcp, ip6, ip6zone, dns, dns4, dns6, dnsaddr, udp, webrtc-direct,"
                + " webrtc, p2p-circuit, p2p, https, tls, sni, noise, quic, quic-v1, webtransport,"
                + " certhash, ws, wss, http, memory");
  }

  @Test
  void parse_aboveTheLimits_isRefused() {
    assertThat(Multiaddr.parse("/ws".repeat(32)).components()).hasSize(32);
    assertThatThrownBy(() -> Multiaddr.parse("/ws".repeat(33)))
        .hasMessageEndingWith("address has at most 32 components");
    assertThatThrownBy(() -> Multiaddr.parse("/" + "x".repeat(4096)))
        .hasMessage("address of 4097 characters is above 4096");
    assertThatThrownBy(() -> Multiaddr.parse(("/dns/" + "a".repeat(255)).repeat(4)))
        .hasMessageEndingWith("address has at most 1024 B as bytes, not 1032");
    assertThatThrownBy(() -> Multiaddr.parse("/dns/" + "a".repeat(256)))
        .hasMessageEndingWith("component 1 (/dns): name has 1 to 255 B of UTF-8, not 256");
  }

  @ParameterizedTest
  @CsvSource({
    "'', 'address has 1 to 1024 B, not 0'",
    "8401, 'address, component 1 (at byte 0): protocol code 132 is not known here'",
    "047f0000018401, 'address, component 2 (at byte 5): protocol code 132 is not known here'",
    "047f0000, 'address, component 1 (at byte 0): /ip4: value of 4 B is cut short at 3'",
    "8406047f000001, 'address, component 1 (at byte 0): protocol code 772 is not known here'",
    "8400, 'address, component 1 (at byte 0): varint of 2 bytes is not in its shortest form'",
    "80, 'address, component 1 (at byte 0): varint ends after 1 bytes without its last one'",
    "3500, 'address, component 1 (at byte 0): /dns: name has 1 to 255 B of UTF-8, not 0'",
    "350561, 'address, component 1 (at byte 0): /dns: length is 5, but only 1 B follow'",
    "35ffffffffffffffff7f, 'address, component 1 (at byte 0): /dns:"
        + " length 9223372036854775807 is above the limit of 1024 B'",
    "3501ff, 'address, component 1 (at byte 0): /dns: text of 1 B is not valid UTF-8'",
    "3503612f62, 'address, component 1 (at byte 0): /dns: name ''a/b'' has a slash, a space or an"
        + " invisible character'",
    "a503221221c05877cbae039d70a5e600ea02c6f9f2942439285c9e344e26f8d280c850fad6, 'address,"
        + " component 1 (at byte 0): /p2p: sha2-256 multihash has 32 B, not 33'",
    "a50300, 'address, component 1 (at byte 0): /p2p: multihash: varint ends after 0 bytes without"
        + " its last one'"
  })
  void decode_wrong_saysWhatAndWhere(String hex, String message) {
    assertThatThrownBy(() -> Multiaddr.decode(Bytes.fromHex(hex)))
        .isInstanceOf(WireException.class)
        .hasMessage(message);
  }

  @Test
  void decode_aboveTheLimits_isRefused() throws WireException {
    assertThat(Multiaddr.decode(Bytes.fromHex("dd03".repeat(32))).components()).hasSize(32);
    assertThatThrownBy(() -> Multiaddr.decode(Bytes.fromHex("dd03".repeat(33))))
        .hasMessage("address has at most 32 components");
    assertThatThrownBy(() -> Multiaddr.decode(Bytes.copyOf(new byte[1025])))
        .hasMessage("address has 1 to 1024 B, not 1025");
  }

  private static List<String> goodTexts() {
    return List.of(
        "/ip4/127.0.0.1/udp/1234/quic-v1/webtransport/certhash/"
            + "uEiDDq4_xNyDorZBH3TlGazyJdOWSwvo4PUo5YHFMrvDE8g/p2p/"
            + PEER,
        "/ip6zone/eth0/ip6/fe80::1/tcp/4001/tls/sni/a.example/ws",
        "/dns4/minga.example/tcp/443/p2p/"
            + PEER
            + "/p2p-circuit/p2p/"
            + "12D3KooWCryG7Mon9orvQxcS1rYZjotPgpwoJNHHKcLLfE4Hf5mV",
        "/memory/77/http");
  }

  @Test
  void decode_hostileInputs_roundTripAsBytesAndAsText() {
    List<byte[]> corpus = new ArrayList<>();
    goodTexts().forEach(text -> corpus.add(Multiaddr.parse(text).toBytes().toByteArray()));
    Hostile.fuzz(
        1,
        corpus,
        input -> {
          Multiaddr addr = Multiaddr.decode(Bytes.copyOf(input));
          check(addr.toBytes().equals(Bytes.copyOf(input)), addr);
          check(Multiaddr.of(addr.components()).equals(addr), addr);
          check(Multiaddr.decodeText(addr.toString()).equals(addr), addr);
          return addr;
        });
  }

  @Test
  void decodeText_hostileInputs_areRefusedOrMadeCanonical() {
    List<byte[]> corpus = new ArrayList<>();
    goodTexts().forEach(text -> corpus.add(text.getBytes(ISO_8859_1)));
    Hostile.fuzz(
        1,
        corpus,
        input -> {
          Multiaddr addr = Multiaddr.decodeText(new String(input, ISO_8859_1));
          check(Multiaddr.decode(addr.toBytes()).equals(addr), addr);
          check(Multiaddr.decodeText(addr.toString()).equals(addr), addr);
          return addr;
        });
  }

  private static void check(boolean holds, Multiaddr addr) {
    if (!holds) {
      throw new AssertionError(addr + " (" + addr.toBytes() + ") does not round trip");
    }
  }
}
