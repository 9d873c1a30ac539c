package io.minga.simulations.node;

import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/** What peers of a run are called: as by a hash of a key, of which nobody has the other half. */
final class PeerNames {
  private static final int MULTIHASH_BYTES = 34;
  private static final int SHA_256 = 0x12;
  private static final long MIX = 0x9e3779b97f4a7c15L;

  private final Map<PeerId, Integer> numbers = new LinkedHashMap<>();

  PeerId add(int number) {
    ByteBuffer multihash = ByteBuffer.allocate(MULTIHASH_BYTES);
    multihash.put((byte) SHA_256).put((byte) (MULTIHASH_BYTES - 2)).putInt(number);
    multihash.putLong((number + 1) * MIX);
    try {
      PeerId id = PeerId.decode(Bytes.copyOf(multihash.array()));
      numbers.put(id, number);
      return id;
    } catch (WireException wrong) {
      throw new IllegalStateException(wrong);
    }
  }

  /** The peer's number; -1 if there is none of that name. */
  int number(PeerId id) {
    return numbers.getOrDefault(id, -1);
  }
}
