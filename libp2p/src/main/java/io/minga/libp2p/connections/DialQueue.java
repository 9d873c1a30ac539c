package io.minga.libp2p.connections;

import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Multiaddr;
import io.minga.libp2p.peers.IpAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The queue of dials: requests for peers come in, dials of single addresses go out, few at a time,
 * and every request gets exactly one result.
 *
 * <p>Requests for one peer share its dials. Its addresses are tried in the given order, the next
 * one when the last has failed or has been silent for a while; the first connection ends the
 * others. Peers are served in turn, those with the fewest dials under way first. Addresses and
 * peers that failed rest for a while that doubles each time, unless a request is forced.
 *
 * <p>A connection that the peer opened at the same time stays too (see {@link ConnectionManager}).
 */
public final class DialQueue {
  /** What is asked of the queue, and what became of its dials. */
  public sealed interface Input {
    /**
     * Connect to {@code peer}, at {@code addresses}, the best first. Request ids are the caller's,
     * and are unique among those without a result.
     *
     * @param forced whether addresses and peers are tried though they rest after a failure
     */
    record Request(long requestId, PeerId peer, List<Multiaddr> addresses, boolean forced)
        implements Input {}

    /** The request is taken back. Its result is {@link DialFailure.Cancelled}. */
    record Cancel(long requestId) implements Input {}

    /** The dial led to an authenticated connection. Unknown and cancelled dials are ignored. */
    record DialSucceeded(long dialId, long connectionId) implements Input {}

    /** The dial failed; {@code error} is a clause. Unknown and cancelled dials are ignored. */
    record DialFailed(long dialId, String error) implements Input {}

    /** There is a connection to {@code peer} by other means that serves its requests as well. */
    record Connected(PeerId peer, long connectionId) implements Input {}

    /** The time may have passed the deadline. */
    record Tick() implements Input {}
  }

  /** What the queue's owner does, in order. */
  public sealed interface Effect {
    /** Dial this address, authenticate the peer, and say what came of it. */
    record StartDial(long dialId, PeerId peer, Multiaddr address) implements Effect {}

    /** Stop this dial, and close its connection if it has one already; say nothing more of it. */
    record CancelDial(long dialId) implements Effect {}

    /** These requests have their connection. */
    record Succeeded(List<Long> requestIds, PeerId peer, long connectionId) implements Effect {}

    /** These requests have no connection. */
    record Failed(List<Long> requestIds, DialFailure failure) implements Effect {}
  }

  private final DialOptions options;
  private final DialBackoffs backoffs;
  private final Map<PeerId, PeerDial> peers = new LinkedHashMap<>();
  private final Map<Long, PeerDial> byRequest = new LinkedHashMap<>();
  private final Map<Long, PeerDial> byDial = new LinkedHashMap<>();
  private long lastDialId;

  /** An empty queue; {@code random} spreads the ends of backoffs. */
  public DialQueue(DialOptions options, RandomGenerator random) {
    this.options = options;
    this.backoffs = new DialBackoffs(options, random);
  }

  /**
   * Takes one input.
   *
   * @throws IllegalArgumentException if a request's id is that of one without a result
   */
  public List<Effect> handle(long nowNanos, Input input) {
    List<Effect> effects = new ArrayList<>();
    if (input instanceof Input.Request request) {
      request(nowNanos, request, effects);
    } else if (input instanceof Input.Cancel cancel) {
      cancel(cancel.requestId(), effects);
    } else if (input instanceof Input.DialSucceeded succeeded) {
      dialSucceeded(succeeded, effects);
    } else if (input instanceof Input.DialFailed failed) {
      dialFailed(nowNanos, failed.dialId(), failed.error(), effects);
    } else if (input instanceof Input.Connected connected) {
      PeerDial dial = peers.get(connected.peer());
      if (dial != null) {
        succeed(dial, connected.connectionId(), effects);
      }
    } else {
      tick(nowNanos, effects);
    }
    startDials(nowNanos, effects);
    return effects;
  }

