package io.minga.libp2p.connections;

import io.minga.libp2p.connections.DialFailure.AddressFailure;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Multiaddr;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One peer that is being dialled: who asked for it, and how far each of its addresses is. */
final class PeerDial {
  /** A dial under way. */
  record Dial(Multiaddr address, long startedNanos) {}

  final PeerId peer;
  final long deadlineNanos;
  final List<Long> requests = new ArrayList<>();
  final Map<Long, Dial> dials = new LinkedHashMap<>();
  private final Set<Multiaddr> known = new LinkedHashSet<>();
  private final Deque<Multiaddr> waiting = new ArrayDeque<>();
  private final Set<Multiaddr> resting = new LinkedHashSet<>();
  private final List<AddressFailure> failures = new ArrayList<>();

  /** When the next address may be tried beside those under way. */
  long nextStartNanos;

  /** The id of the last dial that started, to serve peers in turn. */
  long lastDialId;

  /** Whether any dial failed, as opposed to addresses that only rest. */
  boolean failedOnce;

  PeerDial(PeerId peer, long deadlineNanos) {
    this.peer = peer;
    this.deadlineNanos = deadlineNanos;
  }

  boolean knows(Multiaddr address) {
    return known.contains(address);
  }

  int addressCount() {
    return known.size();
  }

  void addWaiting(Multiaddr address) {
    known.add(address);
    waiting.addLast(address);
  }

  /** An address that isn't tried because it failed before, for {@code error}. */
  void addResting(Multiaddr address, String error) {
    known.add(address);
    resting.add(address);
    failures.add(new AddressFailure(address, error));
  }

  /** Tries the resting address after all, if it is one. */
  void wake(Multiaddr address) {
    if (resting.remove(address)) {
      failures.removeIf(failure -> failure.address().equals(address));
      waiting.addLast(address);
    }
  }

  boolean hasWaiting() {
    return !waiting.isEmpty();
  }

  Multiaddr nextWaiting() {
    return waiting.removeFirst();
  }

  void failed(Multiaddr address, String error) {
    failedOnce = true;
    failures.add(new AddressFailure(address, error));
  }

  /** Counts every address that has not failed yet as failed because the time is over. */
  void giveUp(long nowNanos, String untriedError) {
    for (Dial dial : dials.values()) {
      failed(dial.address(), "timed out after " + Spans.text(nowNanos - dial.startedNanos()));
    }
    dials.clear();
    while (hasWaiting()) {
      failures.add(new AddressFailure(nextWaiting(), untriedError));
    }
  }

  boolean isOver() {
    return dials.isEmpty() && waiting.isEmpty();
  }

  DialFailure failure() {
    return new DialFailure.Unreachable(peer, List.copyOf(failures));
  }
}
