package io.minga.libp2p.identify;

import io.minga.libp2p.crypto.Crypto;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.identity.PeerRecord;
import io.minga.libp2p.identity.PublicKey;
import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an authenticated peer has said of itself, as far as it has the right to: its key is that of
 * its id, and its signed record is its own.
 *
 * @param addresses those of the signed record if there is one, else those that were only said
 * @param signedRecord the verified record, with its envelope as it came
 * @param observedAddress where the peer sees us; nothing vouches for it
 */
public record IdentifiedPeer(
    PeerId peer,
    @Nullable PublicKey publicKey,
    List<Multiaddr> addresses,
    @Nullable SignedRecord signedRecord,
    List<String> protocols,
    @Nullable String protocolVersion,
    @Nullable String agentVersion,
    @Nullable Multiaddr observedAddress) {
  /** A peer record that its peer has signed, and the encoded envelope it came in. */
  public record SignedRecord(PeerRecord record, Bytes envelope) {}

  /** Copies of the lists. */
  public IdentifiedPeer {
    addresses = List.copyOf(addresses);
    protocols = List.copyOf(protocols);
  }

  /**
   * Verifies what {@code message} says of {@code peer}, whom the connection has authenticated.
   *
   * @throws WireException if its key is not that of the peer's id, or its signed record is
   *     malformed, wrongly signed or another peer's
   */
  public static IdentifiedPeer verify(Crypto crypto, PeerId peer, IdentifyMessage message)
      throws WireException {
    PublicKey publicKey = message.publicKey();
    if (publicKey != null && !PeerId.of(publicKey).equals(peer)) {
      throw new WireException(
          "identify's public key is that of %s, but the connection is with %s"
              .formatted(PeerId.of(publicKey), peer));
    }
    Bytes envelope = message.signedPeerRecord();
    SignedRecord signed =
        envelope == null ? null : new SignedRecord(PeerRecord.open(crypto, envelope), envelope);
    if (signed != null && !signed.record().peer().equals(peer)) {
      throw new WireException(
          "identify's peer record is that of %s, but the connection is with %s"
              .formatted(signed.record().peer(), peer));
    }
    return new IdentifiedPeer(
        peer,
        publicKey,
        signed != null ? signed.record().addresses() : message.listenAddresses(),
        signed,
        message.protocols(),
        message.protocolVersion(),
        message.agentVersion(),
        message.observedAddress());
  }
}
