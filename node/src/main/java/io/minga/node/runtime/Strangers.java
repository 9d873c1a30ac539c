package io.minga.node.runtime;

import io.minga.libp2p.identity.PeerId;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Connected peers of other networks, of each of which is told once. Belongs to the loop. */
final class Strangers {
  private static final Logger LOG = LoggerFactory.getLogger(Strangers.class);

  /** Of how many is told at most. */
  private static final int TOLD_MAX = 100;

  private final String network;
  private final Consumer<String> trouble;
  private final Set<PeerId> told = new LinkedHashSet<>();

  Strangers(String network, Consumer<String> trouble) {
    this.network = network;
    this.trouble = trouble;
  }

  void met(PeerId peer, String its) {
    if (told.size() < TOLD_MAX && told.add(peer)) {
      String sentence =
          "%s is of the network %s, and this peer of %s: neither gets work from the other"
              .formatted(peer, its, network);
      LOG.warn("{}", sentence);
      trouble.accept(sentence);
    }
  }
}
