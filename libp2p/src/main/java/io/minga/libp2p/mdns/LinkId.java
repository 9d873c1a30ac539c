package io.minga.libp2p.mdns;

/**
 * A network interface and a version of IP: the unit in which discovery listens and speaks.
 *
 * @param networkInterface the interface's name
 * @param ip6 whether the group is that of IPv6
 */
public record LinkId(String networkInterface, boolean ip6) {
  @Override
  public String toString() {
    return networkInterface + (ip6 ? " (IPv6)" : " (IPv4)");
  }
}
