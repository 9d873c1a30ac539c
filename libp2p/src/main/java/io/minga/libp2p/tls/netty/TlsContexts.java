package io.minga.libp2p.tls.netty;

import io.minga.libp2p.tls.PeerCertificate;
import io.minga.libp2p.tls.TlsIdentity;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.List;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.TrustManager;

/** The two contexts, for dialing and for listening, that all connections of a host share. */
final class TlsContexts {
  /** AES-128 first: both libraries follow the listener's order, and the JDK's own starts at 256. */
  private static final List<String> CIPHER_SUITES =
      List.of("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256");

  /**
   * Longer than a ticket may live (RFC 8446, section 4.6.1). The JDK sends no ticket then, and has
   * no other switch for one context.
   */
  private static final int JDK_SESSION_TIMEOUT_WITHOUT_TICKETS_SECONDS = 7 * 24 * 3600 + 1;

  private final SslContext dialing;
  private final SslContext listening;

  TlsContexts(TlsIdentity identity, TrustManager trust, TlsOptions options) {
    try {
      X509Certificate certificate = certificate(identity);
      PrivateKey key = privateKey(identity);
      this.dialing =
          build(SslContextBuilder.forClient().keyManager(key, certificate), trust, options);
      this.listening =
          build(
              SslContextBuilder.forServer(key, certificate).clientAuth(ClientAuth.REQUIRE),
              trust,
              options);
    } catch (GeneralSecurityException | SSLException e) {
      throw new IllegalStateException("TLS can't be set up with our own certificate", e);
    }
  }

  SslContext dialing() {
    return dialing;
  }

  SslContext listening() {
    return listening;
  }

  void release() {
    ReferenceCountUtil.release(dialing);
    ReferenceCountUtil.release(listening);
  }

  private static SslContext build(SslContextBuilder builder, TrustManager trust, TlsOptions options)
      throws SSLException {
    builder
        .sslProvider(options.library().provider())
        .trustManager(trust)
        .protocols("TLSv1.3")
        .ciphers(CIPHER_SUITES)
        .endpointIdentificationAlgorithm(null);
    if (options.library() == TlsLibrary.BORINGSSL) {
      // The JDK's engines get theirs one by one, without Netty's wrapper around the engine.
      builder
          .applicationProtocolConfig(
              new ApplicationProtocolConfig(
                  Protocol.ALPN,
                  SelectorFailureBehavior.NO_ADVERTISE,
                  SelectedListenerFailureBehavior.ACCEPT,
                  options.applicationProtocols()))
          .option(OpenSslContextOption.MAX_CERTIFICATE_LIST_BYTES, PeerCertificate.LENGTH_MAX);
    }
    SslContext context = builder.build();
    turnOffResumption(context.sessionContext());
    return context;
  }

  /** Each connection proves both identities anew. */
  private static void turnOffResumption(SSLSessionContext sessions) {
    if (sessions instanceof OpenSslSessionContext boring) {
      // Tickets are off by default.
      boring.setSessionCacheEnabled(false);
    } else {
      sessions.setSessionTimeout(JDK_SESSION_TIMEOUT_WITHOUT_TICKETS_SECONDS);
    }
  }

  private static X509Certificate certificate(TlsIdentity identity) throws GeneralSecurityException {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(identity.certificate().toByteArray()));
  }

  private static PrivateKey privateKey(TlsIdentity identity) throws GeneralSecurityException {
    return KeyFactory.getInstance("EC")
        .generatePrivate(new PKCS8EncodedKeySpec(identity.privateKey()));
  }
}
