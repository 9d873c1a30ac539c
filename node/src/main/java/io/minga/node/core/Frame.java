package io.minga.node.core;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.multiformats.Cid;
import io.minga.node.task.Batch;
import java.util.List;

/** What a submitter and an owner say to each other over the work stream. */
public sealed interface Frame {
  /** Submitter to owner: take these, in this epoch. */
  record Push(Batch batch, IndexSet indexes, int epoch) implements Frame {}

  /** Owner to submitter: these are taken; the others were not, for this reason. */
  record Taken(Cid batch, int epoch, IndexSet indexes, Worker.Refusal refused) implements Frame {}

  /** Owner to submitter: these have ended. */
  record Results(Cid batch, int epoch, List<Input.Ended> ended) implements Frame {}

  /** Submitter to owner: these outcomes need not be kept any longer. */
  record Acked(Cid batch, IndexSet indexes) implements Frame {}

  /** Submitter to owner: these are not needed any more. */
  record Cancel(Cid batch, IndexSet indexes) implements Frame {}
}
