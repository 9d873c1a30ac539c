package io.minga.crdt.claims;

import io.minga.crdt.wire.Id;

/** What became of a delta. */
public sealed interface Merge {
  /** Who said it. */
  Id claimant();

  /** It counts; {@code changes} may be empty, when all of it was known or beaten. */
  record Merged(Id claimant, Changes changes) implements Merge {}

  /** Its batch isn't known, and it is kept for a while: ask for the batch. */
  record Waits(Id claimant, Id batch) implements Merge {}

  /** There is no room to keep it until its batch is known. */
  record Dropped(Id claimant, Id batch) implements Merge {}

  /** Its batch is over. */
  record Expired(Id claimant, Id batch) implements Merge {}

  /**
   * Its claimant has no right to say it; {@code why} says what was wrong and what would be right.
   */
  record Refused(Id claimant, Id batch, String why) implements Merge {}
}
