package io.minga.libp2p.discovery;

import io.minga.libp2p.multiformats.Multiaddr;
import java.util.List;

/** What a name in an address stands for, or why nobody knows. */
public sealed interface Resolution {
  /** The addresses, which may have names again. */
  record Found(List<Multiaddr> addresses) implements Resolution {
    /** A copy of the list. */
    public Found {
      addresses = List.copyOf(addresses);
    }
  }

  /** There is no answer; {@code reason} is a clause: {@code there is no such name}. */
  record Failed(String reason) implements Resolution {}
}
