package io.minga.libp2p;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.minga.libp2p.HostException.Kind;
import io.minga.libp2p.HostOptions.Security;
import io.minga.libp2p.TestStreams.Collector;
import io.minga.libp2p.TestStreams.Echo;
import io.minga.libp2p.TestStreams.Silence;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.limits.HostLimits;
import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.libp2p.netty.NettyHost;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Hosts that talk to each other over loopback and memory: what an application relies on. */
final class HostTest {
  private static final String TCP = "/ip4/127.0.0.1/tcp/0";
  private static final String ECHO = "/test/echo/1.0.0";
  private static final int EARLY_DIALS = 1000;
  private static final int THREADED_CHUNKS = 100_000;

  private final List<Host> hosts = new ArrayList<>();

  @AfterEach
  void closeHosts() {
    hosts.forEach(Host::close);
  }

  @ParameterizedTest
  @CsvSource({
    "/ip4/127.0.0.1/tcp/0, NOISE",
    "/ip4/127.0.0.1/tcp/0, TLS",
    "/ip6/::1/tcp/0, NOISE",
    "/memory/0, NOISE",
    "/memory/0, TLS"
  })
  void twoHosts_connectIdentifyPingAndEcho(String listen, Security security) throws Exception {
    Host listener = start(listen, security);
    Host dialer = start(listen, security);
    listener.handle(ECHO, stream -> new Echo());

    Connection connection = get(dialer.connect(addressOf(listener)));

    assertThat(connection.peer()).isEqualTo(listener.peerId());
    assertThat(connection.security()).isEqualTo(security.protocol());
    assertThat(get(connection.identified()).protocols())
        .contains(ECHO, "/ipfs/ping/1.0.0", "/ipfs/id/1.0.0", "/ipfs/id/push/1.0.0");
    assertThat(get(dialer.ping(listener.peerId()))).isPositive();
    assertThat(get(dialer.ping(listener.peerId()))).isPositive();
    assertThat(echo(dialer, listener.peerId(), "hello")).isEqualTo("hello");
  }

  @Test
  void connect_toThePeerThatIsConnected_givesTheSameConnection() throws Exception {
    Host listener = start(TCP, Security.NOISE);
    Host dialer = start(TCP, Security.NOISE);

    Connection first = get(dialer.connect(addressOf(listener)));
    Connection second = get(dialer.connect(listener.peerId(), List.of()));

    assertThat(second).isSameAs(first);
    await().until(() -> listener.connections(dialer.peerId()).size() == 1);
  }

  @Test
  void connect_whereAnotherPeerAnswers_saysWhoWasExpectedAndWhoAnswered() throws Exception {
    Host listener = start(TCP, Security.NOISE);
    Host dialer = start(TCP, Security.NOISE);
    PeerId other = start(TCP, Security.NOISE).peerId();

    CompletableFuture<Connection> connecting = dialer.connect(other, listener.listenAddresses());

    assertThatThrownBy(() -> get(connecting))
        .cause()
        .hasMessageContaining("expected peer " + other)
        .hasMessageContaining(listener.peerId() + " answered");
  }

  /** What a listener says before we do must not get lost, however early it comes. */
  @Test
  void connect_toAListenerThatSpeaksFirst_hearsItsFirstWord() throws Exception {
    Host dialer = start(TCP, Security.NOISE);
    try (ServerSocket listener = new ServerSocket(0, 16, InetAddress.getLoopbackAddress())) {
      CompletableFuture<Void> refusals = CompletableFuture.runAsync(() -> refuseNoise(listener));
      Multiaddr address =
          Multiaddr.parse(
              "/ip4/127.0.0.1/tcp/%d/p2p/12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA"
                  .formatted(listener.getLocalPort()));

      for (int dial = 0; dial < EARLY_DIALS; dial++) {
        assertThatThrownBy(() -> get(dialer.connect(address)))
            .cause()
            .hasMessageEndingWith("the other side does not speak /noise");
      }
      get(refusals);
    }
  }

