package io.minga.libp2p.mdns;

import io.minga.libp2p.gate.Subnet;
import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.libp2p.multiformats.Multiaddr.Component;
import io.minga.libp2p.multiformats.Protocol;
import io.minga.libp2p.peers.IpAddress;
import io.minga.libp2p.wire.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A link and our addresses on its interface, of both versions of IP.
 *
 * @param loopback whether only this machine is on it
 */
public record Link(LinkId id, boolean loopback, List<Address> addresses) {
  /** An address of ours, and how many of its bits it shares with all others on the link. */
  public record Address(IpAddress ip, int prefixLength) {}

  /** A link whose addresses no longer change. */
  public Link {
    addresses = List.copyOf(addresses);
  }

  /** Whether {@code source} is on the link: what comes from beyond it isn't for us. */
  boolean isOnLink(IpAddress source) {
    boolean ip6 = source.bitLength() == 128;
    if (ip6 != id.ip6()) {
      return false;
    }
    if (ip6 && isLinkLocal6(source)) {
      return !loopback;
    }
    return isOurs(source)
        || addresses.stream()
            .filter(address -> address.ip().bitLength() == source.bitLength())
            .anyMatch(address -> subnet(address).contains(source));
  }

  private static Subnet subnet(Address address) {
    return new Subnet(address.ip().prefix(address.prefixLength()), address.prefixLength());
  }

  /** Whether {@code ip} is an address of this machine on this link. */
  boolean isOurs(IpAddress ip) {
    return addresses.stream().anyMatch(address -> address.ip().equals(ip));
  }

  /**
   * Of our listen addresses those that peers on this link can dial: on an address of this
   * interface, or on all addresses, for which this interface's stand.
   */
  List<Multiaddr> reachable(List<Multiaddr> listen) {
    List<Multiaddr> reachable = new ArrayList<>();
    for (Multiaddr address : listen) {
      Optional<IpAddress> ip = IpAddress.of(address);
      if (ip.isEmpty() || address.has(Protocol.P2P_CIRCUIT) || address.zone().isPresent()) {
        continue;
      }
      if (isWildcard(ip.get())) {
        addresses.stream()
            .map(Address::ip)
            .filter(own -> own.bitLength() == ip.get().bitLength() && !isLinkLocal6(own))
            .map(own -> withIp(address, own))
            .forEach(reachable::add);
      } else if (isOurs(ip.get()) && !isLinkLocal6(ip.get())) {
        reachable.add(address);
      }
    }
    return reachable.stream().distinct().toList();
  }

  /**
   * What a peer at {@code source} says is its address, as we can dial it from here; empty if that
   * makes no sense.
   */
  Optional<Multiaddr> dialable(Multiaddr address, IpAddress source) {
    Optional<IpAddress> ip = IpAddress.of(address);
    if (ip.isEmpty()) {
      return address.dnsName().map(name -> address);
    }
    if (isWildcard(ip.get()) || isMulticast(ip.get())) {
      return Optional.empty();
    }
    if (ip.get().isLoopback() && !loopback && !isOurs(source)) {
      return Optional.empty(); // that would be ourselves
    }
    if (isLinkLocal6(ip.get())) {
      // A zone is an interface's name on one machine, and means nothing on another.
      List<Component> components = new ArrayList<>(address.components());
      components.removeIf(component -> component.protocol() == Protocol.IP6ZONE);
      components.add(0, Component.of(Protocol.IP6ZONE, id.networkInterface()));
      return Optional.of(Multiaddr.of(components));
    }
    return Optional.of(address);
  }

  private static Multiaddr withIp(Multiaddr address, IpAddress ip) {
    List<Component> components = new ArrayList<>(address.components());
    Protocol protocol = ip.bitLength() == 32 ? Protocol.IP4 : Protocol.IP6;
    components.set(0, new Component(protocol, ip.bytes()));
    return Multiaddr.of(components);
  }

  private static boolean isWildcard(IpAddress ip) {
    return ip.prefix(ip.bitLength()).equals(ip.prefix(0));
  }

  private static boolean isMulticast(IpAddress ip) {
    int first = ip.bytes().at(0);
    return ip.bitLength() == 32 ? first >= 224 : first == 0xff;
  }

  static boolean isLinkLocal6(IpAddress ip) {
    Bytes bytes = ip.bytes();
    return bytes.length() == 16 && bytes.at(0) == 0xfe && (bytes.at(1) & 0xc0) == 0x80;
  }
}
