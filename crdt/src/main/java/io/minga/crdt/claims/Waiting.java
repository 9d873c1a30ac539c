package io.minga.crdt.claims;

import io.minga.crdt.wire.Id;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Deltas that overtook the announcement of their batch, for a while and within limits. What one
 * peer says of one batch is kept as one delta. When a limit is reached, what comes is dropped: it
 * comes again when sets are compared.
 */
final class Waiting {
  private static final int DELTA_BYTES = 160;
  private static final int ENTRY_BYTES = 72;

  private record Place(Id batch, Id claimant) {}

  private record Kept(ClaimDelta delta, long untilMillis) {
    long bytes() {
      return DELTA_BYTES
          + delta.batch().length()
          + delta.claimant().length()
          + (long) ENTRY_BYTES * delta.entries().size();
    }
  }

  private final ClaimOptions options;
  private final Map<Id, Map<Id, Kept>> byBatch = new LinkedHashMap<>();

  /** All that waits, the longest first. */
  private final Map<Place, Long> untilMillis = new LinkedHashMap<>();

  private final Map<Id, Integer> byClaimant = new LinkedHashMap<>();
  private long bytes;

  Waiting(ClaimOptions options) {
    this.options = options;
  }

  int size() {
    return untilMillis.size();
  }

  long bytes() {
    return bytes;
  }

  long nextExpiryMillis() {
    Iterator<Long> oldest = untilMillis.values().iterator();
    return oldest.hasNext() ? oldest.next() : Long.MAX_VALUE;
  }

  /** The batches that are waited for, the one waited for longest first. */
  List<Id> batches() {
    return List.copyOf(byBatch.keySet());
  }

  /** Keeps a delta; false if there is no room. */
  boolean add(long nowMillis, ClaimDelta delta) {
    Map<Id, Kept> ofBatch = byBatch.get(delta.batch());
    Kept before = ofBatch == null ? null : ofBatch.get(delta.claimant());
    long until =
        before == null ? nowMillis + options.waitingTime().toMillis() : before.untilMillis();
    Kept after = new Kept(before == null ? delta : before.delta().merge(delta), until);
    long grown = after.bytes() - (before == null ? 0 : before.bytes());
    int ofClaimant = byClaimant.getOrDefault(delta.claimant(), 0);
    if (bytes + grown > options.waitingBytesMax()
        || (before == null
            && (size() >= options.waitingMax() || ofClaimant >= options.waitingPerClaimantMax()))) {
      return false;
    }
    byBatch
        .computeIfAbsent(delta.batch(), id -> new LinkedHashMap<>())
        .put(delta.claimant(), after);
    bytes += grown;
    if (before == null) {
      untilMillis.put(new Place(delta.batch(), delta.claimant()), until);
      byClaimant.put(delta.claimant(), ofClaimant + 1);
    }
    return true;
  }

  /** Takes out what waits for a batch. */
  List<ClaimDelta> take(Id batch) {
    Map<Id, Kept> ofBatch = byBatch.remove(batch);
    List<ClaimDelta> taken = new ArrayList<>();
    if (ofBatch != null) {
      for (Kept kept : ofBatch.values()) {
        untilMillis.remove(new Place(batch, kept.delta().claimant()));
        forget(kept);
        taken.add(kept.delta());
      }
    }
    return taken;
  }

  /** Drops what has waited long enough. */
  void expire(long nowMillis) {
    Iterator<Map.Entry<Place, Long>> oldest = untilMillis.entrySet().iterator();
    while (oldest.hasNext()) {
      Map.Entry<Place, Long> each = oldest.next();
      if (each.getValue() > nowMillis) {
        return;
      }
      oldest.remove();
      Place place = each.getKey();
      Map<Id, Kept> ofBatch = byBatch.get(place.batch());
      Kept kept = ofBatch == null ? null : ofBatch.remove(place.claimant());
      if (ofBatch != null && ofBatch.isEmpty()) {
        byBatch.remove(place.batch());
      }
      if (kept != null) {
        forget(kept);
      }
    }
  }

  private void forget(Kept kept) {
    bytes -= kept.bytes();
    byClaimant.computeIfPresent(kept.delta().claimant(), (id, n) -> n == 1 ? null : n - 1);
  }
}
