package io.minga.libp2p.mdns;

import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.libp2p.peers.IpAddress;
import java.util.List;

/** What {@link MdnsDiscovery} wants done. */
public sealed interface Effect {
  /** Send to the group on {@code link}. */
  record Multicast(LinkId link, DnsMessage message) implements Effect {}

  /** Send to one peer on {@code link}. */
  record Unicast(LinkId link, IpAddress to, int port, DnsMessage message) implements Effect {}

  /** There may be a peer at these addresses, the one heard of last first; nothing is proved. */
  record Found(PeerId peer, List<Multiaddr> addresses) implements Effect {}
}
