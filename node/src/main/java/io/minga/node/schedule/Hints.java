package io.minga.node.schedule;

import io.minga.libp2p.identity.PeerId;
import io.minga.node.task.Placement;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Proposes who takes a batch: the peer that would end it first, or another by the batch's
 * placement; in any case one that meets its requirements.
 *
 * <p>Batch after batch this pours a job over the peers like water: each goes where the level, which
 * is what the peer holds and the batch on top, is lowest then. What was chosen counts at once. The
 * peers are kept in a heap for each kind of task; a choice costs O(log peers), and a heap is built
 * anew when peers come or go, and ten times a second while it is used.
 */
public final class Hints {
  private final ScheduleOptions options;
  private final RandomGenerator random;
  private final long salt;
  private final Map<Key, Pool> pools;

  private record Key(Kind kind, Placement.Rule rule, int sizeClass) {}

  /**
   * Hints of a submitter.
   *
   * @param random for the placement of that name, and so that two submitters that see the same
   *     loads don't choose the same peer
   */
  public Hints(ScheduleOptions options, RandomGenerator random) {
    this.options = options;
    this.random = random;
    this.salt = random.nextLong();
    this.pools = new LinkedHashMap<>(16, 0.75f, true);
  }

  /**
   * Chooses an owner, and notes in {@code loads} that the batch was handed out to it.
   *
   * @return null if nobody can take the batch
   */
  public @Nullable Hint next(long nowNanos, Loads loads, Estimates estimates, Wish wish) {
    Pool pool = pool(nowNanos, loads, estimates, wish);
    Pool.@Nullable Place place = pool.choose(nowNanos, random, wish, loads.own());
    if (place == null) {
      return null;
    }
    long busyNanos = place.busyNanos(wish.tasks());
    place.load.handOut(nowNanos, busyNanos);
    return new Hint(place.load.peer, busyNanos);
  }

  private Pool pool(long nowNanos, Loads loads, Estimates estimates, Wish wish) {
    int sizeClass = Integer.SIZE - Integer.numberOfLeadingZeros(wish.tasks() - 1);
    Placement.Rule rule =
        switch (wish.rule()) {
          case LEAST_LOADED, FASTEST -> wish.rule();
          case BALANCED, SPREAD, RANDOM, LOCAL, NEAR -> Placement.Rule.BALANCED;
        };
    Key key = new Key(wish.kind(), rule, sizeClass);
    Pool pool = pools.get(key);
    if (pool == null) {
      if (pools.size() >= options.poolsMax()) {
        pools.remove(pools.keySet().iterator().next());
      }
      pool = new Pool(rule, 1 << sizeClass, salt, options.remoteTime().toNanos());
      pools.put(key, pool);
    }
    if (pool.isStale(nowNanos, loads)) {
      pool.build(nowNanos, loads, estimates, wish.kind(), wish.hintNanos());
    }
    return pool;
  }

  /** How many orders of peers are kept. */
  int pools() {
    return pools.size();
  }

  /** Whether {@code peer} is one that the batch must not go to. */
  static boolean isExcluded(Wish wish, PeerId peer) {
    return !wish.without().isEmpty() && wish.without().contains(peer);
  }
}
