package io.minga.libp2p.discovery;

import io.minga.libp2p.connections.Direction;
import io.minga.libp2p.discovery.Neighbours.Neighbour;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Multiaddr;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * How a host finds its network: hints of where peers are come in from every source, and it says
 * which peers to dial when.
 *
 * <p>Bootstrap peers are wanted for ever, and tried again with growing waits. So are remembered
 * peers, while there are too few others. Peers of the local network are always dialled, as whoever
 * is there belongs to the network; those that other peers tell of, only until there are enough.
 * Sources take turns, so that none can starve another. When the last connection is lost, all get a
 * fresh chance at once.
 */
public final class Discovery {
  /** What is heard, and what became of the effects. */
  public sealed interface Input {
    /** The host is up. Comes first, and once. */
    record Started(List<BootstrapAddress> bootstrap, List<RememberedPeer> remembered)
        implements Input {}

    /** {@code source}, MDNS or EXCHANGE, says that {@code peer} is at these addresses. */
    record Hint(Source source, PeerId peer, List<Multiaddr> addresses) implements Input {}

    /** The answer to {@link Effect.Resolve}. */
    record Resolved(Multiaddr address, Resolution resolution) implements Input {}

    /** There is a connection, the first with its peer or one more. */
    record Connected(PeerId peer, Direction direction, Multiaddr remoteAddress) implements Input {}

    /** A connection that {@link Connected} told of is gone. */
    record Disconnected(PeerId peer) implements Input {}

    /** A connected peer says where it listens. */
    record Identified(PeerId peer, List<Multiaddr> listenAddresses) implements Input {}

    /** No {@link Effect.Dial} of this peer led to a connection; {@code reason} is a sentence. */
    record DialFailed(PeerId peer, String reason) implements Input {}

    /** The time may have passed the deadline. */
    record Tick() implements Input {}

    /** The host is about to close its connections. Nothing is dialled from here on. */
    record Stopping() implements Input {}
  }

  /** What the shell does, in order. */
  public sealed interface Effect {
    /**
     * Find what the name at the beginning of {@code address} stands for, and say {@link
     * Input.Resolved}. For {@code /dnsaddr} these are whole addresses ({@link Dnsaddr}); for {@code
     * /dns}, {@code /dns4} and {@code /dns6} it is {@code address} with an IP address in the name's
     * place.
     */
    record Resolve(Multiaddr address) implements Effect {}

    /** Connect; say {@link Input.DialFailed} if that fails, however it fails. */
    record Dial(PeerId peer, List<Multiaddr> addresses) implements Effect {}

    /** Keep this list, instead of the one before, for the next start. */
    record Remember(List<RememberedPeer> peers) implements Effect {}

    /** {@code peer} is connected; {@code source} is how it was found. For those who watch. */
    record Joined(PeerId peer, Source source, Multiaddr remoteAddress) implements Effect {}

    /** {@code peer} has no connection any more. For those who watch. */
    record Left(PeerId peer) implements Effect {}

    /** Something that a person configured does not work so far: a sentence for them, said once. */
    record Trouble(String sentence) implements Effect {}
  }

  private final PeerId self;
  private final DiscoveryOptions options;
  private final Retries retries;
  private final Candidates candidates;
  private final Neighbours neighbours;
  private final DialTurns turns;
  private final List<Lookup> lookups = new ArrayList<>();
  private boolean started;
  private boolean stopping;
  private long lastFreshChanceNanos;
  private boolean hadFreshChance;
  private long lastNanos;
  private List<RememberedPeer> lastRemembered = List.of();
  private long nextRememberNanos;

  /**
   * Discovery for the host that is {@code self}, which is never dialled, whoever names it.
   *
   * @param random for the waits
   */
  public Discovery(PeerId self, DiscoveryOptions options, RandomGenerator random) {
    this.self = self;
    this.options = options;
    this.retries = new Retries(options, random);
    this.neighbours = new Neighbours(options);
    this.candidates = new Candidates(options, neighbours::isConnected);
    this.turns = new DialTurns(options, candidates, neighbours);
  }

