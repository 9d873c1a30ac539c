package io.minga.libp2p.mdns.netty;

import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Multiaddr;
import java.util.List;

/** Is told of peers that may be near. */
@FunctionalInterface
public interface MdnsListener {
  /**
   * Somebody on a link says that {@code peer} is at {@code addresses}, which are without the {@code
   * /p2p} part. A hint, and no more: only a handshake proves who is there. Called on an event loop,
   * so it must not block; again after a while for a peer that is still heard of.
   */
  void found(PeerId peer, List<Multiaddr> addresses);
}
