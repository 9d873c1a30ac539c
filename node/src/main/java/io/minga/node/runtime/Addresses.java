package io.minga.node.runtime;

import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Multiaddr;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Where peers said that they are, those heard of last if there are too many. Of the loop. */
final class Addresses {
  private final int peersMax;
  private final Map<PeerId, List<Multiaddr>> byPeer = new LinkedHashMap<>();

  Addresses(int peersMax) {
    this.peersMax = peersMax;
  }

  void heard(PeerId peer, List<Multiaddr> addresses) {
    byPeer.remove(peer); // it becomes the last
    byPeer.put(peer, addresses);
    if (byPeer.size() > peersMax) {
      byPeer.remove(byPeer.keySet().iterator().next());
    }
  }

  List<Multiaddr> of(PeerId peer) {
    return byPeer.getOrDefault(peer, List.of());
  }
}
