package io.minga.libp2p.tls.netty;

import static io.minga.libp2p.tls.CertificateForge.ec;
import static io.minga.libp2p.tls.CertificateForge.ed25519;
import static io.minga.libp2p.tls.CertificateForge.rsa;
import static org.assertj.core.api.Assertions.assertThat;

import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.tls.CertificateForge;
import io.minga.libp2p.wire.WireException;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** One side ours, the other one that keeps to other rules or to none. */
class TlsForeignPeerTest {
  private final List<Host> hosts = new ArrayList<>();

  private Host host(TlsLibrary library) {
    Host host = Host.of(library, hosts.size() + 1);
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

  private static boolean isComplete(Side foreign) {
    return foreign.outcomes.get(0) instanceof SslHandshakeCompletionEvent event
        && event.isSuccess();
  }

  private static void assertRefused(Side ours, String reason) {
    assertThat(ours.failure())
        .isInstanceOf(WireException.class)
        .hasMessageMatching("(?s)" + reason + ".*");
    assertThat(ours.channel.isOpen()).isFalse();
  }

  @ParameterizedTest
  @EnumSource(TlsLibrary.class)
  void dialerWithoutCertificate_isRefusedThoughItsHandshakeIsComplete(TlsLibrary library) {
    Side listener = host(library).listen();
    Side foreign = Foreign.withoutCertificate().dial();
    foreign.send(new byte[] {1, 2, 3});

    Side.connect(foreign, listener);

    assertRefused(listener, "TLS failed: ");
    assertThat(listener.received()).isEmpty();
    assertThat(isComplete(foreign)).isTrue();
    assertThat(foreign.outcomes.get(1).toString())
        .containsAnyOf("certificate_required", "bad_certificate");
    assertThat(foreign.channel.isOpen()).isFalse();
  }

  @ParameterizedTest
  @EnumSource(TlsLibrary.class)
  void dialerWithoutApplicationProtocols_isAccepted(TlsLibrary library) {
    Side listener = host(library).listen();
    CertificateForge forge = new CertificateForge();

    Side.connect(Foreign.with(forge).applicationProtocols().dial(), listener);

    assertThat(((TlsResult) listener.outcome()).peer())
        .isEqualTo(PeerId.of(forge.hostKey.publicKey()));
    assertThat(listener.result().muxer()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(TlsLibrary.class)
  void listenerWithoutApplicationProtocols_isAccepted(TlsLibrary library) {
    Side dialer = host(library).dial(null);

    Side.connect(dialer, Foreign.with(new CertificateForge()).applicationProtocols().listen());

    assertThat(((TlsResult) dialer.outcome()).muxer()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(TlsLibrary.class)
  void dialerWithOtherApplicationProtocols_isRefusedWithTheRightAlert(TlsLibrary library) {
    Side listener = host(library).listen();
    Side foreign = Foreign.with(new CertificateForge()).applicationProtocols("h2").dial();

    Side.connect(foreign, listener);

    assertThat(listener.failure()).isInstanceOf(WireException.class);
    assertThat(listener.channel.isOpen()).isFalse();
    assertThat(isComplete(foreign)).isFalse();
    assertThat(foreign.outcomes.get(0).toString()).contains("no_application_protocol");
  }

  @ParameterizedTest
  @EnumSource(TlsLibrary.class)
  void ourDialer_isToldThatNoApplicationProtocolMatches(TlsLibrary library) {
    Side dialer = host(library).dial(null);

    Side.connect(dialer, Foreign.with(new CertificateForge()).applicationProtocols("h2").listen());

    assertRefused(dialer, "peer ended TLS with the alert no_application_protocol");
  }

  @ParameterizedTest
  @EnumSource(TlsLibrary.class)
  void olderVersion_isRefused(TlsLibrary library) {
    Side listener = host(library).listen();
    Side oldDialer = Foreign.with(new CertificateForge()).versions("TLSv1.2").dial();
    Side.connect(oldDialer, listener);
    assertRefused(listener, "TLS failed: ");
    assertThat(isComplete(oldDialer)).isFalse();
    assertThat(oldDialer.outcomes.get(0).toString()).contains("protocol_version");

    Side dialer = host(library).dial(null);
    Side oldListener = Foreign.with(new CertificateForge()).versions("TLSv1.2").listen();
    Side.connect(dialer, oldListener);
    assertRefused(dialer, "peer ended TLS with the alert protocol_version");
  }

  @ParameterizedTest
  @EnumSource(TlsLibrary.class)
  void twoCertificates_areRefused(TlsLibrary library) {
    KeyPair key = ec("secp256r1");
    byte[] der = new CertificateForge(key, "SHA256withECDSA").build();
    byte[] other = new CertificateForge().build();

    Side listener = host(library).listen();
    Side.connect(Foreign.with(key, List.of(der, other)).dial(), listener);
    assertRefused(listener, "peer presented 2 certificates; exactly one is right");

    Side dialer = host(library).dial(null);
    Side.connect(dialer, Foreign.with(key, List.of(der, other)).listen());
    assertRefused(dialer, "peer presented 2 certificates; exactly one is right");
  }

  @ParameterizedTest
  @EnumSource(TlsLibrary.class)
  void certificateOfNoPeer_isRefused(TlsLibrary library) {
    Side listener = host(library).listen();
    Side.connect(Foreign.with(new CertificateForge().withoutExtension()).dial(), listener);
    assertRefused(listener, "certificate lacks the libp2p extension");

    Side dialer = host(library).dial(null);
    Side.connect(dialer, Foreign.with(new CertificateForge().withoutExtension()).listen());
    assertRefused(dialer, "certificate lacks the libp2p extension");
  }

  @ParameterizedTest
  @CsvSource({"BORINGSSL, P-384", "JDK, P-384", "BORINGSSL, RSA", "JDK, RSA", "JDK, Ed25519"})
  void certificateOfAnotherKind_isAccepted(TlsLibrary library, String kind) {
    CertificateForge forge = forge(kind);
    PeerId peer = PeerId.of(forge.hostKey.publicKey());

    Side listener = host(library).listen();
    Side.connect(Foreign.with(forge).dial(), listener);
    assertThat(((TlsResult) listener.outcome()).peer()).isEqualTo(peer);

    Side dialer = host(library).dial(peer);
    Side.connect(dialer, Foreign.with(forge).listen());
    assertThat(((TlsResult) dialer.outcome()).peer()).isEqualTo(peer);
  }

  /** A dialer of the JDK keeps a session for each handshake and one more for each ticket. */
  @ParameterizedTest
  @EnumSource(TlsLibrary.class)
  void dialerThatCouldResume_getsNoTicket(TlsLibrary library) {
    Host host = host(library);
    Foreign.Dialers dialers = Foreign.with(new CertificateForge()).resuming();
    for (int handshakes = 1; handshakes <= 3; handshakes++) {
      Side foreign = dialers.dial();
      Side listener = host.listen();
      Side.connect(foreign, listener);
      listener.send(new byte[] {1});
      Side.connect(foreign, listener);

      assertThat(listener.outcome()).isInstanceOf(TlsResult.class);
      assertThat(foreign.received()).hasSize(1);
      assertThat(dialers.sessions()).isEqualTo(handshakes);
    }
  }

  @Test
  void dialerThatCouldResume_getsATicketFromOthers() {
    Foreign.Dialers dialers = Foreign.with(new CertificateForge()).resuming();
    Side foreign = dialers.dial();

    Side.connect(foreign, Foreign.with(new CertificateForge()).listen());

    assertThat(dialers.sessions()).isGreaterThan(1);
  }

  /** rust-libp2p names neither issuer nor subject. */
  @ParameterizedTest
  @EnumSource(TlsLibrary.class)
  void certificateWithoutNames_isBeyondTheJdk(TlsLibrary library) {
    Side listener = host(library).listen();

    Side.connect(Foreign.dialOverBoringSsl(new CertificateForge().withoutName()), listener);

    if (library == TlsLibrary.BORINGSSL) {
      assertThat(listener.outcome()).isInstanceOf(TlsResult.class);
    } else {
      // Newer JDKs say the alert's name first.
      assertRefused(
          listener, "TLS failed: (\\(bad_certificate\\) )?Failed to parse client certificates");
    }
  }

  private static CertificateForge forge(String kind) {
    return switch (kind) {
      case "P-384" -> new CertificateForge(ec("secp384r1"), "SHA384withECDSA");
      case "RSA" -> new CertificateForge(rsa(2048), "SHA256withRSA");
      case "Ed25519" -> new CertificateForge(ed25519(), "Ed25519");
      default -> throw new IllegalArgumentException(kind);
    };
  }

  /** BoringSSL does not say that it can verify Ed25519, so such a peer finds no certificate. */
  @Test
  void certificateOfEd25519_neverReachesBoringSsl() {
    Side listener = host(TlsLibrary.BORINGSSL).listen();
    Side foreign = Foreign.with(forge("Ed25519")).dial();
    Side.connect(foreign, listener);
    assertRefused(listener, "TLS failed: .*");

    Side dialer = host(TlsLibrary.BORINGSSL).dial(null);
    Side.connect(dialer, Foreign.with(forge("Ed25519")).listen());
    assertRefused(dialer, "peer ended TLS with the alert handshake_failure");
  }
}