  private static void refuseNoise(ServerSocket listener) {
    try {
      for (int dial = 0; dial < EARLY_DIALS; dial++) {
        try (Socket socket = listener.accept()) {
          socket.setTcpNoDelay(true);
          socket
              .getOutputStream()
              .write("\23/multistream/1.0.0\n".getBytes(StandardCharsets.UTF_8));
          socket.getInputStream().readNBytes("\23/multistream/1.0.0\n\7/noise\n".length());
          socket.getOutputStream().write("\3na\n".getBytes(StandardCharsets.UTF_8));
          socket.shutdownOutput();
          socket.getInputStream().readAllBytes();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void connect_whereNobodyListens_namesTheAddressAndTheReason() throws Exception {
    Host dialer = start(TCP, Security.NOISE);
    PeerId nobody;
    Multiaddr address;
    try (Host gone = NettyHost.start(options(TCP, Security.NOISE))) {
      nobody = gone.peerId();
      address = gone.listenAddresses().get(0);
    }

    assertThatThrownBy(() -> get(dialer.connect(nobody, List.of(address))))
        .cause()
        .hasMessage("could not reach " + nobody + ": " + address + ": connection refused");
  }

  @Test
  void connect_withoutPeer_saysHowAnAddressEnds() {
    Host dialer = start(TCP, Security.NOISE);

    assertThatThrownBy(() -> get(dialer.connect(Multiaddr.parse("/ip4/127.0.0.1/tcp/4001"))))
        .cause()
        .hasMessageContaining("/ip4/127.0.0.1/tcp/4001 does not say which peer is there");
  }

  @Test
  void start_onABusyPort_saysWhatToDo() throws Exception {
    try (ServerSocket busy = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String address = "/ip4/127.0.0.1/tcp/" + busy.getLocalPort();

      assertThatThrownBy(() -> NettyHost.start(options(address, Security.NOISE)))
          .isInstanceOf(HostException.class)
          .hasMessage(
              "can't listen on "
                  + address
                  + ": another program listens there; choose another port, or 0 for any free one");
    }
  }

  @Test
  void start_onAnAddressWithoutTransport_saysWhichThereAre() {
    assertThatThrownBy(
            () -> NettyHost.start(options("/ip4/127.0.0.1/udp/0/quic-v1", Security.NOISE)))
        .isInstanceOf(HostException.class)
        .hasMessageContaining("/ip4/127.0.0.1/udp/0/quic-v1")
        .hasMessageContaining("/ip4/0.0.0.0/tcp/4001");
  }

  @Test
  void newStream_forAProtocolThatNobodySpeaks_isUnsupported() throws Exception {
    Host listener = start(TCP, Security.NOISE);
    Host dialer = start(TCP, Security.NOISE);
    get(dialer.connect(addressOf(listener)));

    CompletableFuture<Stream> opening =
        dialer.newStream(listener.peerId(), List.of("/nobody/1", "/nobody/2"), s -> new Echo());

    Throwable failure = get(opening.handle((stream, thrown) -> thrown));
    assertThat(failure)
        .as("what a callback sees")
        .hasMessage("the other side does not speak /nobody/1, /nobody/2")
        .extracting(e -> ((HostException) e).kind())
        .isEqualTo(Kind.PROTOCOL_UNSUPPORTED);
  }

  @Test
  void handle_whileConnected_isPushedToThePeer() throws Exception {
    Host listener = start(TCP, Security.NOISE);
    Host dialer = start(TCP, Security.NOISE);
    Connection connection = get(dialer.connect(addressOf(listener)));
    get(connection.identified());
    await().until(() -> !listener.connections().isEmpty());
    get(listener.connections().get(0).identified());

    listener.handle(ECHO, stream -> new Echo());

    await().until(() -> echoes(dialer, listener));
  }

  @Test
  void closingAHost_endsItsConnectionsAndStreams() throws Exception {
    Host listener = start(TCP, Security.NOISE);
    Host dialer = start(TCP, Security.NOISE);
    listener.handle(ECHO, stream -> new Echo());
    Collector collector = new Collector();
    get(dialer.connect(addressOf(listener)));
    get(dialer.newStream(listener.peerId(), List.of(ECHO), s -> collector));

    listener.close();

    assertThatThrownBy(() -> get(collector.all)).cause().isInstanceOf(HostException.class);
    await().until(() -> dialer.connections().isEmpty());
  }

  @Test
  void closingAConnection_fromItsOwnCallback_saysGoodbye() throws Exception {
    Host listener = start(TCP, Security.NOISE);
    Host dialer = start(TCP, Security.NOISE);
    CompletableFuture<String> reason = new CompletableFuture<>();
    listener.onConnection(
        new ConnectionListener() {
          @Override
          public void connected(Connection connection) {}

          @Override
          public void disconnected(Connection connection, String why) {
            reason.complete(why);
          }
        });

    get(
        dialer
            .connect(addressOf(listener))
            .thenCompose(
                connection ->
                    connection.identified().thenCompose(identified -> connection.close())));

    assertThat(get(reason)).isEqualTo("the other side closed the connection, with code 0");
  }

  @Test
  void aHandlerThatThrows_resetsItsStreamAlone() throws Exception {
    Host listener = start(TCP, Security.NOISE);
    Host dialer = start(TCP, Security.NOISE);
    listener.handle(ECHO, stream -> new Echo());
    listener.handle(
        "/test/broken/1",
        stream -> {
          throw new IllegalStateException("broken on purpose");
        });
    Collector collector = new Collector();
    get(get(dialer.connect(addressOf(listener))).identified());

    Stream broken =
        get(dialer.newStream(listener.peerId(), List.of("/test/broken/1"), s -> collector));
    broken.write(Unpooled.copiedBuffer("x", StandardCharsets.UTF_8));

    assertThatThrownBy(() -> get(collector.all))
        .cause()
        .extracting(e -> ((HostException) e).kind())
        .isEqualTo(Kind.RESET);
    assertThat(echo(dialer, listener.peerId(), "still there")).isEqualTo("still there");
  }

  @Test
  void aReaderThatPauses_holdsTheWriterBack() throws Exception {
    Host listener = start(TCP, Security.NOISE);
    Host dialer = start(TCP, Security.NOISE);
    CompletableFuture<Stream> paused = new CompletableFuture<>();
    Collector slow = new Collector();
    listener.handle(
        "/test/slow/1",
        stream -> {
          stream.pauseReading();
          paused.complete(stream);
          return slow;
        });
    get(dialer.connect(addressOf(listener)));
    Stream fast =
        get(dialer.newStream(listener.peerId(), List.of("/test/slow/1"), s -> new Echo()));
    int chunk = 64 << 10;
    long written = 0;
    while (fast.isWritable()) {
      fast.write(Unpooled.wrappedBuffer(new byte[chunk]));
      written += chunk;
    }
    long total = written;
    fast.closeWrite();

    assertThat(slow.bytes.get()).isZero();
    get(paused).resumeReading();

    get(slow.all);
    assertThat(slow.bytes.get()).isEqualTo(total);
  }

  @Test
  void aWriterOnAnotherThread_isAlwaysToldOfRoom() throws Exception {
    Host listener = start("/memory/0", Security.TLS);
    Host dialer = start("/memory/0", Security.TLS);
    Collector all = new Collector();
    listener.handle("/test/all/1", stream -> all);
    get(dialer.connect(addressOf(listener)));
    Semaphore room = new Semaphore(0);
    StreamHandler writer =
        new StreamHandler() {
          @Override
          public void read(Stream stream, ByteBuf bytes) {
            bytes.release();
          }

          @Override
          public void writable(Stream stream) {
            room.release();
          }
        };
    Stream stream = get(dialer.newStream(listener.peerId(), List.of("/test/all/1"), s -> writer));
    byte[] chunk = new byte[16 << 10];
    for (int i = 0; i < THREADED_CHUNKS; i++) {
      while (!stream.isWritable()) {
        assertThat(room.tryAcquire(20, SECONDS)).as("told of room after %d chunks", i).isTrue();
      }
      stream.write(Unpooled.wrappedBuffer(chunk));
    }
    stream.closeWrite();

    get(all.all);
    assertThat(all.bytes.get()).isEqualTo((long) THREADED_CHUNKS * chunk.length);
  }

  @Test
  void pingStreams_beyondTwoOfAPeer_areReset() throws Exception {
    Host listener = start(TCP, Security.NOISE);
    Host dialer = start(TCP, Security.NOISE);
    get(get(dialer.connect(addressOf(listener))).identified());
    List<Collector> echoes = new ArrayList<>();

    for (int i = 0; i < 3; i++) {
      Collector echo = new Collector();
      echoes.add(echo);
      Stream ping =
          get(dialer.newStream(listener.peerId(), List.of("/ipfs/ping/1.0.0"), s -> echo));
      ping.write(Unpooled.wrappedBuffer(new byte[32]));
    }

    await().until(() -> echoes.get(0).bytes.get() == 32 && echoes.get(1).bytes.get() == 32);
    assertThatThrownBy(() -> get(echoes.get(2).all))
        .cause()
        .extracting(e -> ((HostException) e).kind())
        .isEqualTo(Kind.RESET);
  }

  @Test
  void identify_thatIsNeverAnswered_failsInTime() throws Exception {
    Host silent = start(TCP, Security.NOISE);
    HostLimits limits = HostLimits.DEFAULT;
    Host impatient =
        NettyHost.start(
            HostOptions.defaults()
                .withLimits(
                    new HostLimits(
                        limits.system(),
                        limits.pending(),
                        limits.peer(),
                        limits.peerProtocol(),
                        limits.handshakeTimeout(),
                        Duration.ofMillis(200))));
    hosts.add(impatient);
    silent.handle("/ipfs/id/1.0.0", stream -> new Silence());

    Connection connection = get(impatient.connect(addressOf(silent)));

    assertThatThrownBy(() -> get(connection.identified()))
        .cause()
        .hasMessage("the other side did not finish saying who it is in time");
    assertThat(connection.isOpen()).isTrue();
  }

  @Test
  void aWriteIntoAFullBuffer_isRefusedAndQueuesNothing() throws Exception {
    Host listener = start(TCP, Security.NOISE);
    Host dialer = start(TCP, Security.NOISE);
    listener.handle(
        "/test/slow/1",
        stream -> {
          stream.pauseReading();
          return new Collector();
        });
    get(dialer.connect(addressOf(listener)));
    Stream fast =
        get(dialer.newStream(listener.peerId(), List.of("/test/slow/1"), s -> new Echo()));

    CompletableFuture<Void> last = CompletableFuture.completedFuture(null);
    for (int i = 0; i < 10_000 && !last.isCompletedExceptionally(); i++) {
      last = fast.write(Unpooled.wrappedBuffer(new byte[64 << 10]));
    }

    CompletableFuture<Void> refused = last;
    assertThatThrownBy(() -> get(refused)).cause().hasMessageContaining("has no room for 65536");
  }

  private static boolean echoes(Host dialer, Host listener) throws Exception {
    return echo(dialer, listener.peerId(), "late").equals("late");
  }

  private static String echo(Host host, PeerId peer, String text) throws Exception {
    Collector collector = new Collector();
    Stream stream = get(host.newStream(peer, List.of(ECHO), s -> collector));
    stream.write(Unpooled.copiedBuffer(text, StandardCharsets.UTF_8));
    stream.closeWrite();
    return get(collector.all);
  }

  private Host start(String listen, Security security) {
    try {
      Host host = NettyHost.start(options(listen, security));
      hosts.add(host);
      return host;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static HostOptions options(String listen, Security security) {
    return HostOptions.defaults()
        .withListen(List.of(Multiaddr.parse(listen)))
        .withSecurities(List.of(security));
  }

  private static Multiaddr addressOf(Host host) {
    return Multiaddr.parse(host.listenAddresses().get(0) + "/p2p/" + host.peerId());
  }

  private static <T> T get(CompletableFuture<T> future) throws Exception {
    try {
      return future.get(20, SECONDS);
    } catch (ExecutionException e) {
      throw new AssertionError(e.getCause());
    }
  }
}
