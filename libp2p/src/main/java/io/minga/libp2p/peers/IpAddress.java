package io.minga.libp2p.peers;

import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.libp2p.multiformats.Protocol;
import io.minga.libp2p.wire.Bytes;
import java.util.Optional;

/**
 * An IPv4 or IPv6 address: 4 or 16 bytes. An IPv4 address mapped into IPv6 is the IPv4 address, or
 * lists of subnets could be walked around.
 */
public record IpAddress(Bytes bytes) {
  private static final Bytes MAPPED = Bytes.fromHex("00000000000000000000ffff");
  private static final Bytes LOOPBACK_6 = Bytes.fromHex("00000000000000000000000000000001");

  /** The address of 4 or 16 bytes. */
  public IpAddress {
    if (bytes.length() != 4 && bytes.length() != 16) {
      throw new IllegalArgumentException("an IP address has 4 or 16 bytes, not " + bytes.length());
    }
    if (bytes.length() == 16 && bytes.slice(0, 12).equals(MAPPED)) {
      bytes = bytes.slice(12, 16);
    }
  }

  /** The IP address that {@code address} begins with, if it begins with one. */
  public static Optional<IpAddress> of(Multiaddr address) {
    return address.ip().map(ip -> new IpAddress(Bytes.copyOf(ip.getAddress())));
  }

  /**
   * Parses {@code 192.0.2.1} or {@code 2001:db8::1}.
   *
   * @throws IllegalArgumentException if it is neither, with what would be right
   */
  public static IpAddress parse(String text) {
    String protocol = text.contains(":") ? "/ip6/" : "/ip4/";
    Optional<IpAddress> ip =
        text.contains("/") ? Optional.empty() : of(Multiaddr.parse(protocol + text));
    return ip.orElseThrow(
        () -> new IllegalArgumentException("'" + text + "' is not an IP address"));
  }

  /** How many bits the address has: 32 or 128. */
  public int bitLength() {
    return 8 * bytes.length();
  }

  /** The address with all bits after the first {@code bits} zero. */
  public IpAddress prefix(int bits) {
    byte[] prefix = bytes.toByteArray();
    for (int i = 0; i < prefix.length; i++) {
      int kept = Math.max(0, Math.min(8, bits - 8 * i));
      prefix[i] &= (byte) (0xff << (8 - kept));
    }
    return new IpAddress(Bytes.copyOf(prefix));
  }

  /** Whether it is of this very machine: 127.0.0.0/8 or ::1. */
  public boolean isLoopback() {
    return bytes.length() == 4 ? bytes.at(0) == 127 : bytes.equals(LOOPBACK_6);
  }

  /** Whether it is of a local network: RFC 1918, shared (RFC 6598), link-local or unique local. */
  public boolean isPrivate() {
    int a = bytes.at(0);
    int b = bytes.at(1);
    if (bytes.length() == 16) {
      return (a & 0xfe) == 0xfc || (a == 0xfe && (b & 0xc0) == 0x80);
    }
    return a == 10
        || (a == 172 && (b & 0xf0) == 16)
        || (a == 192 && b == 168)
        || (a == 169 && b == 254)
        || (a == 100 && (b & 0xc0) == 64);
  }

  /** The address as text, as in a multiaddr. */
  @Override
  public String toString() {
    Protocol protocol = bytes.length() == 4 ? Protocol.IP4 : Protocol.IP6;
    return new Multiaddr.Component(protocol, bytes).text();
  }
}
