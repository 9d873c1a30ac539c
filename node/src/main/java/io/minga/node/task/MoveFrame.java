package io.minga.node.task;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Cid;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What two peers say to each other on {@value #PROTOCOL} when tasks change hands: an idle one may
 * want some, a laden one offers some, the other accepts part of them or declines.
 *
 * <p>A giver offers only what it holds itself, and whoever accepts has claimed it before saying so.
 * Whether that is true stands in the claims, not in these messages.
 */
public sealed interface MoveFrame {
  /** The protocol of the streams that carry such frames. */
  String PROTOCOL = "/minga/move/1.0.0";

  /** Names the exchange that this belongs to; chosen by whoever began it. */
  long exchange();

  /**
   * Tasks of one batch that the giver holds in one epoch.
   *
   * @param submitter the batch's
   * @param epoch the giver's; the receiver claims them in the next
   * @param indexes at least one
   * @param workMicros their expected run time on the giver, one after the other
   * @param about what the giver says of the batch, as its submitter would announce it and without
   *     hints; null if the receiver has to know. It is the giver's word, until the batch is there
   */
  record Lot(
      Cid batch,
      PeerId submitter,
      int epoch,
      IndexSet indexes,
      long workMicros,
      @Nullable Announcement about) {
    /** A lot of a batch that the receiver has to know. */
    public Lot(Cid batch, PeerId submitter, int epoch, IndexSet indexes, long workMicros) {
      this(batch, submitter, epoch, indexes, workMicros, null);
    }

    /** Checks the ranges. */
    public Lot {
      TaskCid.require(batch, TaskCid.PROTOBUF);
      if (epoch < 1 || indexes.isEmpty() || workMicros < 0) {
        throw new IllegalArgumentException(
            "a lot has an epoch ≥ 1, an index, and work ≥ 0, not epoch %d, %s, %d µs"
                .formatted(epoch, indexes, workMicros));
      }
      if (about != null && !isOf(about, batch, submitter, indexes)) {
        throw new IllegalArgumentException("what is said of a batch is of another: " + about);
      }
    }

    static boolean isOf(Announcement about, Cid batch, PeerId submitter, IndexSet indexes) {
      return about.batch().equals(batch)
          && about.submitter().equals(submitter)
          && indexes.last() < about.indexes();
    }
  }

  /**
   * Tasks of one batch that the receiver has claimed.
   *
   * @param indexes at least one
   */
  record Part(Cid batch, IndexSet indexes) {
    /** Checks the ranges. */
    public Part {
      TaskCid.require(batch, TaskCid.PROTOBUF);
      if (indexes.isEmpty()) {
        throw new IllegalArgumentException("there is at least one task");
      }
    }
  }

  /** An idle peer asks for work of at most this run time, of functions that it offers. */
  record Want(long exchange, long capacityMicros, List<FunctionName> functions)
      implements MoveFrame {
    /** Checks the ranges. */
    public Want {
      requireNotNegative(exchange, capacityMicros);
      functions = List.copyOf(functions);
    }
  }

  /** A peer would give these, which it holds back until the answer or 5 s. */
  record Offer(long exchange, List<Lot> lots) implements MoveFrame {
    /** Checks the lots. */
    public Offer {
      requireNotNegative(exchange, 0);
      lots = requireLots(lots);
    }
  }

  /** The receiver has claimed these of what was offered, and takes nothing else of it. */
  record Accept(long exchange, List<Part> parts) implements MoveFrame {
    /** Copies the list. */
    public Accept {
      requireNotNegative(exchange, 0);
      if (parts.isEmpty()) {
        throw new IllegalArgumentException("whoever accepts nothing declines");
      }
      parts = List.copyOf(parts);
    }
  }

  /** The receiver takes none; it would have room for this run time. Or the giver has none. */
  record Decline(long exchange, long freeMicros) implements MoveFrame {
    /** Checks the ranges. */
    public Decline {
      requireNotNegative(exchange, freeMicros);
    }
  }

  private static void requireNotNegative(long exchange, long micros) {
    if (exchange < 0 || micros < 0) {
      throw new IllegalArgumentException(
          "an exchange and a run time are ≥ 0, not %d and %d µs".formatted(exchange, micros));
    }
  }

  private static List<Lot> requireLots(List<Lot> lots) {
    if (lots.isEmpty()) {
      throw new IllegalArgumentException("there is at least one lot");
    }
    if (MoveCodec.overlap(lots)) {
      throw new IllegalArgumentException("a task is in one lot, but some are in two");
    }
    return List.copyOf(lots);
  }

  /**
   * The bytes of the frame. Who sends it sees to the limits: {@link TaskLimits#partsMax()} lots,
   * {@link TaskLimits#loadFunctionsMax()} functions.
   */
  default Bytes encode() {
    return MoveCodec.encode(this);
  }

  /**
   * The frame that {@code encoded} is.
   *
   * @throws WireException if it is malformed or above a limit
   */
  static MoveFrame decode(TaskLimits limits, Bytes encoded) throws WireException {
    return MoveCodec.decode(limits, encoded);
  }
}
