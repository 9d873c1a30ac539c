package io.minga.libp2p.mdns;

import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;

/** Peer ids by number, of no key that anybody has. */
final class DiscoveryPeers {
  private DiscoveryPeers() {}

  static PeerId peer(int number) {
    try {
      return PeerId.decode(Bytes.fromHex("1220%064x".formatted(number)));
    } catch (WireException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
