package io.minga.node.core;

import org.jspecify.annotations.Nullable;

/**
 * This peer looks after open tasks of a batch whose submitter is gone: the caller of the calls that
 * are made for them.
 */
final class Stewardship {
  final KeptBatch batch;

  /** Of each call: which task of the batch it is for. */
  private final int[] indexes;

  private @Nullable Submission submission;

  /** How many calls have not ended. */
  int left;

  Stewardship(KeptBatch batch, int[] indexes) {
    this.batch = batch;
    this.indexes = indexes;
    this.left = indexes.length;
  }

  /** The calls that are made. */
  void begin(Submission made) {
    submission = made;
  }

  /** The calls that were made; null if there are none yet. */
  @Nullable Submission submission() {
    return submission;
  }

  /** The task that a call is for. */
  int index(int call) {
    return indexes[call];
  }
}
