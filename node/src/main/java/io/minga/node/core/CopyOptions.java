package io.minga.node.core;

import java.time.Duration;

/**
 * How durable batches are kept by several peers, and looked after when their submitter is gone.
 *
 * @param copies at how many other peers a batch is to be
 * @param ownMax own batches whose copies are followed
 * @param askedMax batches that a peer was asked to keep and has not answered for
 * @param answer how long it may take to answer before another is asked
 * @param again after how long those that declined are asked again
 * @param settle how long a peer that was started again waits for those who have its copies
 * @param keptMax batches of others that are kept
 * @param keptBytesMax their bytes
 * @param keptShare which part of both one submitter may take up: one in so many
 * @param patience how long a submitter, or a holder, may stay away before others act
 * @param look how often those who might look after a batch are asked whether they still have it
 * @param listen how long their answers are waited for
 */
record CopyOptions(
    int copies,
    int ownMax,
    int askedMax,
    Duration answer,
    Duration again,
    Duration settle,
    int keptMax,
    long keptBytesMax,
    int keptShare,
    Duration patience,
    Duration look,
    Duration listen) {
  static final CopyOptions DEFAULT =
      new CopyOptions(
          2,
          1_000_000,
          16,
          Duration.ofSeconds(5),
          Duration.ofSeconds(60),
          Duration.ofSeconds(5),
          65_536,
          256L << 20,
          4,
          Duration.ofSeconds(30),
          Duration.ofSeconds(10),
          Duration.ofSeconds(2));
}
