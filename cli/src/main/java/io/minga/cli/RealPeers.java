package io.minga.cli;

import io.minga.cli.control.ControlClient;
import io.minga.cli.control.ControlException;
import io.minga.cli.control.Daemon;
import io.minga.libp2p.netty.DiscoveryListener;
import java.nio.file.Path;
import java.util.Optional;

/** Peers behind control sockets, and peers in this process. */
final class RealPeers implements Peers {
  @Override
  public Optional<Daemon> running(Path data) throws Failure {
    try {
      return ControlClient.connect(DataDirectory.controlSocket(data)).map(it -> it);
    } catch (ControlException e) {
      throw new Failure(e);
    }
  }

  @Override
  public Daemon forTheMoment(NetworkOptions network) throws Failure {
    return OwnPeer.start(PeerSettings.of(network), new DiscoveryListener() {});
  }
}
