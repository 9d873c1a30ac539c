package io.minga.libp2p.discovery;

import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.libp2p.multiformats.Multihash;
import io.minga.libp2p.wire.WireException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What discovery asks of addresses. */
final class Addresses {
  private Addresses() {}

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

  /** Those of {@code addresses} that may be of {@code peer}, each once, without its id. */
  static List<Multiaddr> of(PeerId peer, List<Multiaddr> addresses) {
    Set<Multiaddr> kept = new LinkedHashSet<>();
    for (Multiaddr address : addresses) {
      Optional<PeerId> named = peer(address);
      if (named.isEmpty() || named.get().equals(peer)) {
        address.decapsulatePeer().ifPresent(kept::add);
      }
    }
    return List.copyOf(kept);
  }
}
