package io.minga.libp2p.tls.netty;

import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.tls.PeerCertificate;
import io.minga.libp2p.wire.WireException;
import org.jspecify.annotations.Nullable;

/** One connection's question to its peer's certificate, and the answer. Owned by its event loop. */
final class PeerProof {
  private final @Nullable PeerId expected;
  private @Nullable PeerCertificate certificate;
  private @Nullable WireException refusal;

  PeerProof(@Nullable PeerId expected) {
    this.expected = expected;
  }

  /** Takes what the certificate proved, unless it proves someone else than was expected. */
  void accept(PeerCertificate proven) throws WireException {
    if (expected != null && !expected.equals(proven.peer())) {
      throw new WireException("peer is " + proven.peer() + "; " + expected + " was expected");
    }
    certificate = proven;
  }

  /** Remembers why there is no proof, in our words and not in those of a TLS library. */
  void refuse(WireException reason) {
    refusal = reason;
  }

  /** What was proven, or null. */
  @Nullable PeerCertificate certificate() {
    return certificate;
  }

  /** Why nothing was, or null. */
  @Nullable WireException refusal() {
    return refusal;
  }
}
