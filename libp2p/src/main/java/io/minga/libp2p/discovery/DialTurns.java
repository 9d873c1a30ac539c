package io.minga.libp2p.discovery;

import io.minga.libp2p.discovery.Discovery.Effect;
import io.minga.libp2p.discovery.Neighbours.Neighbour;
import io.minga.libp2p.multiformats.Multiaddr;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Chooses whom to dial next: sources take turns, and of a source those come first that have waited
 * longest. How many peers there may be depends on the source.
 */
final class DialTurns {
  private static final List<Source> SOURCES =
      List.of(Source.REMEMBERED, Source.BOOTSTRAP, Source.MDNS, Source.EXCHANGE);

  private final DiscoveryOptions options;
  private final Candidates candidates;
  private final Neighbours neighbours;
  private final HintPace pace;
  private int turn;

  DialTurns(DiscoveryOptions options, Candidates candidates, Neighbours neighbours) {
    this.options = options;
    this.candidates = candidates;
    this.neighbours = neighbours;
    this.pace = new HintPace(options);
  }

  /** Whether {@code candidate} is neither connected nor being dialled. */
  boolean isIdle(Candidate candidate) {
    return !candidate.dialing && !neighbours.isConnected(candidate.peer);
  }

  /** Starts the dials that there is room for. */
  List<Effect.Dial> start(long nowNanos) {
    List<Effect.Dial> dials = new ArrayList<>();
    int dialing = 0;
    int peers = neighbours.size();
    for (Candidate candidate : candidates.all()) {
      if (candidate.dialing) {
        dialing++;
        peers += neighbours.isConnected(candidate.peer) ? 0 : 1;
      }
    }
    for (; dialing < options.dialsMax(); dialing++, peers++) {
      Effect.Dial dial = next(nowNanos, peers);
      if (dial == null) {
        break;
      }
      dials.add(dial);
    }
    return dials;
  }

  private Effect.@Nullable Dial next(long nowNanos, int peers) {
    for (int i = 0; i < SOURCES.size(); i++) {
      int at = (turn + i) % SOURCES.size();
      Source source = SOURCES.get(at);
      if (peers < water(source)) {
        Effect.Dial dial = next(nowNanos, source);
        if (dial != null) {
          turn = at + 1;
          return dial;
        }
      }
    }
    return null;
  }

  private int water(Source source) {
    return source == Source.BOOTSTRAP || source == Source.MDNS
        ? options.highWater()
        : options.lowWater();
  }

  private Effect.@Nullable Dial next(long nowNanos, Source source) {
    List<Candidate> ready = new ArrayList<>();
    for (Candidate candidate : candidates.all()) {
      if (candidate.source == source
          && isIdle(candidate)
          && candidate.nextTryNanos - nowNanos <= 0) {
        ready.add(candidate);
      }
    }
    ready.sort(Comparator.comparingLong(candidate -> candidate.nextTryNanos - nowNanos));
    Subnets subnets = source == Source.EXCHANGE && !ready.isEmpty() ? chosenSubnets() : null;
    for (Candidate candidate : ready) {
      List<Multiaddr> addresses = allowed(nowNanos, candidate, subnets);
      if (!addresses.isEmpty()) {
        candidate.dialing = true;
        return new Effect.Dial(candidate.peer, addresses);
      }
    }
    return null;
  }

  /** The addresses that may be dialled now; if there are none, says when there will be. */
  private List<Multiaddr> allowed(long nowNanos, Candidate candidate, @Nullable Subnets subnets) {
    if (!Candidates.isHint(candidate.source)) {
      return candidate.addresses();
    }
    List<Multiaddr> allowed = new ArrayList<>();
    long earliestNanos = Long.MAX_VALUE;
    for (Multiaddr address : candidate.addresses()) {
      if (subnets != null && !subnets.hasRoom(address)) {
        continue;
      }
      long freeNanos = pace.freeNanos(nowNanos, address);
      if (freeNanos - nowNanos <= 0) {
        allowed.add(address);
        pace.dialled(nowNanos, address);
      } else if (earliestNanos == Long.MAX_VALUE || freeNanos - earliestNanos < 0) {
        earliestNanos = freeNanos;
      }
    }
    if (allowed.isEmpty() && earliestNanos != Long.MAX_VALUE) {
      candidate.nextTryNanos = earliestNanos;
    }
    return allowed;
  }

  /** The subnets of the peers that we reached or are about to, not of those that came to us. */
  private Subnets chosenSubnets() {
    Subnets subnets = new Subnets(options.subnetPeersMax(), options.subnetExemptsLocal());
    for (Neighbour neighbour : neighbours.all()) {
      Multiaddr reachedAt = neighbour.reachedAt;
      if (reachedAt != null) {
        subnets.add(List.of(reachedAt));
      }
    }
    for (Candidate candidate : candidates.all()) {
      if (candidate.dialing && !neighbours.isConnected(candidate.peer)) {
        subnets.add(candidate.addresses());
      }
    }
    return subnets;
  }
}
