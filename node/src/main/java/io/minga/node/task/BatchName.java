package io.minga.node.task;

import io.minga.libp2p.multiformats.Cid;

/** What a frame calls a batch: a number that its submitter gave it, or its CID. */
public sealed interface BatchName {
  /**
   * The number that the submitter gave the batch in a {@link WorkFrame.Push} on this connection. It
   * means nothing on another, so whoever speaks of the batch later, over a new one, says {@link
   * ByCid}.
   *
   * @param number at least 1
   */
  record Ref(long number) implements BatchName {
    /** Checks the number. */
    public Ref {
      if (number < 1) {
        throw new IllegalArgumentException("a batch's number is ≥ 1, not " + number);
      }
    }

    @Override
    public String toString() {
      return "batch " + number;
    }
  }

  /** The batch's identity. */
  record ByCid(Cid cid) implements BatchName {
    /** Checks the CID. */
    public ByCid {
      TaskCid.require(cid, TaskCid.PROTOBUF);
    }

    @Override
    public String toString() {
      return "batch " + cid;
    }
  }
}