  /**
   * Takes one input.
   *
   * @throws IllegalArgumentException if there are more bootstrap addresses than may be, or a hint
   *     is of another source than hints are
   */
  public List<Effect> handle(long nowNanos, Input input) {
    lastNanos = nowNanos;
    List<Effect> effects = new ArrayList<>();
    if (input instanceof Input.Started start) {
      started(nowNanos, start);
    } else if (input instanceof Input.Hint hint) {
      hint(nowNanos, hint);
    } else if (input instanceof Input.Resolved resolved) {
      resolved(nowNanos, resolved, effects);
    } else if (input instanceof Input.Connected connected) {
      connected(nowNanos, connected, effects);
    } else if (input instanceof Input.Disconnected disconnected) {
      disconnected(nowNanos, disconnected.peer(), effects);
    } else if (input instanceof Input.Identified identified) {
      neighbours.identified(identified.peer(), identified.listenAddresses());
    } else if (input instanceof Input.DialFailed failed) {
      dialFailed(nowNanos, failed, effects);
    } else if (input instanceof Input.Stopping) {
      stopping = true;
      remember(nowNanos, effects);
    }
    if (started && !stopping) {
      startLookups(nowNanos, effects);
      effects.addAll(turns.start(nowNanos));
      if (nextRememberNanos - nowNanos <= 0) {
        remember(nowNanos, effects);
      }
    }
    return effects;
  }

  /** When the next {@link Input.Tick} is due; {@link Long#MAX_VALUE} if none is. */
  public long nextDeadlineNanos() {
    if (!started || stopping) {
      return Long.MAX_VALUE;
    }
    long deadline = neighbours.size() > 0 ? nextRememberNanos : Long.MAX_VALUE;
    for (Lookup lookup : lookups) {
      if (!lookup.isUnderWay()) {
        deadline = earlier(deadline, lookup.nextRoundNanos);
      }
    }
    for (Candidate candidate : candidates.all()) {
      // What could be dialled now and is not waits for another input, not for the time.
      if (turns.isIdle(candidate) && candidate.nextTryNanos - lastNanos > 0) {
        deadline = earlier(deadline, candidate.nextTryNanos);
      }
    }
    return deadline;
  }

  /** How many peers are connected. */
  public int connectedPeers() {
    return neighbours.size();
  }

  private void started(long nowNanos, Input.Started start) {
    if (start.bootstrap().size() > options.bootstrapAddressesMax()) {
      throw new IllegalArgumentException(
          "there are %d bootstrap addresses; at most %d are taken"
              .formatted(start.bootstrap().size(), options.bootstrapAddressesMax()));
    }
    started = true;
    neighbours.remembered(start.remembered());
    lastRemembered = neighbours.worthRemembering(nowNanos);
    nextRememberNanos = nowNanos + options.rememberPace().toNanos();
    for (BootstrapAddress bootstrap : new LinkedHashSet<>(start.bootstrap())) {
      if (Dnsaddr.hasName(bootstrap.address())) {
        lookups.add(new Lookup(bootstrap, options, nowNanos));
      } else {
        bootstrap
            .peer()
            .ifPresent(it -> add(nowNanos, Source.BOOTSTRAP, it, List.of(bootstrap.address())));
      }
    }
    for (RememberedPeer remembered : lastRemembered) {
      add(nowNanos, Source.REMEMBERED, remembered.peer(), remembered.addresses());
    }
  }

  private void hint(long nowNanos, Input.Hint hint) {
    if (!Candidates.isHint(hint.source())) {
      throw new IllegalArgumentException(
          "a hint comes from mdns or exchange, not " + hint.source());
    }
    // A name would make whoever gives hints choose what we look up.
    List<Multiaddr> places =
        hint.addresses().stream()
            .filter(address -> !Dnsaddr.hasName(address))
            .limit(options.addressesPerPeerMax())
            .toList();
    add(nowNanos, hint.source(), hint.peer(), places);
  }

  private void add(long nowNanos, Source source, PeerId peer, List<Multiaddr> addresses) {
    if (!peer.equals(self)) {
      candidates.add(nowNanos, source, peer, Addresses.of(peer, addresses));
    }
  }

  private void connected(long nowNanos, Input.Connected connected, List<Effect> effects) {
    PeerId peer = connected.peer();
    Direction direction = connected.direction();
    boolean first = neighbours.connected(nowNanos, peer, direction, connected.remoteAddress());
    Candidate candidate = candidates.find(peer);
    if (candidate != null) {
      candidate.dialing = false;
      candidate.lastTrouble = "";
    }
    if (first) {
      Source unknown = direction == Direction.OUTBOUND ? Source.APPLICATION : Source.INBOUND;
      Source source = candidate == null ? unknown : candidate.source;
      effects.add(new Effect.Joined(peer, source, connected.remoteAddress()));
    }
  }

