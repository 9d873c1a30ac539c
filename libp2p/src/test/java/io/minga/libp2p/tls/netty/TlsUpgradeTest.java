package io.minga.libp2p.tls.netty;

import static io.minga.libp2p.tls.CertificateForge.NOW_MILLIS;
import static io.minga.libp2p.tls.CertificateForge.entropy;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.THROWABLE;

import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.wire.WireException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.OpenSsl;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Both sides ours, over each library on each side. */
class TlsUpgradeTest {
  private final List<Host> hosts = new ArrayList<>();

  private Host host(Host host) {
    hosts.add(host);
    return host;
  }

  @AfterEach
  void noHandshake_isForgotten() {
    for (Host host : hosts) {
      host.close();
      assertThat(host.handshakes()).isZero();
    }
  }

  static Stream<Arguments> libraries() {
    return Stream.of(TlsLibrary.values())
        .flatMap(
            dialer ->
                Stream.of(TlsLibrary.values()).map(listener -> Arguments.of(dialer, listener)));
  }

  @Test
  void nativeLibrary_isTheBestWhereItLoads() {
    // The build's own machines have it: a build that doesn't would test half of what it says.
    assertThat(OpenSsl.unavailabilityCause()).isNull();
    assertThat(TlsLibrary.best()).isEqualTo(TlsLibrary.BORINGSSL);
    assertThat(TlsLibrary.BORINGSSL.description()).contains("BoringSSL");
    assertThat(TlsLibrary.JDK.description()).startsWith("JDK ");
  }

  @ParameterizedTest
  @MethodSource("libraries")
  void bothSides_learnWhoIsThere(TlsLibrary dialing, TlsLibrary listening) {
    Host a = host(Host.of(dialing, 1));
    Host b = host(Host.of(listening, 2));
    Side dialer = a.dial(b.id());
    Side listener = b.listen();

    Side.connect(dialer, listener);

    assertThat(((TlsResult) dialer.outcome()).peer()).isEqualTo(b.id());
    assertThat(dialer.result().muxer()).contains("/yamux/1.0.0");
    assertThat(((TlsResult) listener.outcome()).peer()).isEqualTo(a.id());
    assertThat(PeerId.of(listener.result().publicKey())).isEqualTo(a.id());
    assertThat(listener.result().muxer()).contains("/yamux/1.0.0");
  }

  @ParameterizedTest
  @MethodSource("libraries")
  void data_flowsBothWays(TlsLibrary dialing, TlsLibrary listening) {
    Side dialer = host(Host.of(dialing, 1)).dial(null);
    Side listener = host(Host.of(listening, 2)).listen();
    byte[] there = entropy(7).next(300_000);
    byte[] back = entropy(8).next(70_000);

    dialer.send(there);
    Side.connect(dialer, listener);
    listener.send(back);
    Side.connect(dialer, listener);

    assertThat(listener.received()).isEqualTo(there);
    assertThat(dialer.received()).isEqualTo(back);
  }

  @ParameterizedTest
  @MethodSource("libraries")
  void bytesOneByOne_areEnough(TlsLibrary dialing, TlsLibrary listening) {
    Host b = host(Host.of(listening, 2));
    Side dialer = host(Host.of(dialing, 1)).dial(b.id());
    Side listener = b.listen();

    for (int flight = 0; flight < 4; flight++) {
      dialer.takeFlight().ifPresent(bytes -> dribble(bytes, listener));
      listener.takeFlight().ifPresent(bytes -> dribble(bytes, dialer));
    }

    assertThat(dialer.outcome()).isInstanceOf(TlsResult.class);
    assertThat(listener.outcome()).isInstanceOf(TlsResult.class);
  }

  @ParameterizedTest
  @EnumSource(TlsLibrary.class)
  void bytesReadBeforeTheUpgrade_areThePeersFirst(TlsLibrary library) {
    Host b = host(Host.of(library, 2));
    Side dialer = host(Host.of(library, 1)).dial(b.id());
    Side listener =
        b.add(
            new Side(
                new ChannelInboundHandlerAdapter() {
                  @Override
                  public void channelRead(ChannelHandlerContext ctx, Object message) {
                    ctx.pipeline().addAfter(ctx.name(), null, b.newListener());
                    ctx.pipeline().remove(this);
                    ctx.fireChannelRead(message);
                  }
                }));

    Side.connect(dialer, listener);

    assertThat(listener.outcome()).isInstanceOf(TlsResult.class);
    assertThat(dialer.outcome()).isInstanceOf(TlsResult.class);
  }

  private static void dribble(byte[] bytes, Side to) {
    for (byte b : bytes) {
      to.receive(new byte[] {b});
    }
  }

