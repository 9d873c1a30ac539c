package io.minga.libp2p.peers;

import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;

/** Peers that tests tell apart by a number. */
public final class NumberedPeers {
  private NumberedPeers() {}

  /** The peer of that number, from 0 to 255. */
  public static PeerId peer(int number) {
    try {
      return PeerId.decode(Bytes.fromHex("1220" + "%02x".formatted(number).repeat(32)));
    } catch (WireException impossible) {
      throw new AssertionError(impossible);
    }
  }
}
