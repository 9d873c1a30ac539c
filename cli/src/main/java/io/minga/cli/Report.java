package io.minga.cli;

import io.minga.libp2p.discovery.Source;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Multiaddr;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What a running peer tells whoever started it. Safe for any thread. */
interface Report {
  /**
   * A peer that is up.
   *
   * @param addresses where it listens, ending in its id
   * @param data its data directory
   * @param config the file that options were read from, if there was one
   */
  record Started(
      PeerId self,
      List<Multiaddr> addresses,
      String network,
      int slots,
      List<String> functions,
      Path data,
      Optional<Path> config) {}

  /** The peer is up. */
  void started(Started peer);

  void joined(PeerId peer, Source source, Multiaddr address);

  void left(PeerId peer);

  /** Something does not work so far. */
  void trouble(String sentence);

  /** The peer has left in order. */
  void stopped();
}
