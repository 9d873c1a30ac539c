package io.minga.libp2p.identity;

import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;

/** A peer's name: the multihash of its public key (libp2p peer-ids). */
@SuppressWarnings("DoNotCallSuggester")
public record PeerId(Bytes multihash) implements Comparable<PeerId> {
  /** The id of the peer that holds the private half of {@code key}. */
  public static PeerId of(PublicKey key) {
    throw new UnsupportedOperationException("skeleton");
  }

  /** Parses both text forms: base58 ({@code 12D3Koo…}, {@code Qm…}) and CIDv1 ({@code bafz…}). */
  public static PeerId parse(String text) {
    throw new UnsupportedOperationException("skeleton");
  }

  /** The id that {@code multihash}, from the wire, is. */
  public static PeerId decode(Bytes multihash) throws WireException {
    throw new UnsupportedOperationException("skeleton");
  }

  @Override
  public int compareTo(PeerId other) {
    return multihash.compareTo(other.multihash);
  }
}
