package io.minga.crdt.claims;

import io.minga.crdt.wire.Id;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * The batches that are over, by submitter, journal and number, so that none of them comes back.
 *
 * <p>A journal numbers its batches one after the other, so what is over of it is a few runs of
 * numbers. When there are too many gaps between them the lowest is closed: the batches in it can
 * then not come any more either, which costs the submitter that made the gaps and nobody else. A
 * journal is dropped when the last of its batches that anybody could still bring has expired.
 */
final class Forgotten {
  private record Lineage(Id submitter, long number) {}

  private static final class Journal {
    /** First and last number of each run that is over. */
    final TreeMap<Long, Long> runs = new TreeMap<>();

    long horizonMillis;
    int known;

    boolean contains(long sequence) {
      Map.Entry<Long, Long> run = runs.floorEntry(sequence);
      return run != null && sequence <= run.getValue();
    }

    void add(long sequence, int gapsMax) {
      if (contains(sequence)) {
        return;
      }
      long first = sequence;
      long last = sequence;
      Map.Entry<Long, Long> below = runs.lowerEntry(sequence);
      if (below != null && below.getValue() + 1 == sequence) {
        first = below.getKey();
      }
      Long above = sequence == Long.MAX_VALUE ? null : runs.remove(sequence + 1);
      if (above != null) {
        last = above;
      }
      runs.put(first, last);
      if (runs.size() > gapsMax) {
        Map.Entry<Long, Long> lowest = runs.pollFirstEntry();
        Map.Entry<Long, Long> next = runs.pollFirstEntry();
        runs.put(lowest.getKey(), next.getValue());
      }
    }
  }

  private final int lineagesMax;
  private final int lineagesPerSubmitterMax;
  private final int gapsMax;
  private final Map<Lineage, Journal> journals = new LinkedHashMap<>();
  private final Map<Id, Integer> lineagesBySubmitter = new LinkedHashMap<>();

  Forgotten(ClaimOptions options) {
    this.lineagesMax = options.lineagesMax();
    this.lineagesPerSubmitterMax = options.lineagesPerSubmitterMax();
    this.gapsMax = options.gapsMax();
  }

  boolean contains(BatchFacts facts) {
    Journal journal = journals.get(lineage(facts));
    return journal != null && journal.contains(facts.sequence());
  }

  /** Makes room to remember the batch by when it is over; false if there is none. */
  boolean reserve(BatchFacts facts) {
    Lineage lineage = lineage(facts);
    Journal journal = journals.get(lineage);
    if (journal == null) {
      int ofSubmitter = lineagesBySubmitter.getOrDefault(facts.submitter(), 0);
      if (journals.size() >= lineagesMax || ofSubmitter >= lineagesPerSubmitterMax) {
        return false;
      }
      journal = new Journal();
      journals.put(lineage, journal);
      lineagesBySubmitter.put(facts.submitter(), ofSubmitter + 1);
    }
    journal.known++;
    journal.horizonMillis = Math.max(journal.horizonMillis, facts.expiresAtMillis());
    return true;
  }

  /** Remembers that a batch, which had been reserved for, is over. */
  void add(BatchFacts facts) {
    Journal journal = journals.get(lineage(facts));
    if (journal == null) {
      throw new IllegalStateException("nothing is reserved for batch " + facts.batch());
    }
    journal.known--;
    journal.add(facts.sequence(), gapsMax);
  }

  /** Drops the journals of which nothing is known and all that is forgotten has expired. */
  void expire(long nowMillis) {
    Iterator<Map.Entry<Lineage, Journal>> all = journals.entrySet().iterator();
    while (all.hasNext()) {
      Map.Entry<Lineage, Journal> each = all.next();
      if (each.getValue().known == 0 && each.getValue().horizonMillis <= nowMillis) {
        all.remove();
        Id submitter = each.getKey().submitter();
        lineagesBySubmitter.computeIfPresent(submitter, (id, n) -> n == 1 ? null : n - 1);
      }
    }
  }

  int lineages() {
    return journals.size();
  }

  int runs() {
    return journals.values().stream().mapToInt(journal -> journal.runs.size()).sum();
  }

  private static Lineage lineage(BatchFacts facts) {
    return new Lineage(facts.submitter(), facts.lineage());
  }
}
