package io.minga.libp2p.mdns;

import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.libp2p.wire.Bytes;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Responses as go, rust and js send them, put together byte by byte, without our writer: go
 * compresses names and has one TXT with all strings; rust repeats names, has a TXT for each address
 * and a name without the service; js puts TXT among the answers.
 */
final class Shapes {
  static final PeerId PEER = PeerId.parse("12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA");
  static final String NAME = "0123456789abcdefghijklmnopqrstuvwxyz";

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private Shapes() {}

  /** The string of a TXT record for an address of {@link #PEER}. */
  static Bytes text(String address) {
    return text(PEER, address);
  }

  static Bytes text(PeerId peer, String address) {
    return Bytes.utf8("dnsaddr=" + address + "/p2p/" + peer);
  }

  static Bytes go() {
    Shapes out = new Shapes();
    out.hex("0000" + "8400" + "0000" + "0001" + "0000" + "0003");
    out.label("_p2p").label("_udp").label("local").hex("00"); // at 12; local at 22
    out.hex("000c" + "0001" + "00000c80" + "0027").label(NAME).hex("c00c"); // the instance at 39
    out.hex("c027" + "0021" + "0001" + "00000c80" + "0032" + "0000" + "0000" + "0fa1");
    int host = out.out.size();
    out.label(NAME).label("local").hex("00");
    Bytes first = text("/ip4/192.0.2.7/tcp/4001");
    Bytes second = text("/ip6/fd00::7/tcp/4001");
    out.hex("c027" + "0010" + "0001" + "00000c80");
    out.u16(first.length() + second.length() + 2).string(first).string(second);
    out.u16(0xc000 | host).hex("0001" + "0001" + "00000c80" + "0004" + "c0000207");
    return out.bytes();
  }

  static Bytes rust() {
    Shapes out = new Shapes();
    out.hex("1234" + "8400" + "0000" + "0001" + "0000" + "0002");
    out.label("_p2p").label("_udp").label("local").hex("00");
    out.hex("000c" + "0001" + "00000168" + "0026").label(NAME).hex("00");
    for (String address : List.of("/ip4/192.0.2.7/tcp/4001", "/ip6/fd00::7/tcp/4001")) {
      Bytes text = text(address);
      out.label(NAME).hex("00" + "0010" + "8001" + "00000168");
      out.u16(text.length() + 1).string(text);
    }
    return out.bytes();
  }

  static Bytes js() {
    Shapes out = new Shapes();
    out.hex("0000" + "8400" + "0000" + "0002" + "0000" + "0000");
    out.label("_p2p").label("_udp").label("local").hex("00");
    out.hex("000c" + "0001" + "00000078" + "0036");
    out.label(NAME).label("_p2p").label("_udp").label("local").hex("00");
    Bytes text = text("/ip4/192.0.2.7/tcp/4001");
    out.label(NAME).label("_p2p").label("_udp").label("local").hex("00");
    out.hex("0010" + "0001" + "00000078").u16(text.length() + 1).string(text);
    return out.bytes();
  }

  /** What we say ourselves. */
  static DnsMessage announcement() {
    List<Multiaddr> addresses =
        List.of(
            Multiaddr.parse("/ip4/192.0.2.7/tcp/4001"), Multiaddr.parse("/ip4/192.0.2.7/tcp/4002"));
    return new Announcement("_p2p._udp.local", NAME, PEER, addresses, 16).message(0, false, 600);
  }

  private Shapes hex(String digits) {
    out.writeBytes(Bytes.fromHex(digits).toByteArray());
    return this;
  }

  private Shapes label(String label) {
    out.write(label.length());
    out.writeBytes(label.getBytes(StandardCharsets.US_ASCII));
    return this;
  }

  private Shapes u16(int value) {
    out.write(value >>> 8);
    out.write(value);
    return this;
  }

  private Shapes string(Bytes string) {
    out.write(string.length());
    out.writeBytes(string.toByteArray());
    return this;
  }

  private Bytes bytes() {
    return Bytes.copyOf(out.toByteArray());
  }
}
