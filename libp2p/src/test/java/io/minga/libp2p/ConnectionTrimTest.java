package io.minga.libp2p;

import static io.minga.libp2p.Soon.await;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.minga.libp2p.connections.ConnectionLimits;
import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.libp2p.netty.NettyHost;
import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which connections a host gives up when it has too many. */
final class ConnectionTrimTest {
  private static final String ECHO = "/test/echo/1.0.0";
  private static final int HIGH = 6;
  private static final int LOW = 3;

  /** Long enough that all connect within it, short enough to wait for. */
  private static final Duration GRACE = Duration.ofMillis(700);

  private final List<Host> peers = new ArrayList<>();
  private final Heard heard = new Heard();
  private @Nullable Host started;

  private Host start(Duration grace) throws Exception {
    Host host =
        NettyHost.start(
            HostOptions.defaults()
                .withListen(List.of(Multiaddr.parse("/memory/0")))
                .withConnections(new ConnectionLimits(HIGH, LOW, 8, 16, 16, grace)));
    started = host;
    host.handle(ECHO, stream -> new Silent());
    host.onConnection(heard);
    for (int i = 0; i < HIGH + 2; i++) {
      peers.add(NettyHost.start(HostOptions.defaults()));
    }
    return host;
  }

  @AfterEach
  void stop() {
    peers.forEach(Host::close);
    if (started != null) {
      started.close();
    }
  }

  private Connection connect(Host host, int peer) throws Exception {
    Connection connection =
        peers.get(peer).connect(host.peerId(), host.listenAddresses()).get(20, SECONDS);
    connection.identified().get(20, SECONDS);
    return connection;
  }

  @Test
  void aboveHighWater_theIdleGoBeforeTheBusy_andTheProtectedNever() throws Exception {
    Host host = start(Duration.ZERO);
    host.protect(peers.get(0).peerId(), "test").get(20, SECONDS);
    for (int peer = 0; peer <= HIGH; peer++) {
      Connection connection = connect(host, peer);
      if (peer == 1) {
        connection.newStream(List.of(ECHO), stream -> new Silent()).get(20, SECONDS);
      }
    }

    await().until(() -> host.connections().size() == LOW);

    assertThat(host.connections())
        .extracting(Connection::peer)
        .contains(peers.get(0).peerId(), peers.get(1).peerId());
  }

  @Test
  void afterTheirGrace_theOldestGo() throws Exception {
    Host host = start(GRACE);
    host.protect(peers.get(0).peerId(), "test").get(20, SECONDS);
    for (int peer = 0; peer < HIGH + 2; peer++) {
      connect(host, peer);
    }

    // On a slow machine more of them are over their grace at the same time, and go too.
    heard.awaitEnded(peers.get(1).peerId());
    heard.awaitEnded(peers.get(2).peerId());
    await().until(() -> host.connections().size() <= HIGH);
    assertThat(host.connections(peers.get(0).peerId())).hasSize(1);
  }

  @Test
  void unprotected_goesLikeAnyOther() throws Exception {
    Host host = start(GRACE);
    host.protect(peers.get(0).peerId(), "test").get(20, SECONDS);
    host.unprotect(peers.get(0).peerId(), "test").get(20, SECONDS);
    for (int peer = 0; peer <= HIGH; peer++) {
      connect(host, peer);
    }

    assertThat(heard.awaitEnded(peers.get(0).peerId())).isNotBlank();
  }

  /** Keeps its stream open and says nothing. */
  private static final class Silent implements StreamHandler {
    @Override
    public void read(Stream stream, ByteBuf bytes) {
      bytes.release();
    }
  }
}
