package io.minga.libp2p.gate;

import io.minga.libp2p.peers.IpAddress;

/** The IP addresses that share their first {@code bits} bits with {@code network}. */
public record Subnet(IpAddress network, int bits) {
  /** A subnet whose network has no bits beyond its own. */
  public Subnet {
    if (bits < 0 || bits > network.bitLength()) {
      throw new IllegalArgumentException(
          "subnet %s/%d: its length is 0 to %d bits".formatted(network, bits, network.bitLength()));
    }
    if (!network.prefix(bits).equals(network)) {
      throw new IllegalArgumentException(
          "subnet %s/%d has bits beyond its length; %s/%d has not"
              .formatted(network, bits, network.prefix(bits), bits));
    }
  }

  /**
   * Parses CIDR notation, {@code 10.0.0.0/8} or {@code fd00::/8}; an address alone is a subnet of
   * itself.
   *
   * @throws IllegalArgumentException if it is none, with what would be right
   */
  public static Subnet parse(String text) {
    int slash = text.indexOf('/');
    IpAddress network = IpAddress.parse(slash < 0 ? text : text.substring(0, slash));
    if (slash < 0) {
      return new Subnet(network, network.bitLength());
    }
    String bits = text.substring(slash + 1);
    if (!bits.matches("[0-9]{1,3}")) {
      throw new IllegalArgumentException(
          "subnet '%s': after the slash comes a number of bits from 0 to %d"
              .formatted(text, network.bitLength()));
    }
    return new Subnet(network, Integer.parseInt(bits));
  }

  /** Whether {@code address} is in this subnet; never for an address of the other IP version. */
  public boolean contains(IpAddress address) {
    return address.bitLength() == network.bitLength() && address.prefix(bits).equals(network);
  }

  @Override
  public String toString() {
    return network + "/" + bits;
  }
}
