package io.minga.libp2p.gate;

import io.minga.libp2p.connections.Direction;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.libp2p.peers.IpAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Lists of peers and of subnets that may connect, and of those that may not. Deny wins. An empty
 * allow list allows everyone; with both allow lists filled a connection must be on both. A name
 * that is not resolved yet is in no subnet and is not judged by them. Immutable: replace it as a
 * whole.
 */
public record AllowDeny(
    SortedSet<PeerId> allowedPeers,
    SortedSet<PeerId> deniedPeers,
    List<Subnet> allowedSubnets,
    List<Subnet> deniedSubnets)
    implements ConnectionGater {
  /** Nobody listed, so everyone allowed. */
  public static final AllowDeny NOTHING_LISTED =
      new AllowDeny(List.of(), List.of(), List.of(), List.of());

  /** Copies of the lists. */
  public AllowDeny {
    allowedPeers = Collections.unmodifiableSortedSet(new TreeSet<>(allowedPeers));
    deniedPeers = Collections.unmodifiableSortedSet(new TreeSet<>(deniedPeers));
    allowedSubnets = List.copyOf(allowedSubnets);
    deniedSubnets = List.copyOf(deniedSubnets);
  }

  /** The lists with these members, in any order. */
  public AllowDeny(
      Collection<PeerId> allowedPeers,
      Collection<PeerId> deniedPeers,
      List<Subnet> allowedSubnets,
      List<Subnet> deniedSubnets) {
    this(new TreeSet<>(allowedPeers), new TreeSet<>(deniedPeers), allowedSubnets, deniedSubnets);
  }

  /** These lists and {@code peer} allowed. */
  public AllowDeny allow(PeerId peer) {
    SortedSet<PeerId> peers = new TreeSet<>(allowedPeers);
    peers.add(peer);
    return new AllowDeny(peers, deniedPeers, allowedSubnets, deniedSubnets);
  }

  /** These lists and {@code peer} denied. */
  public AllowDeny deny(PeerId peer) {
    SortedSet<PeerId> peers = new TreeSet<>(deniedPeers);
    peers.add(peer);
    return new AllowDeny(allowedPeers, peers, allowedSubnets, deniedSubnets);
  }

  /** These lists and {@code subnet} allowed. */
  public AllowDeny allow(Subnet subnet) {
    return new AllowDeny(allowedPeers, deniedPeers, with(allowedSubnets, subnet), deniedSubnets);
  }

  /** These lists and {@code subnet} denied. */
  public AllowDeny deny(Subnet subnet) {
    return new AllowDeny(allowedPeers, deniedPeers, allowedSubnets, with(deniedSubnets, subnet));
  }

  @Override
  public Verdict interceptDial(PeerId peer, Multiaddr address) {
    return judge(peer, address);
  }

  @Override
  public Verdict interceptAccept(Multiaddr remote) {
    return judge(remote);
  }

  @Override
  public Verdict interceptSecured(Direction direction, PeerId peer, Multiaddr remote) {
    return judge(peer, remote);
  }

  private Verdict judge(PeerId peer, Multiaddr address) {
    if (deniedPeers.contains(peer)) {
      return new Verdict.Denied("peer " + peer + " is denied");
    }
    if (!allowedPeers.isEmpty() && !allowedPeers.contains(peer)) {
      return new Verdict.Denied("peer " + peer + " is not on the list of allowed peers");
    }
    return judge(address);
  }

  private Verdict judge(Multiaddr address) {
    Optional<IpAddress> ip = IpAddress.of(address);
    if (ip.isEmpty()) {
      return Verdict.ALLOWED;
    }
    for (Subnet subnet : deniedSubnets) {
      if (subnet.contains(ip.get())) {
        return new Verdict.Denied("subnet " + subnet + " is denied");
      }
    }
    if (allowedSubnets.isEmpty()
        || allowedSubnets.stream().anyMatch(subnet -> subnet.contains(ip.get()))) {
      return Verdict.ALLOWED;
    }
    return new Verdict.Denied("address " + ip.get() + " is in none of the allowed subnets");
  }

  private static List<Subnet> with(List<Subnet> subnets, Subnet subnet) {
    List<Subnet> more = new ArrayList<>(subnets);
    if (!more.contains(subnet)) {
      more.add(subnet);
    }
    return more;
  }
}
