package io.minga.node.core;

import io.minga.crdt.claims.ClaimDelta;
import io.minga.crdt.claims.IndexSet;
import io.minga.crdt.wire.Id;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What neighbours have told that gossip hasn't brought since, so that others may not have heard it
 * either. Most of what two neighbours don't both know is only under way.
 */
final class Unheard {
  /** Of so many batches and claimants; more count as unheard, whatever comes. */
  private static final int PARTS_MAX = 16 * 1024;

  private final Map<Key, Part> parts = new LinkedHashMap<>();
  private boolean more;

  /** Who says something of a batch; of its announcement, nobody. */
  private record Key(Id batch, @Nullable Id claimant) {}

  private static final class Part {
    /** The tasks of which it was told; of an announcement, the first. */
    IndexSet indexes = IndexSet.EMPTY;

    /** How often what was told comes back because its proof is good, and not by gossip. */
    int proofs;
  }

  /** A batch's announcement was told, and new. */
  void toldOf(Id batch, boolean proven) {
    told(new Key(batch, null), IndexSet.of(0), proven);
  }

  /** Claims were told; of some message that had something new. */
  void told(ClaimDelta delta, boolean isNews, boolean proven) {
    IndexSet indexes = isNews ? delta.indexes() : IndexSet.EMPTY;
    told(new Key(delta.batch(), delta.claimant()), indexes, proven);
  }

  private void told(Key key, IndexSet indexes, boolean proven) {
    if (parts.size() >= PARTS_MAX && !parts.containsKey(key)) {
      more = true;
      return;
    }
    Part part = parts.computeIfAbsent(key, it -> new Part());
    part.indexes = part.indexes.or(indexes);
    part.proofs += proven ? 0 : 1;
  }

  /** A batch's announcement came, by gossip or because its proof is good. */
  void heardOf(Id batch) {
    if (!parts.isEmpty()) {
      heard(new Key(batch, null), IndexSet.of(0));
    }
  }

  /** Claims came, by gossip or because their proof is good. */
  void heard(ClaimDelta delta) {
    if (!parts.isEmpty()) {
      heard(new Key(delta.batch(), delta.claimant()), delta.indexes());
    }
  }

  private void heard(Key key, IndexSet indexes) {
    Part part = parts.get(key);
    if (part != null && part.proofs > 0) {
      part.proofs--;
    } else if (part != null) {
      part.indexes = part.indexes.andNot(indexes);
      if (part.indexes.isEmpty()) {
        parts.remove(key);
      }
    }
  }

  /** Of which batches there is something, as far as it is kept. */
  List<Id> batches() {
    Set<Id> all = new LinkedHashSet<>();
    parts.forEach(
        (key, part) -> {
          if (!part.indexes.isEmpty()) {
            all.add(key.batch);
          }
        });
    return List.copyOf(all);
  }

  /** Whether there is anything. */
  boolean isAny() {
    return more || parts.values().stream().anyMatch(part -> !part.indexes.isEmpty());
  }

  /** Whether there is more than is kept. */
  boolean isMore() {
    return more;
  }

  /** From now on others are told of it. */
  void clear() {
    parts.clear();
    more = false;
  }
}
