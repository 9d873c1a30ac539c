package io.minga.libp2p.discovery;

import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;

/** Peers that tests tell apart by a number of any size. */
final class Peers {
  private Peers() {}

  static PeerId numbered(int number) {
    try {
      return PeerId.decode(Bytes.fromHex("1220" + "%08x".formatted(number).repeat(8)));
    } catch (WireException impossible) {
      throw new AssertionError(impossible);
    }
  }
}
