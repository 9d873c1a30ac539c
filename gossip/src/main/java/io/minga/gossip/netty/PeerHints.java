package io.minga.gossip.netty;

import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Multiaddr;
import java.util.List;

/**
 * Whoever decides which peers are dialled, such as the host's {@code NettyDiscovery::hint}: hears
 * of peers that others recommend when they prune. Is called on the gossip loop, and must not block.
 */
@FunctionalInterface
public interface PeerHints {
  /** {@code peer} itself says, by its signed record, that it is at these addresses. */
  void hint(PeerId peer, List<Multiaddr> addresses);
}