  /** When the next {@link Input.Tick} is due; {@link Long#MAX_VALUE} if none is. */
  public long nextDeadlineNanos() {
    long next = Long.MAX_VALUE;
    for (PeerDial peer : peers.values()) {
      next = earlier(next, peer.deadlineNanos);
      for (PeerDial.Dial dial : peer.dials.values()) {
        next = earlier(next, dial.startedNanos() + options.dialTimeout().toNanos());
      }
      if (byDial.size() < options.dialsMax() && mayHaveAnother(peer)) {
        next = earlier(next, peer.nextStartNanos);
      }
    }
    return next;
  }

  /** How many dials are under way. */
  public int dialCount() {
    return byDial.size();
  }

  /** How many requests have no result yet. */
  public int requestCount() {
    return byRequest.size();
  }

  private void request(long nowNanos, Input.Request request, List<Effect> effects) {
    if (byRequest.containsKey(request.requestId())) {
      throw new IllegalArgumentException("request " + request.requestId() + " is there already");
    }
    PeerDial known = peers.get(request.peer());
    DialFailure refusal = refusal(nowNanos, request, known);
    if (refusal != null) {
      effects.add(new Effect.Failed(List.of(request.requestId()), refusal));
      return;
    }
    PeerDial dial =
        known != null
            ? known
            : new PeerDial(request.peer(), nowNanos + options.requestTimeout().toNanos());
    addAddresses(nowNanos, dial, request);
    dial.requests.add(request.requestId());
    byRequest.put(request.requestId(), dial);
    peers.put(dial.peer, dial);
    failIfOver(nowNanos, dial, effects);
  }

  private @Nullable DialFailure refusal(
      long nowNanos, Input.Request request, @Nullable PeerDial known) {
    PeerId peer = request.peer();
    if (byRequest.size() >= options.requestsMax()) {
      return new DialFailure.QueueFull(peer, options.requestsMax(), "requests");
    }
    if (known != null) {
      return null;
    }
    if (request.addresses().isEmpty()) {
      return new DialFailure.NoAddresses(peer);
    }
    long restNanos = backoffs.remainingNanos(peer, null, nowNanos);
    if (restNanos > 0 && !request.forced()) {
      return new DialFailure.BackingOff(peer, restNanos);
    }
    return peers.size() >= options.peersMax()
        ? new DialFailure.QueueFull(peer, options.peersMax(), "peers")
        : null;
  }

  private void addAddresses(long nowNanos, PeerDial dial, Input.Request request) {
    for (Multiaddr address : request.addresses()) {
      if (dial.knows(address)) {
        if (request.forced()) {
          dial.wake(address);
        }
      } else if (dial.addressCount() < options.addressesPerPeerMax()) {
        long restNanos = backoffs.remainingNanos(dial.peer, address, nowNanos);
        if (restNanos > 0 && !request.forced()) {
          dial.addResting(
              address, "failed before, and the next try is in " + Spans.text(restNanos));
        } else {
          dial.addWaiting(address);
        }
      }
    }
  }

  private void cancel(long requestId, List<Effect> effects) {
    PeerDial dial = byRequest.remove(requestId);
    if (dial == null) {
      return;
    }
    dial.requests.remove(requestId);
    effects.add(new Effect.Failed(List.of(requestId), new DialFailure.Cancelled(dial.peer)));
    if (dial.requests.isEmpty()) {
      remove(dial, effects);
    }
  }

  private void dialSucceeded(Input.DialSucceeded succeeded, List<Effect> effects) {
    PeerDial peer = byDial.remove(succeeded.dialId());
    if (peer == null) {
      return;
    }
    PeerDial.Dial dial = peer.dials.remove(succeeded.dialId());
    if (dial == null) {
      throw new IllegalStateException("dial " + succeeded.dialId() + " is not its peer's");
    }
    backoffs.succeeded(peer.peer, dial.address());
    succeed(peer, succeeded.connectionId(), effects);
  }

  private void succeed(PeerDial peer, long connectionId, List<Effect> effects) {
    backoffs.succeeded(peer.peer, null);
    effects.add(new Effect.Succeeded(List.copyOf(peer.requests), peer.peer, connectionId));
    remove(peer, effects);
  }

