package io.minga.libp2p;

/** Who is told of connections. Calls come from event loops and must not block. */
public interface ConnectionListener {
  /** {@code connection} is authenticated and carries streams. */
  void connected(Connection connection);

  /** {@code connection} is gone, for {@code reason}, a sentence. */
  void disconnected(Connection connection, String reason);
}
