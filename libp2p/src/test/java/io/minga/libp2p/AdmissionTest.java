package io.minga.libp2p;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.minga.libp2p.HostException.Kind;
import io.minga.libp2p.HostOptions.Security;
import io.minga.libp2p.connections.ConnectionLimits;
import io.minga.libp2p.gate.AllowDeny;
import io.minga.libp2p.gate.Subnet;
import io.minga.libp2p.limits.HostLimits;
import io.minga.libp2p.limits.ScopeLimits;
import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.libp2p.netty.NettyHost;
import io.minga.libp2p.pnet.PreSharedKey;
import io.minga.libp2p.wire.Bytes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who gets a connection, and who keeps it: private networks, gaters, limits, trimming. */
final class AdmissionTest {
  private static final PreSharedKey KEY = PreSharedKey.of(Bytes.fromHex("ab".repeat(32)));
  private static final PreSharedKey OTHER_KEY = PreSharedKey.of(Bytes.fromHex("cd".repeat(32)));

  private final List<Host> hosts = new ArrayList<>();

  @AfterEach
  void closeHosts() {
    hosts.forEach(Host::close);
  }

  @ParameterizedTest
  @EnumSource(Security.class)
  void privateNetwork_sameKey_connects(Security security) throws Exception {
    Host listener = listen(options().withNetwork(Optional.of(KEY)));
    Host dialer = start(options().withSecurities(List.of(security)).withNetwork(Optional.of(KEY)));

    Connection connection = get(connect(dialer, listener));

    assertThat(connection.security()).isEqualTo(security.protocol());
    assertThat(get(dialer.ping(listener.peerId()))).isPositive();
  }

  @Test
  void privateNetwork_anotherKeyOrNone_isRefused() throws Exception {
    Refusals refusals = new Refusals();
    Host listener = listen(options().withNetwork(Optional.of(KEY)));
    listener.onConnection(refusals);
    Host stranger = start(options().withNetwork(Optional.of(OTHER_KEY)));
    Host outsider = start(options());

    assertThatThrownBy(() -> get(connect(stranger, listener)))
        .cause()
        .hasMessageStartingWith("could not reach " + listener.peerId());
    assertThatThrownBy(() -> get(connect(outsider, listener)))
        .cause()
        .hasMessageStartingWith("could not reach " + listener.peerId());

    await().until(() -> refusals.reasons.size() >= 2);
    assertThat(listener.connections()).isEmpty();
  }

  @Test
  void gater_deniedPeer_isRefusedOnceItHasProvenWhoItIs() throws Exception {
    Host dialer = start(options());
    Refusals refusals = new Refusals();
    AllowDeny gater = AllowDeny.NOTHING_LISTED.deny(dialer.peerId());
    Host listener = listen(options().withGater(gater));
    listener.onConnection(refusals);

    CompletableFuture<Connection> connecting = connect(dialer, listener);

    // The dialler hears of the refusal before its connect is through, or after.
    await().until(() -> connecting.isDone() && !isOpen(connecting));
    await().until(() -> !refusals.reasons.isEmpty());
    HostException reason = refusals.reasons.element();
    assertThat(reason.kind()).isEqualTo(Kind.REFUSED);
    assertThat(reason).hasMessageContaining(dialer.peerId().toString());
  }

  @Test
  void gater_deniedSubnet_isNotDialled() throws Exception {
    Host listener = listen(options());
    AllowDeny gater = AllowDeny.NOTHING_LISTED.deny(Subnet.parse("127.0.0.0/8"));
    Host dialer = start(options().withGater(gater));

    assertThatThrownBy(() -> get(connect(dialer, listener)))
        .cause()
        .hasMessageContaining("127.0.0.0/8");
  }

  @Test
  void connections_beyondTheLimit_areRefusedAndRoomComesBack() throws Exception {
    HostLimits limits = HostLimits.DEFAULT;
    ScopeLimits two = new ScopeLimits(2, 2, 2048, 1024, limits.system().memoryBytes());
    ScopeLimits pending = new ScopeLimits(2, 2, 256, 128, limits.pending().memoryBytes());
    ScopeLimits peer = new ScopeLimits(2, 2, 512, 256, limits.peer().memoryBytes());
    Refusals refusals = new Refusals();
    Host listener =
        listen(
            options()
                .withLimits(
                    new HostLimits(
                        two,
                        pending,
                        peer,
                        limits.peerProtocol(),
                        limits.handshakeTimeout(),
                        limits.negotiationTimeout())));
    listener.onConnection(refusals);
    Host first = start(options());
    get(connect(first, listener));
    get(connect(start(options()), listener));
    Host third = start(options());

    assertThatThrownBy(() -> get(connect(third, listener))).cause();
    await().until(() -> !refusals.reasons.isEmpty());
    assertThat(refusals.reasons.element()).hasMessageContaining("2 connections");

    first.close();
    await().until(() -> listener.connections().size() == 1);
    assertThat(get(connect(third, listener)).isOpen()).isTrue();
  }

  @Test
  void aboveHighWater_theUnprotectedAreTrimmed() throws Exception {
    Host kept = start(options());
    Host listener =
        listen(options().withConnections(new ConnectionLimits(3, 2, 8, 16, 16, Duration.ZERO)));
    get(listener.protect(kept.peerId(), "test"));
    get(connect(kept, listener));
    for (int i = 0; i < 3; i++) {
      get(connect(start(options()), listener));
    }

    await().until(() -> listener.connections().size() == 2);
    assertThat(listener.connections(kept.peerId())).hasSize(1);
  }

  @Test
  void twoHosts_thatDialEachOtherAtOnce_endConnected() throws Exception {
    for (int i = 0; i < 20; i++) {
      Host one = listen(options());
      Host other = listen(options());

      CompletableFuture<Connection> there = connect(one, other);
      CompletableFuture<Connection> back = connect(other, one);

      get(there);
      get(back);
      assertThat(get(one.ping(other.peerId()))).isPositive();
      assertThat(get(other.ping(one.peerId()))).isPositive();
      one.close();
      other.close();
    }
  }

  private static final class Refusals implements ConnectionListener {
    final Queue<HostException> reasons = new ConcurrentLinkedQueue<>();

    @Override
    public void connected(Connection connection) {}

    @Override
    public void disconnected(Connection connection, String reason) {}

    @Override
    public void refused(Multiaddr remoteAddress, HostException reason) {
      reasons.add(reason);
    }
  }

  private static HostOptions options() {
    return HostOptions.defaults();
  }

  private Host listen(HostOptions options) throws HostException {
    return start(options.withListen(List.of(Multiaddr.parse("/ip4/127.0.0.1/tcp/0"))));
  }

  private static boolean isOpen(CompletableFuture<Connection> connected) {
    return !connected.isCompletedExceptionally() && connected.join().isOpen();
  }

  private Host start(HostOptions options) throws HostException {
    Host host = NettyHost.start(options);
    hosts.add(host);
    return host;
  }

  private static CompletableFuture<Connection> connect(Host dialer, Host listener) {
    return dialer.connect(listener.peerId(), listener.listenAddresses());
  }

  private static <T> T get(CompletableFuture<T> future) throws Exception {
    return future.get(20, SECONDS);
  }
}