  @ParameterizedTest
  @MethodSource("libraries")
  void listenerWithoutOurMuxer_leavesItToMultistream(TlsLibrary dialing, TlsLibrary listening) {
    Side dialer = host(Host.of(dialing, 1)).dial(null);
    Side listener = host(Host.of(listening, 2, List.of())).listen();

    Side.connect(dialer, listener);

    assertThat(((TlsResult) dialer.outcome()).muxer()).isEmpty();
    assertThat(((TlsResult) listener.outcome()).muxer()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("libraries")
  void unexpectedPeer_isRefusedBeforeTheListenerSeesUs(TlsLibrary dialing, TlsLibrary listening) {
    Host a = host(Host.of(dialing, 1));
    Host b = host(Host.of(listening, 2));
    Side dialer = a.dial(a.id());
    Side listener = b.listen();

    Side.connect(dialer, listener);

    assertThat(dialer.failure())
        .isInstanceOf(WireException.class)
        .hasMessage("peer is " + b.id() + "; " + a.id() + " was expected");
    assertThat(dialer.channel.isOpen()).isFalse();
    assertThat(listener.failure())
        .isInstanceOf(WireException.class)
        .message()
        .isIn(
            "peer refused our certificate (TLS alert bad_certificate)",
            "peer refused our certificate (TLS alert certificate_unknown)");
    assertThat(listener.channel.isOpen()).isFalse();
  }

  @ParameterizedTest
  @MethodSource("libraries")
  void dialerThatIsRefused_learnsItAfterItsHandshake(TlsLibrary dialing, TlsLibrary listening) {
    Host late =
        host(
            Host.of(
                TlsOptions.DEFAULT.withLibrary(listening), 2, NOW_MILLIS + 200 * Host.YEAR_MILLIS));
    Side dialer = host(Host.of(dialing, 1)).dial(late.id());
    Side listener = late.listen();
    dialer.send(new byte[] {1, 2, 3});

    Side.connect(dialer, listener);

    assertThat(listener.failure())
        .isInstanceOf(WireException.class)
        .hasMessageStartingWith("certificate expired on 2129-12-");
    assertThat(listener.received()).isEmpty();
    assertThat(dialer.outcomes).hasSize(2);
    assertThat(dialer.result().peer()).isEqualTo(late.id());
    assertThat(dialer.outcomes.get(1))
        .asInstanceOf(THROWABLE)
        .isInstanceOf(WireException.class)
        .hasMessageStartingWith("peer refused our certificate (TLS alert ");
    assertThat(dialer.channel.isOpen()).isFalse();
  }

  @ParameterizedTest
  @EnumSource(TlsLibrary.class)
  void certificateThatIsNotYetValid_isRefused(TlsLibrary library) {
    Host early =
        host(Host.of(TlsOptions.DEFAULT.withLibrary(library), 1, NOW_MILLIS - Host.YEAR_MILLIS));
    Host b = host(Host.of(library, 2));
    Side dialer = early.dial(b.id());

    Side.connect(dialer, b.listen());

    assertThat(dialer.failure())
        .isInstanceOf(WireException.class)
        .hasMessageStartingWith("certificate is not valid before 2029-12-31T23:00:00Z");
  }

  @ParameterizedTest
  @MethodSource("libraries")
  void closedSide_endsTheOther(TlsLibrary dialing, TlsLibrary listening) {
    Side dialer = host(Host.of(dialing, 1)).dial(null);
    Side listener = host(Host.of(listening, 2)).listen();
    Side.connect(dialer, listener);

    ChannelFuture unused = dialer.channel.close();
    Side.connect(dialer, listener);

    assertThat(listener.channel.isOpen()).isFalse();
    assertThat(listener.outcome()).isInstanceOf(TlsResult.class);
  }

  @ParameterizedTest
  @EnumSource(TlsLibrary.class)
  void silentPeer_runsOutOfTime(TlsLibrary library) {
    Host host = host(Host.of(library, 1));
    for (Side side : List.of(host.dial(null), host.listen())) {
      side.channel.advanceTimeBy(
          TlsOptions.DEFAULT.handshakeTimeout().toMillis() - 1, MILLISECONDS);
      side.channel.runPendingTasks();
      assertThat(side.outcomes).isEmpty();

      side.channel.advanceTimeBy(1, MILLISECONDS);
      side.channel.runPendingTasks();

      assertThat(side.failure())
          .isInstanceOf(IOException.class)
          .hasMessage("peer did not finish the TLS handshake in time");
      assertThat(side.channel.isOpen()).isFalse();
    }
  }

  @ParameterizedTest
  @MethodSource("libraries")
  void connectionCutAnywhere_endsBothSidesWithAReason(TlsLibrary dialing, TlsLibrary listening) {
    Host a = host(Host.of(dialing, 1));
    Host b = host(Host.of(listening, 2));
    for (int cut = 0; cut < 2_500; cut += 97) {
      Side dialer = a.dial(null);
      Side listener = b.listen();
      cutAfter(dialer, cut);
      cutAfter(listener, cut);

      Side.connect(dialer, listener);
      dialer.endOfStream();
      listener.endOfStream();

      for (Side side : List.of(dialer, listener)) {
        Object outcome = side.outcome();
        if (!(outcome instanceof TlsResult)) {
          assertThat(outcome)
              .asInstanceOf(THROWABLE)
              .isInstanceOf(IOException.class)
              .hasMessage("connection was closed during the TLS handshake");
        }
      }
    }
  }

  /** Lets {@code length} bytes of what that side sends pass, and swallows the rest. */
  private static void cutAfter(Side side, int length) {
    int[] left = {length};
    side.wire =
        bytes -> {
          int count = Math.min(left[0], bytes.length);
          left[0] -= count;
          return Arrays.copyOf(bytes, count);
        };
  }

  @ParameterizedTest
  @MethodSource("libraries")
  void changedBytes_neverPassAndAlwaysHaveAReason(TlsLibrary dialing, TlsLibrary listening) {
    String replay = System.getProperty("seed", "");
    long first = replay.isEmpty() ? 1 : Long.parseLong(replay);
    Host a = host(Host.of(dialing, 1));
    Host b = host(Host.of(listening, 2));
    int failed = 0;
    for (long seed = first; seed < first + (replay.isEmpty() ? 150 : 1); seed++) {
      Side dialer = a.dial(b.id());
      Side listener = b.listen();
      changeOneByte(seed % 2 == 0 ? dialer : listener, seed);

      Side.connect(dialer, listener);

      for (Side side : List.of(dialer, listener)) {
        for (Object outcome : side.outcomes) {
          assertThat(outcome)
              .as("seed %d", seed)
              .isInstanceOfAny(TlsResult.class, WireException.class, IOException.class);
          if (outcome instanceof TlsResult result) {
            assertThat(result.peer()).as("seed %d", seed).isIn(a.id(), b.id());
          } else {
            failed++;
            assertThat((Throwable) outcome).as("seed %d", seed).message().isNotBlank();
          }
        }
      }
      dialer.endOfStream();
      listener.endOfStream();
    }
    assertThat(failed).isPositive();
  }

  private static void changeOneByte(Side side, long seed) {
    Random random = new Random(seed);
    int[] left = {random.nextInt(1_200)};
    side.wire =
        bytes -> {
          if (left[0] >= 0 && left[0] < bytes.length) {
            bytes[left[0]] ^= (byte) (1 << random.nextInt(8));
          }
          left[0] -= bytes.length;
          return bytes;
        };
  }

  @ParameterizedTest
  @EnumSource(TlsLibrary.class)
  void garbage_isRefusedInWordsThatDoNotRepeatIt(TlsLibrary library) {
    Host host = host(Host.of(library, 1));
    for (Side side : List.of(host.dial(null), host.listen())) {
      side.receive(
          "GET / HTTP/1.1\r\nAuthorization: secret\r\n\r\n".getBytes(StandardCharsets.US_ASCII));

      assertThat(side.failure()).isInstanceOf(WireException.class);
      assertThat(side.failure().getMessage()).doesNotContain("secret", "736563726574");
      assertThat(side.channel.isOpen()).isFalse();
    }
  }

  /** BoringSSL through Netty sends the alert at once and throws when the next bytes come. */
  @ParameterizedTest
  @MethodSource("libraries")
  void changedRecord_endsTheConnection(TlsLibrary dialing, TlsLibrary listening) {
    Side dialer = host(Host.of(dialing, 1)).dial(null);
    Side listener = host(Host.of(listening, 2)).listen();
    Side.connect(dialer, listener);
    dialer.send(new byte[100]);
    byte[] record = dialer.takeFlight().orElseThrow();
    record[50] ^= 1;

    listener.receive(record);
    Side.connect(dialer, listener);

    assertThat(listener.received()).isEmpty();
    assertThat(listener.channel.isOpen()).isFalse();
    assertThat(dialer.channel.isOpen()).isFalse();
    assertThat(dialer.outcomes).hasSize(2);
    assertThat(dialer.outcomes.get(1))
        .asInstanceOf(THROWABLE)
        .isInstanceOf(WireException.class)
        .hasMessage("peer ended TLS with the alert bad_record_mac");
  }
}
