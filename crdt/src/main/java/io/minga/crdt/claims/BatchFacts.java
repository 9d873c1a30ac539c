package io.minga.crdt.claims;

import io.minga.crdt.wire.Id;

/**
 * What a batch's record, which never changes, says that claims depend on.
 *
 * @param submitter the peer that alone may settle its tasks
 * @param lineage names the submitter's journal
 * @param sequence the batch's number in that journal (≥ 0)
 * @param count its number of tasks, 1 to 256
 * @param expiresAtMillis Unix time after which nobody knows it any more
 */
public record BatchFacts(
    Id batch, Id submitter, long lineage, long sequence, int count, long expiresAtMillis) {
  /** Checks the ranges. */
  public BatchFacts {
    if (count < 1 || count > IndexSet.CAPACITY) {
      throw new IllegalArgumentException("a batch has 1 to 256 tasks, not " + count);
    }
    if (sequence < 0 || expiresAtMillis < 0) {
      throw new IllegalArgumentException(
          "a sequence and a time are ≥ 0, not " + sequence + " and " + expiresAtMillis);
    }
  }
}
