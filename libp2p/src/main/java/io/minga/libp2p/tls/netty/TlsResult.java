package io.minga.libp2p.tls.netty;

import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.identity.PublicKey;
import java.util.Optional;

/**
 * What a TLS handshake brought, fired as a user event once it is complete.
 *
 * <p>On the dialing side the listener has not judged our certificate yet: in TLS 1.3 that follows
 * later, and a refusal arrives as an exception and a close. The first byte from the listener's
 * application shows that it accepted us.
 *
 * @param peer who is there
 * @param publicKey the host key of that peer
 * @param muxer the muxer both sides agreed on, or none: then multistream-select finds one
 */
public record TlsResult(PeerId peer, PublicKey publicKey, Optional<String> muxer) {}
