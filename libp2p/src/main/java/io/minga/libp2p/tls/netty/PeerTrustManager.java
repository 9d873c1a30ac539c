package io.minga.libp2p.tls.netty;

import io.minga.libp2p.crypto.Crypto;
import io.minga.libp2p.tls.PeerCertificate;
import io.minga.libp2p.wire.WireException;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Where a TLS library asks whether a peer's certificate will do. The library's context, and so this
 * object, serves all connections; the engine that comes with the question leads to the connection.
 *
 * <p>It is an extended trust manager because a plain one would be wrapped in a check of host names.
 */
final class PeerTrustManager extends X509ExtendedTrustManager {
  private static final X509Certificate[] NO_ISSUERS = {};

  private final Crypto crypto;
  private final LongSupplier wallTimeMillis;

  /** Grows and shrinks with the handshakes under way. */
  private final ConcurrentMap<SSLEngine, PeerProof> handshakes = new ConcurrentHashMap<>();

  PeerTrustManager(Crypto crypto, LongSupplier wallTimeMillis) {
    this.crypto = crypto;
    this.wallTimeMillis = wallTimeMillis;
  }

  void begin(SSLEngine engine, PeerProof proof) {
    handshakes.put(engine, proof);
  }

  void end(SSLEngine engine) {
    handshakes.remove(engine);
  }

  /** How many handshakes are under way. */
  int handshakes() {
    return handshakes.size();
  }

  private void check(X509Certificate[] certificates, @Nullable SSLEngine engine)
      throws CertificateException {
    PeerProof proof = engine == null ? null : handshakes.get(engine);
    if (proof == null) {
      throw new CertificateException("no libp2p handshake is under way on this engine");
    }
    List<byte[]> chain = new ArrayList<>(certificates.length);
    for (X509Certificate certificate : certificates) {
      chain.add(certificate.getEncoded());
    }
    try {
      proof.accept(PeerCertificate.verify(crypto, chain, wallTimeMillis.getAsLong()));
    } catch (WireException e) {
      proof.refuse(e);
      throw new CertificateException(e.getMessage(), e);
    }
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    check(chain, engine);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    check(chain, engine);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    check(chain, null);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    check(chain, null);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    check(chain, null);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    check(chain, null);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return NO_ISSUERS.clone();
  }
}
