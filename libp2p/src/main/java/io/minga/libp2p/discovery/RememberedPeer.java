package io.minga.libp2p.discovery;

import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Multiaddr;
import java.util.List;

/**
 * A peer that is worth dialling first after a restart.
 *
 * @param addresses where it was reached, the best first, without the peer's id at the end
 */
public record RememberedPeer(PeerId peer, List<Multiaddr> addresses) {
  /** The most addresses that are remembered of one peer. */
  public static final int ADDRESSES_MAX = 8;

  /** Requires 1 to {@link #ADDRESSES_MAX} addresses. */
  public RememberedPeer {
    addresses = List.copyOf(addresses);
    if (addresses.isEmpty() || addresses.size() > ADDRESSES_MAX) {
      throw new IllegalArgumentException(
          "a remembered peer has 1 to %d addresses, not %d"
              .formatted(ADDRESSES_MAX, addresses.size()));
    }
  }
}
