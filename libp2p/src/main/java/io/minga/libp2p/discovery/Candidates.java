package io.minga.libp2p.discovery;

import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Multiaddr;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The peers that may be dialled, each once, and so many of each source at most. */
final class Candidates {
  private final DiscoveryOptions options;
  private final Predicate<PeerId> connected;
  private final Map<PeerId, Candidate> byPeer = new LinkedHashMap<>();

  /**
   * @param connected which peers need no dial, and so don't count
   */
  Candidates(DiscoveryOptions options, Predicate<PeerId> connected) {
    this.options = options;
    this.connected = connected;
  }

  @Nullable Candidate find(PeerId peer) {
    return byPeer.get(peer);
  }

  Collection<Candidate> all() {
    return byPeer.values();
  }

  /**
   * Takes note of {@code peer}, whom {@code source} has named. Where there are too many of that
   * source, one that failed makes room; if none did, the new one is left out.
   */
  void add(long nowNanos, Source source, PeerId peer, List<Multiaddr> addresses) {
    if (addresses.isEmpty()) {
      return;
    }
    Candidate candidate = byPeer.get(peer);
    boolean promoted = candidate != null && source.compareTo(candidate.source) < 0;
    if ((candidate == null || promoted) && !makeRoom(source)) {
      if (candidate == null) {
        return;
      }
      promoted = false;
    }
    if (candidate == null) {
      candidate = new Candidate(peer, source, nowNanos);
      byPeer.put(peer, candidate);
    } else if (promoted) {
      candidate.source = source;
    }
    boolean fresh = candidate.addAddresses(source, addresses, options.addressesPerPeerMax());
    if (promoted || (fresh && source.compareTo(candidate.source) <= 0)) {
      candidate.refresh(nowNanos);
    }
  }

  void remove(Candidate candidate) {
    byPeer.remove(candidate.peer);
  }

  /** Forgets {@code candidate}, who is connected no more, if there are enough like it. */
  void disconnected(Candidate candidate) {
    if (pending(candidate.source) > max(candidate.source)) {
      remove(candidate);
    }
  }

  private boolean makeRoom(Source source) {
    if (pending(source) < max(source)) {
      return true;
    }
    Candidate worst = null;
    for (Candidate candidate : byPeer.values()) {
      if (candidate.source == source
          && isPending(candidate)
          && !candidate.dialing
          && candidate.failures > (worst == null ? 0 : worst.failures)) {
        worst = candidate;
      }
    }
    if (worst == null || !isHint(source)) {
      return false;
    }
    remove(worst);
    return true;
  }

  private int pending(Source source) {
    int count = 0;
    for (Candidate candidate : byPeer.values()) {
      if (candidate.source == source && isPending(candidate)) {
        count++;
      }
    }
    return count;
  }

  private boolean isPending(Candidate candidate) {
    return !connected.test(candidate.peer);
  }

  private int max(Source source) {
    return switch (source) {
      case BOOTSTRAP -> options.bootstrapPeersMax();
      case REMEMBERED -> options.rememberedMax();
      case MDNS -> options.mdnsHintsMax();
      case EXCHANGE -> options.exchangeHintsMax();
      case APPLICATION, INBOUND -> 0;
    };
  }

  /** Whether anyone can make up what {@code source} says. */
  static boolean isHint(Source source) {
    return source == Source.MDNS || source == Source.EXCHANGE;
  }
}
