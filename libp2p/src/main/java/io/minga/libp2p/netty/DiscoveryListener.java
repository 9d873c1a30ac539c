package io.minga.libp2p.netty;

import io.minga.libp2p.discovery.Source;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Multiaddr;

/** Who is told how the network is found. Calls come from an event loop and must not block. */
public interface DiscoveryListener {
  /** The first connection with {@code peer} is there; {@code source} is how it was found. */
  default void joined(PeerId peer, Source source, Multiaddr remoteAddress) {}

  /** The last connection with {@code peer} is gone. */
  default void left(PeerId peer) {}

  /** Something does not work so far, and is tried on or done without: a sentence for a person. */
  default void trouble(String sentence) {}
}
