package io.minga.libp2p;

import io.minga.libp2p.multiformats.Multiaddr;

/** Who is told of connections. Calls come from event loops and must not block. */
public interface ConnectionListener {
  /** {@code connection} is authenticated and carries streams. */
  void connected(Connection connection);

  /** {@code connection} is gone, for {@code reason}, a sentence. */
  void disconnected(Connection connection, String reason);

  /**
   * Someone connected from {@code remoteAddress} and never became a connection. Anyone can bring
   * this about as often as they like, so it is for counters and quiet logs.
   *
   * @param reason REFUSED by a limit or a gater, PEER_VIOLATION, PROTOCOL_UNSUPPORTED, TIMED_OUT or
   *     CLOSED
   */
  default void refused(Multiaddr remoteAddress, HostException reason) {}
}
