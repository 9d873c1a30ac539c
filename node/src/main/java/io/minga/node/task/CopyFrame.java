package io.minga.node.task;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Cid;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import java.util.List;

/**
 * What peers say to each other on {@value #PROTOCOL} of durable batches that more than one of them
 * keeps: the submitter has others keep copies, says how tasks ended, and hears it from them when it
 * was away.
 *
 * <p>Only a batch's submitter may have it kept, and it names who keeps it. What these say of how
 * tasks ended counts with the others of them.
 */
public sealed interface CopyFrame
    permits CopyFrame.Keep,
        CopyFrame.Kept,
        CopyFrame.Declined,
        CopyFrame.Holders,
        CopyFrame.Ended,
        CopyFrame.Have,
        CopyFrame.Over,
        CopyFrame.Tried,
        JobFrame {
  /** The protocol of the streams that carry such frames. */
  String PROTOCOL = "/minga/copy/1.0.0";

  /** How many peers keep one batch at most, as far as they are named. */
  int HOLDERS_MAX = 8;

  /** Why a copy is not kept. */
  enum Why {
    /** For a reason that this version doesn't know. */
    OTHER,
    /** There is no room, or this submitter has its share of it. */
    FULL,
    /** The peer keeps no journal. */
    NO_JOURNAL,
    /** The peer is leaving. */
    LEAVING,
    /** The batch's time is over. */
    EXPIRED
  }

  /**
   * Submitter to holder: keep this batch.
   *
   * @param job the number of its job in the submitter's journal, ≥ 1
   * @param total how many tasks the job has
   * @param offset how many of them are in the batches before this one
   * @param holders who is to have it, at most {@link #HOLDERS_MAX}, none twice
   */
  record Keep(long job, long total, long offset, List<PeerId> holders, Batch batch)
      implements CopyFrame {
    /** Checks that the batch is within the job. */
    public Keep {
      if (!isWithin(job, total, offset, batch.size())) {
        throw new IllegalArgumentException(
            "%d tasks from %d on of job %d, which has %d"
                .formatted(batch.size(), offset, job, total));
      }
      holders = requireHolders(holders);
    }

    static boolean isWithin(long job, long total, long offset, int size) {
      return job >= 1 && offset >= 0 && total - size >= offset;
    }
  }

  /** Holder to submitter: the batch is in the holder's journal. */
  record Kept(Cid batch) implements CopyFrame {
    /** Checks the name. */
    public Kept {
      TaskCid.require(batch, TaskCid.PROTOBUF);
    }
  }

  /** Holder to submitter: the batch is not kept, and won't be. */
  record Declined(Cid batch, Why why) implements CopyFrame {
    /** Checks the name. */
    public Declined {
      TaskCid.require(batch, TaskCid.PROTOBUF);
    }
  }

  /** Submitter to holder: these keep the batch now, at most {@link #HOLDERS_MAX}, none twice. */
  record Holders(Cid batch, List<PeerId> holders) implements CopyFrame {
    /** Checks the name and the list. */
    public Holders {
      TaskCid.require(batch, TaskCid.PROTOBUF);
      holders = requireHolders(holders);
    }
  }

  /**
   * How tasks of a batch ended.
   *
   * @param origin in whose journal these outcomes were first
   * @param results of this batch, whatever it is called in them
   */
  record Ended(Cid batch, PeerId origin, WorkFrame.Results results) implements CopyFrame {
    /** Checks the name. */
    public Ended {
      TaskCid.require(batch, TaskCid.PROTOBUF);
    }

    /** Which tasks. */
    public IndexSet indexes() {
      IndexSet indexes = IndexSet.EMPTY;
      for (ResultGroup group : results.groups()) {
        indexes = indexes.or(group.indexes());
      }
      return indexes;
    }
  }

  /**
   * What a peer knows of batches that it and the other keep, or that one of them has submitted.
   * Each sends the other what that lacks.
   *
   * @param wants whether the other is to say the same
   * @param parts at least one
   */
  record Have(boolean wants, List<Part> parts) implements CopyFrame {
    /** Copies the list. */
    public Have {
      if (parts.isEmpty()) {
        throw new IllegalArgumentException("there is at least one part");
      }
      parts = List.copyOf(parts);
    }
  }

  /**
   * What is known of one batch.
   *
   * @param lineage the submitter's journal
   * @param job its number there, ≥ 1
   * @param offset how many tasks of the job are in the batches before it
   * @param size how many it has
   * @param ended the tasks whose outcomes are known
   * @param confirmed those of them whose outcomes are the submitter's
   * @param digest of who said how the others ended; 0 if there are none
   */
  record Part(
      Cid batch,
      long lineage,
      long job,
      long offset,
      int size,
      IndexSet ended,
      IndexSet confirmed,
      long digest) {
    /** Checks the ranges. */
    public Part {
      TaskCid.require(batch, TaskCid.PROTOBUF);
      if (!isRight(job, offset, size, ended, confirmed)) {
        throw new IllegalArgumentException(
            "what is said of a batch of %d at %d of job %d is not of it: ended %s, confirmed %s"
                .formatted(size, offset, job, ended, confirmed));
      }
    }

    static boolean isRight(long job, long offset, int size, IndexSet ended, IndexSet confirmed) {
      return job >= 1
          && offset >= 0
          && size >= 1
          && size <= TaskRef.BATCH_TASKS_MAX
          && offset <= Long.MAX_VALUE - size
          && (ended.isEmpty() || ended.last() < size)
          && confirmed.andNot(ended).isEmpty();
    }
  }

  /** Submitter to holder: nobody needs these any more. */
  record Over(List<Cid> batches) implements CopyFrame {
    /** Checks the names. */
    public Over {
      if (batches.isEmpty()) {
        throw new IllegalArgumentException("there is at least one batch");
      }
      batches.forEach(batch -> TaskCid.require(batch, TaskCid.PROTOBUF));
      batches = List.copyOf(batches);
    }
  }

  /** How often tasks of a batch were tried that have no outcome, as far as the sender knows. */
  record Tried(Cid batch, Tries tries) implements CopyFrame {
    /** Checks the name. */
    public Tried {
      TaskCid.require(batch, TaskCid.PROTOBUF);
    }
  }

  private static List<PeerId> requireHolders(List<PeerId> holders) {
    if (holders.size() > HOLDERS_MAX || holders.stream().distinct().count() < holders.size()) {
      throw new IllegalArgumentException(
          "at most %d peers keep a batch, none twice, not %s".formatted(HOLDERS_MAX, holders));
    }
    return List.copyOf(holders);
  }

  /**
   * The bytes of the frame. Who sends it sees to the limit of {@link TaskLimits#partsMax()} parts
   * or batches.
   */
  default Bytes encode() {
    return CopyCodec.encode(this);
  }

  /**
   * The frame that {@code encoded} is.
   *
   * @throws WireException if it is malformed or above a limit
   */
  static CopyFrame decode(TaskLimits limits, Bytes encoded) throws WireException {
    return CopyCodec.decode(limits, encoded);
  }
}
