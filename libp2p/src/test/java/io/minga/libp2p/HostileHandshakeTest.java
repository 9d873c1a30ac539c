package io.minga.libp2p;

import static io.minga.libp2p.Soon.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.minga.libp2p.HostException.Kind;
import io.minga.libp2p.limits.Scope;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Attacks of those who have not proved who they are. */
final class HostileHandshakeTest extends AttackedHost {
  private static final long DRIBBLE_MILLIS = 50;
  private static final int SILENT_CONNECTIONS = 200;

  @Test
  void lsWithoutEnd_isAnsweredSoOftenAndNoMore() throws Exception {
    try (RawPeer attacker = RawPeer.dial(host)) {
      byte[] ls = "\u0003ls\n".repeat(100_000).getBytes(UTF_8);
      attacker.write(RawPeer.message(RawPeer.MULTISTREAM)).hear();
      int answers = attacker.writeAll(ls).awaitEnd();

      assertThat(answers).isLessThanOrEqualTo(64 * 4);
      assertThat(heard.awaitRefused())
          .hasMessage("more than 64 protocols are proposed in one negotiation")
          .extracting(HostException::kind)
          .isEqualTo(Kind.PEER_VIOLATION);
    }
  }

  static Stream<Arguments> firstBytes() {
    Random random = new Random(4);
    byte[] noise = new byte[1 << 20];
    random.nextBytes(noise);
    noise[0] = 1; // a length that no message has
    return Stream.of(
        Arguments.of("HTTP", "GET / HTTP/1.1\r\n".repeat(20).getBytes(UTF_8)),
        Arguments.of("length 0", new byte[] {0}),
        Arguments.of("length 2^64 - 1", HexFormat.of().parseHex("ffffffffffffffffff01")),
        Arguments.of("length 1025", HexFormat.of().parseHex("8108")),
        Arguments.of("another version", RawPeer.message("/multistream/2.0.0")),
        Arguments.of("1 MiB of noise", noise));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("firstBytes")
  void bytesThatAreNoMultistream_endTheConnection(String name, byte[] bytes) throws Exception {
    try (RawPeer attacker = RawPeer.dial(host)) {
      attacker.writeAll(bytes).awaitEnd();

      assertThat(heard.awaitRefused().kind()).isEqualTo(Kind.PEER_VIOLATION);
    }
  }

  @Test
  void dribbledNegotiation_endsAtTheDeadline() throws Exception {
    try (RawPeer attacker = RawPeer.dial(host)) {
      attacker.dribble(
          DRIBBLE_MILLIS,
          RawPeer.concat(RawPeer.message(RawPeer.MULTISTREAM), RawPeer.message("/noise")));

      endsAtTheDeadline(attacker);
    }
  }

  @Test
  void dribbledNoise_endsAtTheDeadline() throws Exception {
    try (RawPeer attacker = RawPeer.dial(host).negotiate("/noise")) {
      attacker.dribble(DRIBBLE_MILLIS, concatLength(new byte[32]));

      endsAtTheDeadline(attacker);
    }
  }

  @Test
  void dribbledTls_endsAtTheDeadline() throws Exception {
    try (RawPeer attacker = RawPeer.dial(host).negotiate("/tls/1.0.0")) {
      byte[] hello = HexFormat.of().parseHex("16030102000100 01fc0303".replace(" ", ""));
      attacker.dribble(DRIBBLE_MILLIS, Arrays.copyOf(hello, 512));

      endsAtTheDeadline(attacker);
    }
  }

  @Test
  void dribbledMuxer_endsAtTheDeadline() throws Exception {
    try (RawPeer attacker =
        RawPeer.dial(host).negotiate("/noise").noise(RawPeer.CRYPTO, List.of())) {
      attacker.dribbleSealed(
          DRIBBLE_MILLIS,
          RawPeer.concat(RawPeer.message(RawPeer.MULTISTREAM), RawPeer.message(RawPeer.YAMUX)));

      endsAtTheDeadline(attacker);
    }
  }

  private void endsAtTheDeadline(RawPeer attacker) throws IOException {
    attacker.awaitEnd();
    assertThat(heard.awaitRefused().kind()).isEqualTo(Kind.TIMED_OUT);
  }

  @Test
  void connectionsThatSayNothing_areHeldUpToALimit_andFreedAtTheDeadline() throws Exception {
    int limit = limits().pending().connectionsInbound();
    List<RawPeer> attackers = new ArrayList<>();
    try {
      for (int i = 0; i < SILENT_CONNECTIONS; i++) {
        attackers.add(RawPeer.dial(host));
      }
      for (RawPeer attacker : attackers) {
        attacker.awaitEnd();
      }

      await().until(() -> heard.refused.size() == SILENT_CONNECTIONS);
      assertThat(heard.refused)
          .filteredOn(reason -> reason.kind() == Kind.REFUSED)
          .hasSizeGreaterThanOrEqualTo(SILENT_CONNECTIONS - 2 * limit)
          .allSatisfy(
              reason ->
                  assertThat(reason)
                      .hasMessage(
                          limit + " inbound connections still in their handshake are the limit"));
      assertThat(heard.refused)
          .filteredOn(reason -> reason.kind() == Kind.TIMED_OUT)
          .hasSizeGreaterThanOrEqualTo(limit);
      assertThat(good.mostPending().connectionsInbound()).isEqualTo(limit);
    } finally {
      for (RawPeer attacker : attackers) {
        attacker.close();
      }
    }
    try (RawPeer late = RawPeer.connect(host)) {
      assertThat(heard.awaitConnected(late.id()).isOpen()).isTrue();
    }
  }

  static Stream<Arguments> noiseOutOfOrder() {
    byte[] first = concatLength(new byte[32]);
    return Stream.of(
        Arguments.of(
            concatLength(new byte[200]), "Noise message 1 is 200 bytes long; it has from 32 to 32"),
        Arguments.of(new byte[2], "Noise message 1 is 0 bytes long; it has from 32 to 32"),
        Arguments.of(
            new byte[] {-1, -1}, "Noise message 1 is 65535 bytes long; it has from 32 to 32"),
        Arguments.of(
            RawPeer.concat(first, first),
            "bytes follow Noise message 1 before it could be answered"));
  }

  @ParameterizedTest(name = "{1}")
  @MethodSource("noiseOutOfOrder")
  void noiseMessagesOutOfOrder_endTheConnection(byte[] bytes, String reason) throws Exception {
    try (RawPeer attacker = RawPeer.dial(host).negotiate("/noise")) {
      attacker.writeAll(bytes).awaitEnd();

      assertThat(heard.awaitRefused()).hasMessage(reason);
    }
  }

  @Test
  void noiseFirstMessageAgainAsTheThird_endsTheConnection() throws Exception {
    try (RawPeer attacker = RawPeer.dial(host).negotiate("/noise")) {
      byte[] key = RawPeer.CRYPTO.x25519PublicKey(RawPeer.ENTROPY.next(32));
      attacker.write(concatLength(key));
      attacker.socket().getInputStream().readNBytes(2); // message 2 is on its way
      attacker.write(concatLength(key)).awaitEnd();

      assertThat(heard.awaitRefused().getMessage()).startsWith("Noise message 3 is 32 bytes long");
    }
  }

  @Test
  void noiseThirdMessageOfNoise_endsTheConnection() throws Exception {
    try (RawPeer attacker = RawPeer.dial(host).negotiate("/noise")) {
      attacker.write(concatLength(RawPeer.CRYPTO.x25519PublicKey(RawPeer.ENTROPY.next(32))));
      attacker.socket().getInputStream().readNBytes(2);
      attacker.write(concatLength(RawPeer.ENTROPY.next(200))).awaitEnd();

      assertThat(heard.awaitRefused().kind()).isEqualTo(Kind.PEER_VIOLATION);
    }
  }

  @Test
  void noiseKeyOfLowOrder_endsTheConnection() throws Exception {
    try (RawPeer attacker = RawPeer.dial(host).negotiate("/noise")) {
      attacker.write(concatLength(new byte[32])).awaitEnd();

      assertThat(heard.awaitRefused().kind()).isEqualTo(Kind.PEER_VIOLATION);
    }
  }

  @Test
  void forgedIdentity_isRefused() throws Exception {
    try (RawPeer attacker = RawPeer.dial(host).negotiate("/noise")) {
      attacker.noise(new ForgedSignatures(), List.of(RawPeer.YAMUX)).awaitEnd();

      assertThat(heard.awaitRefused())
          .hasMessage("Noise message 3: the identity key did not sign the static key")
          .extracting(HostException::kind)
          .isEqualTo(Kind.PEER_VIOLATION);
    }
  }

  @Test
  void tlsWithoutCertificate_isRefused() throws Exception {
    try (RawPeer attacker = RawPeer.dial(host).negotiate("/tls/1.0.0");
        SSLSocket tls = tls(attacker, "libp2p")) {
      tls.startHandshake();
      // In TLS 1.3 the listener judges a dialer after the dialer is through.
      assertThatThrownBy(() -> tls.getInputStream().read()).isInstanceOf(IOException.class);

      assertThat(heard.awaitRefused().kind()).isEqualTo(Kind.PEER_VIOLATION);
    }
  }

  @Test
  void tlsForAnotherApplication_isRefused() throws Exception {
    try (RawPeer attacker = RawPeer.dial(host).negotiate("/tls/1.0.0");
        SSLSocket tls = tls(attacker, "h2")) {
      assertThatThrownBy(tls::startHandshake).hasMessageContaining("no_application_protocol");

      assertThat(heard.awaitRefused())
          .hasMessage("peer offers application protocols, and none of them is libp2p's");
    }
  }

  @Test
  void bytesThatAreNoTls_endTheConnection() throws Exception {
    try (RawPeer attacker = RawPeer.dial(host).negotiate("/tls/1.0.0")) {
      attacker.writeAll(RawPeer.ENTROPY.next(100_000)).awaitEnd();

      assertThat(heard.awaitRefused().kind()).isEqualTo(Kind.PEER_VIOLATION);
    }
  }

  @Test
  void connectionsThatEndInTheMiddle_leaveNothing() throws Exception {
    byte[] whole =
        RawPeer.concat(
            RawPeer.message(RawPeer.MULTISTREAM),
            RawPeer.message("/noise"),
            concatLength(RawPeer.CRYPTO.x25519PublicKey(RawPeer.ENTROPY.next(32))));
    for (int length = 0; length <= whole.length; length++) {
      try (RawPeer attacker = RawPeer.dial(host)) {
        attacker.write(Arrays.copyOf(whole, length));
        if (length % 2 == 0) {
          attacker.abort();
        }
      }
    }

    await().until(() -> heard.refused.size() == whole.length + 1);
    assertThat(heard.refused).extracting(HostException::kind).containsOnly(Kind.CLOSED);
  }

  @Test
  void aHostThatDialsItself_isRefused() throws Exception {
    try (RawPeer attacker = RawPeer.dial(host, options.identity())) {
      attacker.secure().awaitEnd();

      assertThat(heard.awaitRefused()).hasMessageContaining("is this host itself");
    }
  }

  @Test
  void ninthConnectionOfAPeer_isRefused_andTheLimitNamed() throws Exception {
    List<RawPeer> attackers = new ArrayList<>();
    try {
      RawPeer first = RawPeer.connect(host);
      attackers.add(first);
      for (int i = 2; i <= 8; i++) {
        attackers.add(RawPeer.dial(host, first.key()).secure());
      }
      await().until(() -> host.connections(first.id()).size() == 8);
      attackers.add(RawPeer.dial(host, first.key()).secure());

      attackers.get(8).awaitEnd();
      assertThat(heard.awaitRefused())
          .hasMessage("8 connections of peer " + first.id() + " are the limit")
          .extracting(HostException::kind)
          .isEqualTo(Kind.REFUSED);
      assertThat(books.use(new Scope.Peer(first.id())).connections()).isEqualTo(8);
    } finally {
      for (RawPeer attacker : attackers) {
        attacker.close();
      }
    }
  }

  private static byte[] concatLength(byte[] message) {
    return RawPeer.concat(
        new byte[] {(byte) (message.length >> 8), (byte) message.length}, message);
  }

  private static SSLSocket tls(RawPeer attacker, String application) throws Exception {
    SSLContext context = SSLContext.getInstance("TLSv1.3");
    context.init(null, new TrustManager[] {new TrustsAnyone()}, new SecureRandom());
    SSLSocket tls =
        (SSLSocket)
            context.getSocketFactory().createSocket(attacker.socket(), "localhost", 1, false);
    SSLParameters parameters = tls.getSSLParameters();
    parameters.setApplicationProtocols(new String[] {application});
    tls.setSSLParameters(parameters);
    return tls;
  }
}
