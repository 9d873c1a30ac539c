package io.minga.libp2p.peers;

import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.identity.PublicKey;
import io.minga.libp2p.wire.Bytes;
import java.util.List;
import java.util.Optional;

/**
 * What the store knows of a peer at a moment, its addresses apart.
 *
 * @param signedRecord the encoded envelope of its latest peer record
 */
public record PeerInfo(
    PeerId peer,
    boolean connected,
    Optional<PublicKey> publicKey,
    List<String> protocols,
    Optional<String> protocolVersion,
    Optional<String> agentVersion,
    Optional<Bytes> signedRecord) {}
