package io.minga.node.schedule;

import io.minga.libp2p.identity.PeerId;
import io.minga.node.task.Placement;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The peers that can run one kind of task, as a heap by when each would end a batch of some size.
 *
 * <p>Keys only grow between two builds, because peers are handed work and time passes; so it is
 * enough to look again at the first one's key whenever it is wanted.
 */
final class Pool {
  private static final long BUILD_NANOS = 100_000_000;

  private final Placement.Rule rule;
  private final int tasks;
  private final long salt;
  private final long remoteNanos;

  private Place[] heap = new Place[0];
  private Place[] ring = new Place[0];
  private int next;
  private boolean built;
  private long builtNanos;
  private long membership;

  /**
   * @param tasks the size of the batches that the order is for
   * @param salt orders those who would end at the same time
   * @param remoteNanos what another peer's result needs longer than one's own
   */
  Pool(Placement.Rule rule, int tasks, long salt, long remoteNanos) {
    this.rule = rule;
    this.tasks = tasks;
    this.salt = salt;
    this.remoteNanos = remoteNanos;
  }

  /** A peer's place in the order. */
  static final class Place {
    final PeerLoad load;
    final int slots;
    final long meanNanos;
    final long tailNanos;
    final long tie;
    long key;

    Place(PeerLoad load, int slots, RunTime time, long tie) {
      this.load = load;
      this.slots = slots;
      this.meanNanos = time.meanNanos();
      this.tailNanos = Math.round(Standing.tailNanos(slots, time));
      this.tie = tie;
    }

    /** For how long so many tasks keep the peer busy. */
    long busyNanos(int count) {
      return Math.round((double) count / slots * meanNanos);
    }

    /** From its begin, when the last of so many tasks ends there; at least one must run. */
    long lastNanos(int count, boolean idle) {
      return idle && count <= slots ? meanNanos : Math.max(meanNanos, busyNanos(count) + tailNanos);
    }
  }

  boolean isStale(long nowNanos, Loads loads) {
    return !built
        || membership != loads.membership()
        || nowNanos - builtNanos >= BUILD_NANOS
        || nowNanos - builtNanos < 0;
  }

  void build(long nowNanos, Loads loads, Estimates estimates, Kind kind, long hintNanos) {
    List<PeerLoad> able = loads.able(nowNanos, kind);
    if (able.size() != ring.length) {
      heap = new Place[able.size()];
      ring = new Place[able.size()];
    }
    for (int i = 0; i < ring.length; i++) {
      PeerLoad load = able.get(i);
      RunTime time = estimates.estimate(load.peer, kind, hintNanos);
      Place place =
          new Place(load, load.slotsFor(kind.need()), time, Rendezvous.rank(salt, load.hash));
      place.key = key(nowNanos, place);
      ring[i] = place;
      heap[i] = place;
    }
    for (int i = heap.length / 2 - 1; i >= 0; i--) {
      sink(i, heap.length);
    }
    next =
        ring.length == 0
            ? 0
            : Math.floorMod(membership == loads.membership() ? next : salt, ring.length);
    built = true;
    builtNanos = nowNanos;
    membership = loads.membership();
  }

  @Nullable Place choose(long nowNanos, RandomGenerator random, Wish wish, PeerId own) {
    return switch (wish.rule()) {
      case BALANCED, LEAST_LOADED, FASTEST -> first(nowNanos, wish);
      case SPREAD -> {
        Place place = from(next, wish);
        next = ring.length == 0 ? 0 : (next + 1) % ring.length;
        yield place;
      }
      case RANDOM -> ring.length == 0 ? null : from(random.nextInt(ring.length), wish);
      case LOCAL -> at(own, wish);
      case NEAR -> {
        Place place = wish.near() == null ? null : at(wish.near(), wish);
        yield place == null ? first(nowNanos, wish) : place;
      }
    };
  }

  /** The first in the order that isn't excluded. */
  private @Nullable Place first(long nowNanos, Wish wish) {
    List<Place> excluded = wish.without().isEmpty() ? List.of() : new ArrayList<>();
    int size = heap.length;
    while (size > 0) {
      Place top = heap[0];
      long key = key(nowNanos, top);
      if (key - top.key > 0) {
        top.key = key;
        sink(0, size);
      } else if (Hints.isExcluded(wish, top.load.peer)) {
        excluded.add(top);
        heap[0] = heap[--size];
        sink(0, size);
      } else {
        break;
      }
    }
    Place first = size == 0 ? null : heap[0];
    for (int i = excluded.size() - 1; i >= 0; i--) {
      heap[size] = excluded.get(i);
      rise(size++);
    }
    return first;
  }

  private @Nullable Place from(int start, Wish wish) {
    for (int i = 0; i < ring.length; i++) {
      Place place = ring[(start + i) % ring.length];
      if (!Hints.isExcluded(wish, place.load.peer)) {
        return place;
      }
    }
    return null;
  }

  private @Nullable Place at(PeerId peer, Wish wish) {
    for (Place place : ring) {
      if (place.load.peer.equals(peer)) {
        return Hints.isExcluded(wish, peer) ? null : place;
      }
    }
    return null;
  }

  private long key(long nowNanos, Place place) {
    long grain = PeerLoad.grain(nowNanos);
    boolean idle = place.load.busyUntilNanos - grain <= 0;
    long begin = idle ? grain : place.load.busyUntilNanos;
    long way = place.load.own ? 0 : remoteNanos;
    return switch (rule) {
      case LEAST_LOADED -> begin;
      case FASTEST -> fastest(grain, place, way);
      default -> begin + way + place.lastNanos(tasks, idle);
    };
  }

  /** Whoever has not answered yet is judged by its run times. */
  private static long fastest(long grain, Place place, long way) {
    double response = place.load.responseNanos;
    return grain + (response > 0 ? Math.round(response) : way + place.meanNanos);
  }

  private static boolean before(Place a, Place b) {
    long difference = a.key - b.key;
    return difference < 0 || (difference == 0 && a.tie < b.tie);
  }

  private void sink(int start, int size) {
    int hole = start;
    Place moved = heap[hole];
    for (int child = 2 * hole + 1; child < size; child = 2 * hole + 1) {
      if (child + 1 < size && before(heap[child + 1], heap[child])) {
        child++;
      }
      if (!before(heap[child], moved)) {
        break;
      }
      heap[hole] = heap[child];
      hole = child;
    }
    heap[hole] = moved;
  }

  private void rise(int start) {
    int hole = start;
    Place moved = heap[hole];
    while (hole > 0 && before(moved, heap[(hole - 1) / 2])) {
      heap[hole] = heap[(hole - 1) / 2];
      hole = (hole - 1) / 2;
    }
    heap[hole] = moved;
  }
}
