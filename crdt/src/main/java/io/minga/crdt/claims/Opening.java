package io.minga.crdt.claims;

import java.util.List;

/** What became of a batch that was to be known. */
public sealed interface Opening {
  /** It is known from now on; {@code waited} is what became of the deltas that had come before. */
  record Opened(List<Merge> waited) implements Opening {}

  /** It was known already. */
  record Known() implements Opening {}

  /** It stays unknown, and what waited for it is dropped unless there is just no room for now. */
  record Refused(Reason reason) implements Opening {}

  /** Why a batch is refused. */
  enum Reason {
    /** Its time is over. */
    EXPIRED,
    /** It expires later than batches may. */
    EXPIRES_TOO_LATE,
    /** It was known, is over, and does not come back. */
    FORGOTTEN,
    /** There is no room for more batches, or for more journals of its submitter. */
    FULL
  }
}
