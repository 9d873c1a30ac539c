package io.minga.libp2p.mdns;

import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Multiaddr;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The peers that were heard of, and what is yet to be reported of them. Everyone on the link can
 * fill it, so all of it is bounded, and what was heard of longest ago goes first.
 */
final class Sightings {
  /** Records of one peer come in several messages, on several links: they are reported as one. */
  private static final long GATHER_NANOS = 20_000_000;

  /** What was said before counts as older than a flush a second later (RFC 6762, 10.2). */
  private static final long FLUSH_NANOS = 1_000_000_000;

  private final MdnsOptions options;
  private final Map<PeerId, Peer> peers = new LinkedHashMap<>();
  private final Map<String, PeerId> names = new TreeMap<>();
  private final Map<PeerId, Long> pending = new LinkedHashMap<>();

  Sightings(MdnsOptions options) {
    this.options = options;
  }

  /** What a peer is called on a link, and where it says it is. */
  private static final class Peer {
    private final Map<LinkId, Name> names = new LinkedHashMap<>();
    private final Map<Multiaddr, Heard> addresses = new LinkedHashMap<>();
    private boolean reported;
    private long reportedNanos;
  }

  private record Name(String name, long heardNanos, long ttlNanos) {
    long remainingNanos(long nowNanos) {
      return ttlNanos - (nowNanos - heardNanos);
    }
  }

  private record Heard(LinkId link, long heardNanos, long expiresNanos) {}

  /** A name that we know of, and for how many seconds more. */
  record Known(String name, long ttlSeconds) {}

  /** Takes in that {@code peer}, called {@code name} on {@code link}, is at {@code addresses}. */
  void heard(
      long nowNanos,
      LinkId link,
      PeerId peer,
      String name,
      long ttlNanos,
      boolean flush,
      List<Multiaddr> addresses) {
    Peer known = peers.remove(peer);
    if (known == null) {
      known = new Peer();
      evict();
    }
    peers.put(peer, known); // the last is who was heard of last
    rename(peer, known, link, new Name(name, nowNanos, ttlNanos));
    boolean changed = false;
    if (flush) {
      changed =
          known
              .addresses
              .values()
              .removeIf(it -> it.link.equals(link) && nowNanos - it.heardNanos > FLUSH_NANOS);
      changed &= !known.addresses.isEmpty();
    }
    for (Multiaddr address : addresses) {
      changed |= known.addresses.remove(address) == null;
      known.addresses.put(address, new Heard(link, nowNanos, nowNanos + ttlNanos));
    }
    while (known.addresses.size() > options.addressesPerPeerMax()) {
      removeEldest(known.addresses);
    }
    boolean again =
        !known.reported || nowNanos - known.reportedNanos - options.hintInterval().toNanos() >= 0;
    if ((changed || again) && pending.size() < options.pendingHintsMax()) {
      pending.putIfAbsent(peer, nowNanos + GATHER_NANOS);
    }
  }

  private void rename(PeerId peer, Peer known, LinkId link, Name name) {
    Name before = known.names.put(link, name);
    if (before != null && !before.name.equals(name.name)) {
      names.remove(before.name, peer);
    }
    names.put(name.name, peer);
  }

  private void evict() {
    if (peers.size() >= options.peersMax()) {
      forget(peers.keySet().iterator().next());
    }
  }

  private static <K, V> void removeEldest(Map<K, V> map) {
    Iterator<K> eldest = map.keySet().iterator();
    eldest.next();
    eldest.remove();
  }

  private void forget(PeerId peer) {
    Peer forgotten = peers.remove(peer);
    pending.remove(peer);
    if (forgotten != null) {
      forgotten.names.values().forEach(name -> names.remove(name.name, peer));
    }
  }

  /** Takes in that the peer of this name says goodbye. */
  void goodbye(String name) {
    PeerId peer = names.get(name);
    if (peer != null) {
      forget(peer);
    }
  }

  /** Forgets what was heard on links that are gone. */
  void keepLinks(List<LinkId> links) {
    for (PeerId id : List.copyOf(peers.keySet())) {
      Peer peer = peers.get(id);
      if (peer == null) {
        continue;
      }
      peer.addresses.values().removeIf(heard -> !links.contains(heard.link));
      peer.names.values().forEach(name -> names.remove(name.name, id));
      peer.names.keySet().removeIf(link -> !links.contains(link));
      peer.names.values().forEach(name -> names.put(name.name, id));
      if (peer.addresses.isEmpty()) {
        forget(id);
      }
    }
  }

  /** Forgets what is no longer true. */
  void expire(long nowNanos) {
    for (PeerId id : List.copyOf(peers.keySet())) {
      Peer peer = peers.get(id);
      if (peer == null) {
        continue;
      }
      peer.addresses.values().removeIf(heard -> heard.expiresNanos - nowNanos <= 0);
      if (peer.addresses.isEmpty()) {
        forget(id);
      }
    }
  }

  /** Whether somebody on {@code link} is known to us by {@code name}. */
  boolean isKnown(LinkId link, String name) {
    PeerId id = names.get(name);
    Peer peer = id == null ? null : peers.get(id);
    return peer != null && peer.names.containsKey(link);
  }

  /** Whose names on {@code link} have more than half their time left (RFC 6762, 7.1). */
  List<Known> known(long nowNanos, LinkId link) {
    List<Known> known = new ArrayList<>();
    for (Peer peer : peers.values()) {
      Name name = peer.names.get(link);
      if (name != null && 2 * name.remainingNanos(nowNanos) > name.ttlNanos) {
        known.add(new Known(name.name, name.remainingNanos(nowNanos) / 1_000_000_000L));
      }
    }
    return known;
  }

  /** The peers that are to be reported now. */
  List<Effect> due(long nowNanos) {
    List<Effect> due = new ArrayList<>();
    Iterator<Map.Entry<PeerId, Long>> waiting = pending.entrySet().iterator();
    while (waiting.hasNext()) {
      Map.Entry<PeerId, Long> entry = waiting.next();
      if (entry.getValue() - nowNanos > 0) {
        break; // in the order in which they came
      }
      waiting.remove();
      Peer peer = peers.get(entry.getKey());
      if (peer != null && !peer.addresses.isEmpty()) {
        peer.reported = true;
        peer.reportedNanos = nowNanos;
        due.add(new Effect.Found(entry.getKey(), newestFirst(peer)));
      }
    }
    return due;
  }

  private static List<Multiaddr> newestFirst(Peer peer) {
    return peer.addresses.entrySet().stream()
        .sorted(
            Comparator.comparingLong(
                entry -> -entry.getValue().heardNanos)) // stable: else as they came
        .map(Map.Entry::getKey)
        .toList();
  }

  /** When the next report is due; null if none is. */
  @Nullable Long nextReportNanos() {
    return pending.isEmpty() ? null : pending.values().iterator().next();
  }

  /** How many peers are remembered. */
  int peerCount() {
    return peers.size();
  }

  /** How many reports wait. */
  int pendingCount() {
    return pending.size();
  }
}
