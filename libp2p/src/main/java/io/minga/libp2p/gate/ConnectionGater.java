package io.minga.libp2p.gate;

import io.minga.libp2p.connections.Direction;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Multiaddr;

/**
 * Decides which connections may be, at the three moments when more becomes known of one. It is
 * asked on event loops, by several threads: it answers at once and from memory.
 */
public interface ConnectionGater {
  /** Lets every connection be. */
  ConnectionGater ALLOW_ALL = AllowDeny.NOTHING_LISTED;

  /**
   * Before {@code peer} is dialled at {@code address}. Names in it are not resolved yet; what they
   * resolve to is asked about when it is dialled, or at the latest once the connection is secured.
   */
  Verdict interceptDial(PeerId peer, Multiaddr address);

  /** Before anything is read from a connection that came from {@code remote}. */
  Verdict interceptAccept(Multiaddr remote);

  /** When the connection with {@code remote} turned out to be with {@code peer}. */
  Verdict interceptSecured(Direction direction, PeerId peer, Multiaddr remote);
}
