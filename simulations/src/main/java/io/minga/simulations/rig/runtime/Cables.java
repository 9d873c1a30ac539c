package io.minga.simulations.rig.runtime;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Cables from network namespaces, one for each peer, to that of this process, which is to be one of
 * the rig's own.
 *
 * <p>Nothing is forwarded. What a peer sends to another's address is for this process ({@code
 * local} route), so the {@link Relay} accepts it, sees by both addresses who wants to talk to whom,
 * and connects on, from the one's address to the other's: what the relay sends goes out by the
 * cables ({@code iif lo}). So peers see each other's true addresses, and can't go around the relay.
 *
 * <p>A pair can also be cut, in one direction or both: then packets vanish, as behind a broken
 * switch, and nobody is told.
 */
final class Cables {
  /** Where all listen. */
  static final int PORT = 4001;

  private static final Path SETTINGS = Path.of("/proc/sys/net/ipv4/conf");

  /** Lays cables to so many peers. */
  Cables(int peers) throws RigException, InterruptedException {
    Programs.run("mount -t tmpfs tmpfs /run"); // for the names of namespaces; ours alone
    Programs.run("ip link set lo up");
    Programs.run("ip rule add pref 1000 lookup local");
    Programs.run("ip rule del pref 0");
    Programs.run("ip rule add pref 50 iif lo to 10.77.0.0/24 lookup 200");
    Programs.run("ip route add local 10.77.0.0/24 dev lo");
    for (int i = 0; i < peers; i++) {
      lay(i);
    }
    allow("all");
  }

  private static void lay(int peer) throws RigException, InterruptedException {
    String name = "peer" + peer;
    Programs.run("ip netns add " + name);
    Programs.run("ip link add %s type veth peer name eth0 netns %s".formatted(name, name));
    Programs.run("ip addr add 169.254.1.1/32 dev " + name);
    Programs.run("ip link set %s up".formatted(name));
    Programs.run("ip -n %s link set lo up".formatted(name));
    Programs.run("ip -n %s addr add %s/32 dev eth0".formatted(name, address(peer)));
    Programs.run("ip -n %s link set eth0 up".formatted(name));
    Programs.run("ip -n %s route add 169.254.1.1 dev eth0".formatted(name));
    Programs.run("ip -n %s route add default via 169.254.1.1".formatted(name));
    Programs.run("ip route add %s/32 dev %s table 200".formatted(address(peer), name));
    allow(name);
  }

  /** Lets packets come from addresses that are this namespace's, too. */
  private static void allow(String name) throws RigException {
    try {
      Files.writeString(SETTINGS.resolve(name).resolve("rp_filter"), "0");
      Files.writeString(SETTINGS.resolve(name).resolve("accept_local"), "1");
    } catch (IOException e) {
      throw new RigException("the kernel's settings can't be changed here: " + e.getMessage());
    }
  }

  /** The address of a peer. */
  static String address(int peer) {
    return "10.77.0." + (peer + 1);
  }

  /** Where a peer listens. */
  static InetSocketAddress socket(int peer) throws UnknownHostException {
    byte[] address = {10, 77, 0, (byte) (peer + 1)};
    return new InetSocketAddress(InetAddress.getByAddress(address), PORT);
  }

  /** What runs a command where a peer is. */
  static String[] at(int peer) {
    return new String[] {"ip", "netns", "exec", "peer" + peer};
  }

  /** Has packets from one peer to another vanish. */
  void cut(int from, int to) throws RigException, InterruptedException {
    Programs.run("ip rule add " + vanishing(from, to));
  }

  /** Has them arrive again. */
  void mend(int from, int to) throws RigException, InterruptedException {
    Programs.run("ip rule del " + vanishing(from, to));
  }

  private static String vanishing(int from, int to) {
    return "pref %d from %s to %s blackhole".formatted(10, address(from), address(to));
  }

  /** Has all arrive again. */
  void mendAll() throws InterruptedException {
    while (Programs.failure(List.of("ip", "rule", "del", "pref", "10")).isEmpty()) {
      // There may be more of them.
    }
  }
}
