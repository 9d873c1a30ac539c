package io.minga.node.journal;

import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Cid;
import io.minga.node.schedule.Rendezvous;

/**
 * Whose word counts of how a task ended, where several have one: the submitter's before all, then
 * that of the peer that comes first in rendezvous hash for the batch. The same order says who looks
 * after a batch whose submitter is gone.
 */
public final class Precedence {
  private Precedence() {}

  /** The place of a peer among those that keep a batch: the larger comes first; ≥ 0. */
  public static long of(Cid batch, PeerId holder) {
    long key = batch.multihash().digest().asReadOnlyBuffer().getLong();
    return Math.min(Rendezvous.rank(key, Rendezvous.hash(holder)) >>> 1, Long.MAX_VALUE - 1);
  }

  /** The same, but that the batch's submitter comes first. */
  public static long of(Cid batch, PeerId submitter, PeerId origin) {
    return origin.equals(submitter) ? Long.MAX_VALUE : of(batch, origin);
  }
}