  private void disconnected(long nowNanos, PeerId peer, List<Effect> effects) {
    Neighbour neighbour = neighbours.disconnected(nowNanos, peer);
    if (neighbour == null) {
      return;
    }
    effects.add(new Effect.Left(peer));
    Candidate candidate = candidates.find(peer);
    if (candidate != null) {
      boolean lasted = neighbour.sinceNanos + options.goodAfter().toNanos() - nowNanos <= 0;
      candidate.failures = lasted ? 0 : candidate.failures;
      failed(nowNanos, candidate);
      candidates.disconnected(candidate);
    }
    if (neighbours.size() == 0) {
      giveFreshChance(nowNanos);
    }
  }

  private void giveFreshChance(long nowNanos) {
    long paceNanos = options.freshChancePace().toNanos();
    if (hadFreshChance && lastFreshChanceNanos + paceNanos - nowNanos > 0) {
      return;
    }
    hadFreshChance = true;
    lastFreshChanceNanos = nowNanos;
    candidates.all().forEach(candidate -> candidate.refresh(nowNanos));
    lookups.forEach(lookup -> lookup.refresh(nowNanos));
  }

  private void dialFailed(long nowNanos, Input.DialFailed failure, List<Effect> effects) {
    Candidate candidate = candidates.find(failure.peer());
    if (candidate == null) {
      return;
    }
    candidate.dialing = false;
    if (neighbours.isConnected(candidate.peer)) {
      return;
    }
    failed(nowNanos, candidate);
    if (candidate.source == Source.BOOTSTRAP && !candidate.lastTrouble.equals(failure.reason())) {
      candidate.lastTrouble = failure.reason();
      effects.add(new Effect.Trouble(failure.reason() + "; it is a bootstrap peer, so trying on"));
    }
  }

  private void failed(long nowNanos, Candidate candidate) {
    candidate.failures++;
    candidate.nextTryNanos = nowNanos + retries.restNanos(candidate.failures);
    if (Candidates.isHint(candidate.source) && candidate.failures >= options.triesMax()) {
      candidates.remove(candidate);
    }
  }

  private void startLookups(long nowNanos, List<Effect> effects) {
    for (Lookup lookup : lookups) {
      if (lookup.isUnderWay() || lookup.nextRoundNanos - nowNanos > 0) {
        continue;
      }
      if (lookup.peers().stream().anyMatch(neighbours::isConnected)) {
        lookup.failures = 0;
        lookup.nextRoundNanos = nowNanos + options.retryMax().toNanos();
      } else {
        effects.add(new Effect.Resolve(lookup.begin()));
      }
    }
  }

  private void resolved(long nowNanos, Input.Resolved answer, List<Effect> effects) {
    for (Lookup lookup : lookups) {
      boolean wasUnderWay = lookup.isUnderWay();
      for (Multiaddr next : lookup.resolved(answer.address(), answer.resolution())) {
        effects.add(new Effect.Resolve(next));
      }
      if (wasUnderWay && !lookup.isUnderWay()) {
        endRound(nowNanos, lookup, effects);
      }
    }
  }

  private void endRound(long nowNanos, Lookup lookup, List<Effect> effects) {
    Map<PeerId, List<Multiaddr>> found = lookup.end();
    found.forEach((peer, addresses) -> add(nowNanos, Source.BOOTSTRAP, peer, addresses));
    lookup.failures++;
    lookup.nextRoundNanos = nowNanos + retries.restNanos(lookup.failures);
    String reason = found.isEmpty() ? lookup.reason() : "";
    if (!reason.isEmpty() && !reason.equals(lookup.lastTrouble)) {
      effects.add(
          new Effect.Trouble(
              "bootstrap address %s: %s; trying on".formatted(lookup.bootstrap, reason)));
    }
    lookup.lastTrouble = reason;
  }

  private void remember(long nowNanos, List<Effect> effects) {
    nextRememberNanos = nowNanos + options.rememberPace().toNanos();
    List<RememberedPeer> peers = neighbours.worthRemembering(nowNanos);
    if (!peers.equals(lastRemembered)) {
      lastRemembered = peers;
      effects.add(new Effect.Remember(peers));
    }
  }

  private static long earlier(long a, long b) {
    return a == Long.MAX_VALUE || b - a < 0 ? b : a;
  }
}
