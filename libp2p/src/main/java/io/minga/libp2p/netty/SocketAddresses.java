package io.minga.libp2p.netty;

import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.libp2p.multiformats.Multiaddr.Component;
import io.minga.libp2p.multiformats.Multihash;
import io.minga.libp2p.multiformats.Protocol;
import io.minga.libp2p.wire.WireException;
import io.netty.channel.local.LocalAddress;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/** Translates between multiaddrs and the addresses of Netty's channels. */
final class SocketAddresses {
  private static final String MEMORY_PREFIX = "minga-memory-";
  private static final AtomicLong LAST_FREE_MEMORY_ADDRESS = new AtomicLong(1L << 62);

  private SocketAddresses() {}

  /**
   * Where to listen for {@code address}.
   *
   * @throws IllegalArgumentException with a clause that says why that can't be
   */
  static SocketAddress toListen(Multiaddr address) {
    if (isMemory(address)) {
      String number = memoryNumber(address);
      return new LocalAddress(
          MEMORY_PREFIX
              + (number.equals("0") ? LAST_FREE_MEMORY_ADDRESS.incrementAndGet() : number));
    }
    OptionalInt port = tcpPort(address);
    Optional<InetAddress> ip = ip(address);
    if (port.isEmpty() || ip.isEmpty()) {
      throw new IllegalArgumentException(
          "can't listen on "
              + address
              + ": it should be like /ip4/0.0.0.0/tcp/4001, /ip6/::/tcp/4001 or /memory/1");
    }
    return new InetSocketAddress(ip.get(), port.getAsInt());
  }

  /**
   * Where to dial {@code address}; a name is left to be resolved.
   *
   * @throws IllegalArgumentException with a clause that says why that can't be
   */
  static SocketAddress toDial(Multiaddr address) {
    if (isMemory(address)) {
      return new LocalAddress(MEMORY_PREFIX + memoryNumber(address));
    }
    OptionalInt port = tcpPort(address);
    if (port.isEmpty()) {
      throw new IllegalArgumentException("no transport here speaks " + address);
    }
    Optional<InetAddress> ip = ip(address);
    if (ip.isPresent()) {
      return new InetSocketAddress(ip.get(), port.getAsInt());
    }
    Optional<String> name = address.dnsName();
    if (name.isEmpty() || address.has(Protocol.DNSADDR)) {
      throw new IllegalArgumentException("no transport here speaks " + address);
    }
    return InetSocketAddress.createUnresolved(name.get(), port.getAsInt());
  }

  /** The multiaddr of a socket's end. */
  static Multiaddr toMultiaddr(SocketAddress address) {
    if (address instanceof InetSocketAddress inet) {
      return Multiaddr.tcp(inet.getAddress(), inet.getPort());
    }
    // A dialler's own end in memory has a name that nobody can dial.
    String id = address instanceof LocalAddress local ? local.id() : "";
    String number = id.startsWith(MEMORY_PREFIX) ? id.substring(MEMORY_PREFIX.length()) : "0";
    return Multiaddr.of(List.of(Component.of(Protocol.MEMORY, number)));
  }

  /** The addresses under which a listening socket can be reached: a wildcard is all interfaces. */
  static List<Multiaddr> reachable(SocketAddress bound) {
    if (!(bound instanceof InetSocketAddress inet) || !inet.getAddress().isAnyLocalAddress()) {
      return List.of(toMultiaddr(bound));
    }
    boolean ip6 = inet.getAddress() instanceof Inet6Address;
    List<Multiaddr> addresses = new ArrayList<>();
    try (Stream<NetworkInterface> interfaces = NetworkInterface.networkInterfaces()) {
      interfaces
          .filter(SocketAddresses::isUp)
          .flatMap(NetworkInterface::inetAddresses)
          .filter(ip -> ip6 || !(ip instanceof Inet6Address))
          .filter(ip -> !ip.isLinkLocalAddress())
          .map(ip -> Multiaddr.tcp(ip, inet.getPort()))
          .forEach(addresses::add);
    } catch (SocketException e) {
      // Nothing is known of the interfaces: the wildcard itself says at least the port.
      addresses.add(toMultiaddr(bound));
    }
    return addresses;
  }

  /** The peer that {@code address} ends in. */
  static Optional<PeerId> peer(Multiaddr address) {
    Optional<Multihash> multihash = address.peerId();
    try {
      return multihash.isEmpty()
          ? Optional.empty()
          : Optional.of(PeerId.decode(multihash.get().toBytes()));
    } catch (WireException e) {
      return Optional.empty();
    }
  }

  private static boolean isUp(NetworkInterface networkInterface) {
    try {
      return networkInterface.isUp();
    } catch (SocketException e) {
      return false; // gone since it was listed
    }
  }

  private static boolean isMemory(Multiaddr address) {
    return address.components().get(0).protocol() == Protocol.MEMORY
        && withoutPeer(address).components().size() == 1;
  }

  private static String memoryNumber(Multiaddr address) {
    return address.components().get(0).toString().substring("/memory/".length());
  }

  /** The port, if the address is nothing but plain TCP to a host. */
  private static OptionalInt tcpPort(Multiaddr address) {
    Multiaddr plain = withoutPeer(address);
    int hostComponents = plain.zone().isPresent() ? 2 : 1;
    return plain.components().size() == hostComponents + 1 ? plain.tcpPort() : OptionalInt.empty();
  }

  private static Multiaddr withoutPeer(Multiaddr address) {
    return address.decapsulatePeer().orElse(address);
  }

  private static Optional<InetAddress> ip(Multiaddr address) {
    Optional<InetAddress> ip = address.ip();
    Optional<String> zone = address.zone();
    if (ip.isEmpty() || zone.isEmpty()) {
      return ip;
    }
    try {
      NetworkInterface scope = NetworkInterface.getByName(zone.get());
      if (scope == null) {
        throw new IllegalArgumentException(
            "this machine has no network interface "
                + zone.get()
                + ", which "
                + address
                + " names");
      }
      return Optional.of(Inet6Address.getByAddress(null, ip.get().getAddress(), scope));
    } catch (SocketException | UnknownHostException e) {
      throw new IllegalArgumentException(
          "network interface " + zone.get() + " of " + address + " can't be used", e);
    }
  }
}