  private void dialFailed(long nowNanos, long dialId, String error, List<Effect> effects) {
    PeerDial peer = byDial.remove(dialId);
    if (peer == null) {
      return;
    }
    PeerDial.Dial dial = peer.dials.remove(dialId);
    if (dial == null) {
      throw new IllegalStateException("dial " + dialId + " is not its peer's");
    }
    peer.failed(dial.address(), error);
    peer.nextStartNanos = nowNanos;
    backoffs.failed(peer.peer, dial.address(), nowNanos);
    failIfOver(nowNanos, peer, effects);
  }

  private void tick(long nowNanos, List<Effect> effects) {
    long timeoutNanos = options.dialTimeout().toNanos();
    for (PeerDial peer : List.copyOf(peers.values())) {
      for (Map.Entry<Long, PeerDial.Dial> entry : List.copyOf(peer.dials.entrySet())) {
        if (entry.getValue().startedNanos() + timeoutNanos - nowNanos <= 0) {
          effects.add(new Effect.CancelDial(entry.getKey()));
          dialFailed(
              nowNanos, entry.getKey(), "timed out after " + Spans.text(timeoutNanos), effects);
        }
      }
      if (peers.containsKey(peer.peer) && peer.deadlineNanos - nowNanos <= 0) {
        cancelDials(peer, effects);
        peer.giveUp(nowNanos, "not tried within " + Spans.text(options.requestTimeout().toNanos()));
        failIfOver(nowNanos, peer, effects);
      }
    }
  }

  private void failIfOver(long nowNanos, PeerDial peer, List<Effect> effects) {
    if (!peer.isOver()) {
      return;
    }
    if (peer.failedOnce) {
      backoffs.failed(peer.peer, null, nowNanos);
    }
    effects.add(new Effect.Failed(List.copyOf(peer.requests), peer.failure()));
    remove(peer, effects);
  }

  private void remove(PeerDial peer, List<Effect> effects) {
    cancelDials(peer, effects);
    peers.remove(peer.peer);
    for (Long requestId : peer.requests) {
      byRequest.remove(requestId);
    }
  }

  private void cancelDials(PeerDial peer, List<Effect> effects) {
    for (Long dialId : peer.dials.keySet()) {
      byDial.remove(dialId);
      effects.add(new Effect.CancelDial(dialId));
    }
  }

  private void startDials(long nowNanos, List<Effect> effects) {
    while (byDial.size() < options.dialsMax()) {
      PeerDial next = nextToServe(nowNanos);
      if (next == null) {
        return;
      }
      Multiaddr address = next.nextWaiting();
      long dialId = ++lastDialId;
      next.dials.put(dialId, new PeerDial.Dial(address, nowNanos));
      next.lastDialId = dialId;
      next.nextStartNanos =
          nowNanos + (isLocal(address) ? options.staggerLocal() : options.stagger()).toNanos();
      byDial.put(dialId, next);
      effects.add(new Effect.StartDial(dialId, next.peer, address));
    }
  }

  private @Nullable PeerDial nextToServe(long nowNanos) {
    PeerDial best = null;
    for (PeerDial peer : peers.values()) {
      boolean ready =
          peer.hasWaiting()
              && (peer.dials.isEmpty()
                  || (mayHaveAnother(peer) && peer.nextStartNanos - nowNanos <= 0));
      if (ready && (best == null || isBefore(peer, best))) {
        best = peer;
      }
    }
    return best;
  }

  private boolean mayHaveAnother(PeerDial peer) {
    return peer.hasWaiting() && peer.dials.size() < options.dialsPerPeerMax();
  }

  /** The fewest dials first, then who was served longest ago. */
  private static boolean isBefore(PeerDial a, PeerDial b) {
    return a.dials.size() != b.dials.size()
        ? a.dials.size() < b.dials.size()
        : a.lastDialId < b.lastDialId;
  }

  private static boolean isLocal(Multiaddr address) {
    return IpAddress.of(address).map(ip -> ip.isLoopback() || ip.isPrivate()).orElse(false);
  }

  private static long earlier(long a, long b) {
    return a == Long.MAX_VALUE || b - a < 0 ? b : a;
  }
}
