package io.minga.libp2p;

import static io.minga.libp2p.Soon.await;

import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Multiaddr;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps what a host tells of its connections. */
final class Heard implements ConnectionListener {
  /** A connection that ended, and the sentence that said why. */
  record Ended(PeerId peer, String reason) {}

  final List<Connection> connected = new CopyOnWriteArrayList<>();
  final List<Ended> ended = new CopyOnWriteArrayList<>();
  final List<HostException> refused = new CopyOnWriteArrayList<>();

  @Override
  public void connected(Connection connection) {
    connected.add(connection);
  }

  @Override
  public void disconnected(Connection connection, String reason) {
    ended.add(new Ended(connection.peer(), reason));
  }

  @Override
  public void refused(Multiaddr remoteAddress, HostException reason) {
    refused.add(reason);
  }

  /** The connection with {@code peer}, once it is there. */
  Connection awaitConnected(PeerId peer) {
    return await()
        .until(
            () -> connected.stream().filter(c -> c.peer().equals(peer)).findFirst(),
            Optional::isPresent)
        .orElseThrow();
  }

  /** Why the connection with {@code peer} ended, once it has. */
  String awaitEnded(PeerId peer) {
    return await()
        .until(
            () -> ended.stream().filter(e -> e.peer().equals(peer)).findFirst(),
            Optional::isPresent)
        .orElseThrow()
        .reason();
  }

  /** Why the first connection that was not to be failed, once it has. */
  HostException awaitRefused() {
    return await().until(() -> refused.stream().findFirst(), Optional::isPresent).orElseThrow();
  }
}
