package io.minga.libp2p.tls.netty;

import io.minga.libp2p.tls.CertificateForge;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSslCredential;
import io.netty.handler.ssl.OpenSslCredentialBuilder;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.handler.ssl.util.LazyX509Certificate;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Collections;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * A peer that isn't ours: the JDK's TLS with any certificates, protocols and versions, trusting
 * everyone.
 */
final class Foreign {
  private String[] versions = {"TLSv1.3"};
  private String[] applicationProtocols = {"libp2p"};
  private X509Certificate[] chain = {};
  private @Nullable PrivateKey key;

  private Foreign() {}

  static Foreign withoutCertificate() {
    return new Foreign();
  }

  static Foreign with(CertificateForge forge) {
    return with(forge.key(), List.of(forge.build()));
  }

  static Foreign with(KeyPair key, List<byte[]> chain) {
    try {
      Foreign foreign = new Foreign();
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      foreign.chain = new X509Certificate[chain.size()];
      for (int i = 0; i < chain.size(); i++) {
        foreign.chain[i] =
            (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(chain.get(i)));
      }
      // Made anew by the JDK, because its TLS takes no Ed25519 key of another provider.
      foreign.key =
          KeyFactory.getInstance(key.getPrivate().getAlgorithm())
              .generatePrivate(new PKCS8EncodedKeySpec(key.getPrivate().getEncoded()));
      return foreign;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A dialer over BoringSSL, which sends any certificate, though the JDK can't read it. */
  static Side dialOverBoringSsl(CertificateForge forge) {
    try {
      OpenSslCredential credential =
          OpenSslCredentialBuilder.forX509(
                  forge.key().getPrivate(), new LazyX509Certificate(forge.build()))
              .build();
      SslContext context =
          SslContextBuilder.forClient()
              .sslProvider(SslProvider.OPENSSL_REFCNT)
              .endpointIdentificationAlgorithm(null)
              .addCredential(credential)
              .trustManager(InsecureTrustManagerFactory.INSTANCE)
              .protocols("TLSv1.3")
              .build();
      Side side = new Side(context.newHandler(ByteBufAllocator.DEFAULT));
      // What is left of both is held by the handler, which gives it back when it is removed.
      credential.release();
      ReferenceCountUtil.release(context);
      return side;
    } catch (SSLException e) {
      throw new IllegalStateException(e);
    }
  }

  Foreign versions(String... names) {
    versions = names;
    return this;
  }

  Foreign applicationProtocols(String... names) {
    applicationProtocols = names;
    return this;
  }

  Side dial() {
    SslContextBuilder builder = SslContextBuilder.forClient().endpointIdentificationAlgorithm(null);
    if (key != null) {
      builder.keyManager(key, chain);
    }
    return side(builder);
  }

  Side listen() {
    return side(SslContextBuilder.forServer(key, chain).clientAuth(ClientAuth.REQUIRE));
  }

  /** Dialers that share what JDK sessions they are given, as those of one process do. */
  Dialers resuming() {
    return new Dialers(
        build(
            SslContextBuilder.forClient()
                .endpointIdentificationAlgorithm(null)
                .keyManager(key, chain)));
  }

  record Dialers(SslContext context) {
    Side dial() {
      return side(context.newHandler(ByteBufAllocator.DEFAULT, "peer.example", 4001), "libp2p");
    }

    int sessions() {
      return Collections.list(context.sessionContext().getIds()).size();
    }
  }

  private Side side(SslContextBuilder builder) {
    return side(build(builder).newHandler(ByteBufAllocator.DEFAULT), applicationProtocols);
  }

  private static Side side(SslHandler handler, String... applicationProtocols) {
    SSLEngine engine = handler.engine();
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setApplicationProtocols(applicationProtocols);
    engine.setSSLParameters(parameters);
    return new Side(handler);
  }

  private SslContext build(SslContextBuilder builder) {
    try {
      return builder
          .sslProvider(SslProvider.JDK)
          .trustManager(InsecureTrustManagerFactory.INSTANCE)
          .protocols(versions)
          .build();
    } catch (SSLException e) {
      throw new IllegalStateException(e);
    }
  }
}
