package io.minga.node.core;

import io.minga.libp2p.identity.PeerId;
import io.minga.node.schedule.Kind;
import io.minga.node.task.Batch;

/** A batch of which this peer has tasks to run. */
final class Held {
  final Batch batch;
  final PeerId submitter;

  /** Those that haven't begun. */
  final IndexBits queued = new IndexBits();

  /** Those that have begun and not ended. */
  final IndexBits running = new IndexBits();

  /** By function, in the order of the batch's functions. */
  final Kind[] kinds;

  /** Of each task: the epoch in which this peer holds it. */
  private final short[] epochs;

  boolean inQueue;

  Held(Batch batch, PeerId submitter, Kind[] kinds) {
    this.batch = batch;
    this.submitter = submitter;
    this.kinds = kinds;
    this.epochs = new short[batch.size()];
  }

  int epoch(int index) {
    return epochs[index];
  }

  void epoch(int index, int epoch) {
    epochs[index] = (short) Math.max(epochs[index], Math.min(epoch, Short.MAX_VALUE));
  }

  Kind kind(int index) {
    if (kinds.length == 1) {
      return kinds[0];
    }
    return kinds[batch.functions().indexOf(batch.function(index))];
  }

  boolean isOver() {
    return queued.isEmpty() && running.isEmpty();
  }
}
