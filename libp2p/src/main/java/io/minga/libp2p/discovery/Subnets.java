package io.minga.libp2p.discovery;

import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.libp2p.peers.IpAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How many peers we have chosen from each subnet, so that whoever owns one can't be all the
 * neighbours that we have.
 */
final class Subnets {
  private static final int IP4_BITS = 24;
  private static final int IP6_BITS = 48;

  private final int max;
  private final boolean exemptsLocal;
  private final Map<IpAddress, Integer> peers = new LinkedHashMap<>();

  Subnets(int max, boolean exemptsLocal) {
    this.max = max;
    this.exemptsLocal = exemptsLocal;
  }

  /** Counts a peer in each subnet that its addresses are of. */
  void add(List<Multiaddr> addresses) {
    addresses.stream()
        .flatMap(address -> subnet(address).stream())
        .distinct()
        .forEach(subnet -> peers.merge(subnet, 1, Integer::sum));
  }

  /** Whether there is room for a peer at {@code address}. */
  boolean hasRoom(Multiaddr address) {
    return subnet(address).map(subnet -> peers.getOrDefault(subnet, 0) < max).orElse(true);
  }

  private Optional<IpAddress> subnet(Multiaddr address) {
    return IpAddress.of(address)
        .filter(ip -> !exemptsLocal || !(ip.isLoopback() || ip.isPrivate()))
        .map(ip -> ip.prefix(ip.bitLength() == 32 ? IP4_BITS : IP6_BITS));
  }
}
