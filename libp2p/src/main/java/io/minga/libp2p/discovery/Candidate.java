package io.minga.libp2p.discovery;

import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Multiaddr;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** A peer that may be dialled, connected or not. */
final class Candidate {
  final PeerId peer;
  Source source;
  boolean dialing;

  /** Dials and short-lived connections in a row that came to nothing. */
  int failures;

  /** When it may be dialled. */
  long nextTryNanos;

  /** The last failure that a person was told of. */
  String lastTrouble = "";

  private List<Multiaddr> addresses = List.of();

  Candidate(PeerId peer, Source source, long nowNanos) {
    this.peer = peer;
    this.source = source;
    this.nextTryNanos = nowNanos;
  }

  List<Multiaddr> addresses() {
    return addresses;
  }

  /**
   * Adds addresses: before the others if {@code source} is to be trusted as much as the best that
   * named this peer, else behind them, as long as there is room.
   *
   * @return whether any is new
   */
  boolean addAddresses(Source source, List<Multiaddr> added, int max) {
    List<Multiaddr> before = addresses;
    Set<Multiaddr> merged = new LinkedHashSet<>();
    if (source.compareTo(this.source) <= 0) {
      merged.addAll(added);
      merged.addAll(before);
    } else {
      merged.addAll(before);
      merged.addAll(added);
    }
    List<Multiaddr> kept = new ArrayList<>(merged);
    addresses = List.copyOf(kept.subList(0, Math.min(max, kept.size())));
    return addresses.stream().anyMatch(address -> !before.contains(address));
  }

  /** Gives it a fresh chance. */
  void refresh(long nowNanos) {
    failures = 0;
    nextTryNanos = nowNanos;
  }
}
