package io.minga.cli;

import io.minga.libp2p.discovery.Source;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Multiaddr;
import java.util.List;

/** What a running peer tells whoever started it. Safe for any thread. */
interface Report {
  /** The peer listens on {@code addresses}, which end in its id. */
  void started(PeerId self, List<Multiaddr> addresses);

  void joined(PeerId peer, Source source, Multiaddr address);

  void left(PeerId peer);

  /** Something does not work so far. */
  void trouble(String sentence);

  /** The peer has left in order. */
  void stopped();
}
