package io.minga.libp2p.netty;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.minga.libp2p.Connection;
import io.minga.libp2p.Host;
import io.minga.libp2p.HostOptions;
import io.minga.libp2p.multiformats.Multiaddr;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** What threads see of connections that come and go meanwhile. */
final class ConnectionTableTest {
  private static final int CONNECTIONS = 1_000;

  @Test
  void aListedConnection_isFoundByItsPeer() throws Exception {
    try (Host listener = start();
        Host dialer = start()) {
      Multiaddr address =
          Multiaddr.parse(listener.listenAddresses().get(0) + "/p2p/" + listener.peerId());
      AtomicBoolean over = new AtomicBoolean();
      CompletableFuture<Integer> unfound =
          CompletableFuture.supplyAsync(() -> countUnfound(listener, over));

      for (int i = 0; i < CONNECTIONS; i++) {
        Connection connection = dialer.connect(address).get(30, SECONDS);
        connection.close().get(30, SECONDS);
      }
      over.set(true);

      assertThat(unfound.get(30, SECONDS)).isZero();
    }
  }

  /** Looks until {@code over}; a connection that is listed before and after was there between. */
  private static int countUnfound(Host host, AtomicBoolean over) {
    int unfound = 0;
    while (!over.get()) {
      for (Connection listed : host.connections()) {
        boolean found = host.connections(listed.peer()).contains(listed);
        if (!found && host.connections().contains(listed)) {
          unfound++;
        }
      }
    }
    return unfound;
  }

  private static Host start() throws Exception {
    Multiaddr listen = Multiaddr.parse("/memory/0");
    return NettyHost.start(HostOptions.defaults().withListen(List.of(listen)));
  }
}
