package io.minga.libp2p.tls;

import io.minga.libp2p.crypto.Crypto;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.identity.PublicKey;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;

/**
 * What a peer's certificate proved: the host key that vouches for the certificate's own key, and
 * the peer id that follows from it (libp2p TLS, Peer Authentication). TLS proves that the peer
 * holds the certificate's key; only both together prove the peer.
 *
 * @param peer the peer's id
 * @param publicKey the peer's host key
 */
public record PeerCertificate(PeerId peer, PublicKey publicKey) {
  /** The longest certificate that is looked at, in bytes. */
  public static final int LENGTH_MAX = 16 * 1024;

  private static final Bytes PREFIX =
      Bytes.copyOf("libp2p-tls-handshake:".getBytes(StandardCharsets.US_ASCII));

  /**
   * Judges the certificates that a peer presented.
   *
   * @param chain each certificate in DER; exactly one is right
   * @param wallTimeMillis now, in milliseconds since 1970
   * @throws WireException if it is not one valid certificate of libp2p: more or fewer than one, too
   *     long, not in its form, outside its dates, not signed by its own key, without the libp2p
   *     extension, with another critical extension, or not vouched for by the host key
   */
  public static PeerCertificate verify(Crypto crypto, List<byte[]> chain, long wallTimeMillis)
      throws WireException {
    if (chain.size() != 1) {
      throw new WireException(
          "peer presented " + chain.size() + " certificates; exactly one is right");
    }
    byte[] der = chain.get(0);
    if (der.length > LENGTH_MAX) {
      throw new WireException(
          "certificate is of " + der.length + " bytes; " + LENGTH_MAX + " are allowed");
    }
    X509 certificate = X509.parse(der);
    requireAlive(certificate, wallTimeMillis);
    PublicKey hostKey = hostKey(certificate);
    SelfSignature.verify(crypto, certificate);
    if (!hostKey.verify(
        crypto,
        handshakeMessage(certificate.subjectPublicKeyInfo()),
        certificate.hostSignature().toByteArray())) {
      throw new WireException(
          "libp2p extension, signature is not that of the certificate key by the host key");
    }
    return new PeerCertificate(PeerId.of(hostKey), hostKey);
  }

  /** What the host key signs: the prefix and the certificate key's SubjectPublicKeyInfo. */
  static byte[] handshakeMessage(Bytes subjectPublicKeyInfo) {
    return PREFIX.concat(subjectPublicKeyInfo).toByteArray();
  }

  private static void requireAlive(X509 certificate, long wallTimeMillis) throws WireException {
    if (wallTimeMillis < certificate.notBeforeMillis()) {
      throw new WireException(
          "certificate is not valid before %s, and it is %s"
              .formatted(
                  Instant.ofEpochMilli(certificate.notBeforeMillis()),
                  Instant.ofEpochMilli(wallTimeMillis)));
    }
    if (wallTimeMillis > certificate.notAfterMillis()) {
      throw new WireException(
          "certificate expired on %s, and it is %s"
              .formatted(
                  Instant.ofEpochMilli(certificate.notAfterMillis()),
                  Instant.ofEpochMilli(wallTimeMillis)));
    }
  }

  private static PublicKey hostKey(X509 certificate) throws WireException {
    try {
      return PublicKey.decode(certificate.hostKey());
    } catch (WireException e) {
      throw new WireException("libp2p extension, publicKey: " + e.getMessage());
    }
  }
}
