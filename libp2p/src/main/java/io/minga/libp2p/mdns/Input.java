package io.minga.libp2p.mdns;

import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.libp2p.peers.IpAddress;
import java.util.List;

/** What happens to {@link MdnsDiscovery}. */
public sealed interface Input {
  /** A message came in on {@code link} from {@code port} of {@code source}. */
  record Received(LinkId link, IpAddress source, int port, DnsMessage message) implements Input {}

  /** These are the links that there are now. */
  record LinksChanged(List<Link> links) implements Input {}

  /** These are the addresses that we listen on now, wildcards resolved or not. */
  record ListenChanged(List<Multiaddr> addresses) implements Input {}

  /** Time has passed. */
  record Tick() implements Input {}

  /** It is over: others are told, and nothing happens after it. */
  record Stop() implements Input {}
}
