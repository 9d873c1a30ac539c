package io.minga.simulations.gossip;

import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The peer ids of numbered peers, each made once and as long as that of an Ed25519 peer, and their
 * signatures: of the right length, and recognisable without crypto.
 */
final class Names {
  private static final Bytes HEADER = Bytes.fromHex("002408011220");
  private static final int KEY_BYTES = 32;
  private static final int NUMBER_OFFSET = 34;
  private static final int SIGNATURE_BYTES = 64;

  private final List<PeerId> ids = new ArrayList<>();
  private final List<Bytes> signatures = new ArrayList<>();

  PeerId of(int number) {
    while (ids.size() <= number) {
      byte[] key = new byte[KEY_BYTES];
      new SplittableRandom(ids.size()).nextBytes(key); // or their hashes would collide
      ByteBuffer.wrap(key).putInt(KEY_BYTES - 4, ids.size());
      try {
        ids.add(PeerId.decode(HEADER.concat(Bytes.copyOf(key))));
      } catch (WireException impossible) {
        throw new IllegalStateException(impossible);
      }
      byte[] signature = new byte[SIGNATURE_BYTES];
      ByteBuffer.wrap(signature).putInt(signatures.size());
      signatures.add(Bytes.copyOf(signature));
    }
    return ids.get(number);
  }

  static int number(PeerId peer) {
    return number(peer.multihash());
  }

  static int number(Bytes id) {
    return id.at(NUMBER_OFFSET) << 24
        | id.at(NUMBER_OFFSET + 1) << 16
        | id.at(NUMBER_OFFSET + 2) << 8
        | id.at(NUMBER_OFFSET + 3);
  }

  /** What {@code number} signs with. */
  Bytes signature(int number) {
    of(number);
    return signatures.get(number);
  }

  /** Whether {@code signature} is that of the author {@code from}. */
  boolean isSignedBy(Bytes signature, Bytes from) {
    return signature.equals(signature(number(from)));
  }
}
