package io.minga.node.core;

import io.minga.libp2p.identity.PeerId;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The lanes to all peers: which of them have tasks, and which may have room again. */
final class Lanes {
  /** So many of the last that may have room again are told apart. */
  private static final int FREED_MAX = 1024;

  private final PeerId self;
  private final Map<PeerId, Lane> lanes = new LinkedHashMap<>();

  /** Those whose peers have tasks. */
  private final Set<Lane> laden = new LinkedHashSet<>();

  /** How many have more tasks than their slots may be busy with. */
  private int surplusCount;

  /** The last that may have room again, in a ring; none of a peer that never submits. */
  private @Nullable Lane @Nullable [] freed;

  private long freedCount;

  Lanes(PeerId self) {
    this.self = self;
  }

  /** The lane to a peer, which is made if there is none. */
  Lane of(PeerId peer) {
    Lane lane = lanes.get(peer);
    if (lane == null) {
      lane = new Lane(peer, peer.equals(self), this);
      lanes.put(peer, lane);
    }
    return lane;
  }

  @Nullable Lane known(PeerId peer) {
    return lanes.get(peer);
  }

  void forget(Lane lane) {
    lanes.remove(lane.peer);
  }

  Iterable<Lane> all() {
    return lanes.values();
  }

  /** Those whose peers have tasks. */
  Set<Lane> laden() {
    return laden;
  }

  /** Whether a peer has tasks. Of peers that aren't submitters many are asked about in vain. */
  boolean hasWith(PeerId peer) {
    Lane lane = laden.isEmpty() ? null : lanes.get(peer);
    return lane != null && !lane.handouts().isEmpty();
  }

  /** Whether a lane had more tasks than its slots may be busy with, and whether it has. */
  void hasSurplus(boolean before, boolean now) {
    surplusCount += (now ? 1 : 0) - (before ? 1 : 0);
  }

  /** Whether any has. */
  boolean isAnySurplus() {
    return surplusCount > 0;
  }

  /** A lane has less work than it had, or may have more. */
  void freed(Lane lane) {
    if (freed == null) {
      freed = new Lane[FREED_MAX];
    }
    freed[(int) (freedCount++ % FREED_MAX)] = lane;
  }

  /** How often a lane was {@link #freed}. */
  long freedCount() {
    return freedCount;
  }

  /** Which lane was freed so many times before; null if that is too long ago to be known. */
  @Nullable Lane freed(long number) {
    return freed == null || number < freedCount - FREED_MAX
        ? null
        : freed[(int) (number % FREED_MAX)];
  }
}
