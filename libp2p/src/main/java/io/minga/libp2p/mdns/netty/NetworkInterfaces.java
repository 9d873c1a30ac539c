package io.minga.libp2p.mdns.netty;

import io.minga.libp2p.mdns.Link;
import io.minga.libp2p.mdns.LinkId;
import io.minga.libp2p.peers.IpAddress;
import io.minga.libp2p.wire.Bytes;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Which links this machine has at the moment. */
final class NetworkInterfaces {
  /** A machine full of containers has many; a socket for each of them is of no use. */
  private static final int INTERFACES_MAX = 64;

  private NetworkInterfaces() {}

  /**
   * The links of all interfaces that are up and can do multicast.
   *
   * @param wanted the interfaces' names; empty for all
   */
  static List<Link> links(List<String> wanted) throws SocketException {
    List<NetworkInterface> usable =
        NetworkInterface.networkInterfaces()
            .filter(it -> wanted.isEmpty() || wanted.contains(it.getName()))
            .filter(NetworkInterfaces::isUsable)
            .limit(INTERFACES_MAX)
            .toList();
    List<Link> links = new ArrayList<>();
    for (NetworkInterface networkInterface : usable) {
      add(networkInterface, links);
    }
    return links;
  }

  private static void add(NetworkInterface networkInterface, List<Link> links)
      throws SocketException {
    List<Link.Address> addresses =
        networkInterface.getInterfaceAddresses().stream().map(NetworkInterfaces::address).toList();
    boolean loopback = networkInterface.isLoopback();
    // Linux delivers multicast over the loopback interface though it carries no such flag, but
    // has no route for that of IPv6.
    boolean ip6 = networkInterface.supportsMulticast();
    Predicate<Link.Address> isIp6 = address -> address.ip().bitLength() == 128;
    String name = networkInterface.getName();
    if (addresses.stream().anyMatch(isIp6.negate())) {
      links.add(new Link(new LinkId(name, false), loopback, addresses));
    }
    if (ip6 && addresses.stream().anyMatch(isIp6)) {
      links.add(new Link(new LinkId(name, true), loopback, addresses));
    }
  }

  private static Link.Address address(InterfaceAddress address) {
    IpAddress ip = new IpAddress(Bytes.copyOf(address.getAddress().getAddress()));
    // Some systems give no length for some addresses: then nobody shares the link's address.
    int length = address.getNetworkPrefixLength();
    boolean makesSense = length > 0 && length <= ip.bitLength();
    return new Link.Address(ip, makesSense ? length : ip.bitLength());
  }

  private static boolean isUsable(NetworkInterface networkInterface) {
    try {
      return networkInterface.isUp()
          && (networkInterface.supportsMulticast() || networkInterface.isLoopback());
    } catch (SocketException gone) {
      return false; // since it was listed
    }
  }
}
