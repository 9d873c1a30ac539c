package io.minga.node.task;

import io.minga.crdt.claims.IndexSet;
import io.minga.crdt.sync.SyncMessage;
import io.minga.crdt.wire.Id;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Cid;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a submitter and the owner of its tasks say to each other on {@value #PROTOCOL}. The
 * submitter pushes batches, acknowledges results and cancels; the owner says what it took, what
 * others gave it and what it has parked, and sends results.
 *
 * <p>Frames of one stream come in order. Nothing is answered by silence but what is lost with the
 * connection: every {@link Push} has its {@link Taken}, every result its {@link Acked}.
 */
public sealed interface WorkFrame {
  /** The protocol of the streams that carry such frames. */
  String PROTOCOL = "/minga/work/1.0.0";

  /**
   * Submitter to owner: these are proposed to you.
   *
   * @param ref what frames on this connection call the batch from now on, at least 1; a submitter
   *     never gives the same number to two batches
   * @param batch null if it went over this connection before, with the same {@code ref}
   * @param indexes at least one
   * @param epoch in which the owner is to claim them, at least 1
   * @param patienceMicros how long they may stand in line there: if others have made the line
   *     longer, the owner refuses them as {@link Refusal#BUSIER}; 0 for however long
   */
  record Push(long ref, @Nullable Batch batch, IndexSet indexes, int epoch, long patienceMicros)
      implements WorkFrame {
    /** Checks the ranges. */
    public Push {
      if (ref < 1 || epoch < 1 || patienceMicros < 0) {
        throw new IllegalArgumentException(
            "a batch's number and an epoch are ≥ 1 and a patience is ≥ 0, not %d, %d and %d"
                .formatted(ref, epoch, patienceMicros));
      }
      if (indexes.isEmpty() || (batch != null && indexes.last() >= batch.indexes())) {
        throw new IllegalArgumentException(
            "a push is of at least one task of its batch, not of " + indexes);
      }
    }

    /** Tasks that stand in line for however long. */
    public Push(long ref, @Nullable Batch batch, IndexSet indexes, int epoch) {
      this(ref, batch, indexes, epoch, 0);
    }

    /** All of a batch, for the first time. */
    public static Push of(long ref, Batch batch) {
      return new Push(ref, batch, IndexSet.range(0, batch.indexes()), 1);
    }
  }

  /**
   * Owner to submitter: I have claimed these and refuse those. An owner that gives back what it had
   * taken says so with another such frame.
   *
   * @param taken may be empty
   * @param refused may be empty, as {@code reason} is null then; no index is in both
   * @param reason why those were refused
   * @param creditTasks how many more it would take now, beyond these
   * @param epoch of the {@link Push} that this answers, since tasks may have been called back and
   *     pushed anew meanwhile; 0 if it answers none
   */
  record Taken(
      BatchName batch,
      IndexSet taken,
      IndexSet refused,
      @Nullable Refusal reason,
      long creditTasks,
      int epoch)
      implements WorkFrame {
    /** Checks the sets. */
    public Taken {
      String problem = problemOf(taken, refused, reason);
      if (problem != null) {
        throw new IllegalArgumentException(problem);
      }
      if (creditTasks < 0 || epoch < 0) {
        throw new IllegalArgumentException(
            "neither a credit nor an epoch can be negative: %d, %d".formatted(creditTasks, epoch));
      }
    }

    /** One that answers no push. */
    public Taken(
        BatchName batch,
        IndexSet taken,
        IndexSet refused,
        @Nullable Refusal reason,
        long creditTasks) {
      this(batch, taken, refused, reason, creditTasks, 0);
    }

    static @Nullable String problemOf(IndexSet taken, IndexSet refused, @Nullable Refusal reason) {
      if (taken.isEmpty() && refused.isEmpty()) {
        return "at least one task is taken or refused";
      }
      if (!taken.and(refused).isEmpty()) {
        return "a task is taken or refused, but some of %s are both".formatted(taken);
      }
      if (refused.isEmpty() != (reason == null)) {
        return "there is a reason if tasks are refused, and only then";
      }
      return null;
    }
  }

  /** Why an owner doesn't take tasks; the order is that of the numbers on the wire. */
  enum Refusal {
    /** For a reason that this version doesn't know. */
    OTHER,
    /** It holds as much as it can. */
    FULL,
    /** It doesn't offer the function. */
    UNKNOWN_FUNCTION,
    /** It hasn't what the batch requires. */
    REQUIREMENTS,
    /** It is going. */
    LEAVING,
    /** The batch is over. */
    EXPIRED,
    /** It doesn't know the batch: the push has to have it inside. */
    UNKNOWN_BATCH,
    /** It knows of somebody who has claimed them, in this epoch or a later one. */
    CLAIMED,
    /** Others have given it so much that its line is longer than the push has patience for. */
    BUSIER
  }

  /** Owner to submitter: how tasks ended. {@link ResultsBuilder} writes it. */
  final class Results implements WorkFrame {
    private final Bytes encoded;
    private final List<ResultGroup> groups;

    Results(Bytes encoded, List<ResultGroup> groups) {
      this.encoded = encoded;
      this.groups = List.copyOf(groups);
    }

    /** At least one. Nothing stops them from having the same task twice; the first counts. */
    public List<ResultGroup> groups() {
      return groups;
    }

    /** The bytes as received. */
    @Override
    public Bytes encode() {
      return encoded;
    }

    @Override
    public String toString() {
      return "Results" + groups;
    }
  }

  /**
   * Some tasks of one batch.
   *
   * @param indexes at least one
   * @param epoch the last in which they are meant; 0 for all epochs
   */
  record Part(BatchName batch, IndexSet indexes, int epoch) {
    /** Checks that there is something. */
    public Part {
      if (indexes.isEmpty()) {
        throw new IllegalArgumentException("there is at least one task");
      }
      if (epoch < 0) {
        throw new IllegalArgumentException("an epoch can't be negative: " + epoch);
      }
    }

    /** In whatever epoch. */
    public Part(BatchName batch, IndexSet indexes) {
      this(batch, indexes, 0);
    }
  }

  /**
   * Submitter to owner: the results of these needn't be kept any longer, whatever became of them.
   *
   * @param parts at least one
   */
  record Acked(List<Part> parts) implements WorkFrame {
    /** Copies the list. */
    public Acked {
      parts = requireSome(parts);
    }
  }

  /**
   * Submitter to owner: nobody wants these any more, unless the owner has taken them over in a
   * later epoch, of which the submitter can't know yet. A result may still come, and is
   * acknowledged.
   *
   * @param parts at least one
   */
  record CancelTasks(List<Part> parts) implements WorkFrame {
    /** Copies the list. */
    public CancelTasks {
      parts = requireSome(parts);
    }
  }

  /**
   * Owner to submitter: these have begun, wait for others, and keep no slot while they do. Whoever
   * counts what an owner has to do doesn't count them; they have outcomes like all others.
   *
   * @param parts at least one
   */
  record Parked(List<Part> parts) implements WorkFrame {
    /** Copies the list. */
    public Parked {
      parts = requireSome(parts);
    }
  }

  /**
   * Each to the other, first of all on every connection: which network this peer is of, and how it
   * stands. Load reports by gossip take a moment to begin, and whoever has just connected wants to
   * call.
   *
   * @param report the same that gossip carries, with a number of its own
   */
  record Hello(String network, LoadReport report) implements WorkFrame {}

  /**
   * Owner to submitter: another peer gave me these, and I have claimed them. It comes before
   * anything else that is said of them, and again on every further connection. The submitter
   * cancels what is over, or is with somebody else in that epoch or a later one.
   *
   * @param giver who had them before
   * @param shares at least one; no index is in two
   */
  record Hold(Cid batch, PeerId giver, List<Share> shares) implements WorkFrame {
    /** Checks the shares. */
    public Hold {
      TaskCid.require(batch, TaskCid.PROTOBUF);
      shares = List.copyOf(shares);
      String problem = HoldCodec.problemOf(shares);
      if (problem != null) {
        throw new IllegalArgumentException(problem);
      }
    }
  }

  /**
   * Tasks that are held in one epoch.
   *
   * @param epoch at least 1
   * @param indexes at least one
   */
  record Share(int epoch, IndexSet indexes) {
    /** Checks the ranges. */
    public Share {
      if (epoch < 1 || indexes.isEmpty()) {
        throw new IllegalArgumentException(
            "a share has an epoch ≥ 1 and a task, not %d and %s".formatted(epoch, indexes));
      }
    }
  }

  /**
   * Tokens of exclusive tasks: the epoch and the owner, who is whoever sends them or gets them.
   *
   * @param epoch in which the owner holds them, at least 1
   * @param leased whether the owner has a lease for them that has not ended
   * @param indexes at least one
   */
  record Tokens(BatchName batch, int epoch, boolean leased, IndexSet indexes) {
    /** Checks the ranges. */
    public Tokens {
      if (epoch < 1 || indexes.isEmpty()) {
        throw new IllegalArgumentException(
            "tokens have an epoch ≥ 1 and a task, not %d and %s".formatted(epoch, indexes));
      }
    }

    /** Tokens of tasks for which there is no lease yet, or of a lease. */
    public Tokens(BatchName batch, int epoch, IndexSet indexes) {
      this(batch, epoch, false, indexes);
    }
  }

  /**
   * Owner to submitter: may I run these exclusive tasks, or go on with them?
   *
   * @param number unlike that of any other on this connection, at least 1
   * @param tokens at least one
   */
  record Renew(long number, List<Tokens> tokens) implements WorkFrame {
    /** Copies the list. */
    public Renew {
      tokens = List.copyOf(tokens);
      if (number < 1 || tokens.isEmpty()) {
        throw new IllegalArgumentException(
            "a lease is asked for by a number ≥ 1, for a task; not by %d, for %s"
                .formatted(number, tokens));
      }
    }
  }

  /**
   * Submitter to owner: these you may run for so long, since you have asked. What you asked for and
   * isn't here is another's, or nobody's any more.
   *
   * @param number that of the {@link Renew} that this answers, at least 1
   * @param millis 1 to {@value #MILLIS_MAX}; from when that one was sent, by the clock of its
   *     sender
   */
  record Lease(long number, long millis, List<Tokens> tokens) implements WorkFrame {
    /** The longest lease: an hour. */
    public static final long MILLIS_MAX = 3_600_000;

    /** Copies the list. */
    public Lease {
      tokens = List.copyOf(tokens);
      if (number < 1 || millis < 1 || millis > MILLIS_MAX) {
        throw new IllegalArgumentException(
            "a lease has a number ≥ 1 and 1 to %d ms, not %d and %d ms"
                .formatted(MILLIS_MAX, number, millis));
      }
    }
  }

  /**
   * To a neighbour: this is for a peer that I have no connection to and you have.
   *
   * @param to who gets it, as {@link Carried}
   * @param frame a work frame; the neighbour doesn't read it
   */
  record Carry(PeerId to, Bytes frame) implements WorkFrame {
    /** Checks that there is something. */
    public Carry {
      requireFrame(frame);
    }
  }

  /**
   * From a neighbour: this is what another, which it is connected with, has for you.
   *
   * @param from whose work frame it is, as far as the neighbour is to be believed
   */
  record Carried(PeerId from, Bytes frame) implements WorkFrame {
    /** Checks that there is something. */
    public Carried {
      requireFrame(frame);
    }
  }

  /** Between neighbours: whether one of them is connected with some peer, so that it can carry. */
  record Way(PeerId to, State state) implements WorkFrame {
    /** The order is that of the numbers on the wire. */
    public enum State {
      /** I am not, or not any more. */
      CLOSED,
      /** Are you? */
      ASKED,
      /** I am. */
      OPEN
    }
  }

  /**
   * Each to the other: a step of a comparison, which finds the batches whose claims the two know
   * differently.
   *
   * @param number which comparison of those that one of the two began on this connection, at least
   *     1
   * @param mine whether the sender of this frame began it
   */
  record Compare(long number, boolean mine, SyncMessage message) implements WorkFrame {
    /** Checks the number. */
    public Compare {
      if (number < 1) {
        throw new IllegalArgumentException("a comparison has a number ≥ 1, not " + number);
      }
    }
  }

  /**
   * Each to the other: what was said of batches that the other lacks, or knows differently.
   *
   * @param sayings at most {@link TaskLimits#partsMax()}
   * @param batches those of which the sender knows, and has nothing to tell; at most as many
   * @param answer whether this answers such a frame, and is not answered itself
   */
  record Tell(List<Saying> sayings, List<Id> batches, boolean answer) implements WorkFrame {
    /** Copies the lists. */
    public Tell {
      sayings = List.copyOf(sayings);
      batches = List.copyOf(batches);
    }
  }

  private static void requireFrame(Bytes frame) {
    if (frame.isEmpty()) {
      throw new IllegalArgumentException("what is carried is a frame, which is never empty");
    }
  }

  private static List<Part> requireSome(List<Part> parts) {
    if (parts.isEmpty()) {
      throw new IllegalArgumentException("there is at least one batch");
    }
    return List.copyOf(parts);
  }

  /**
   * The bytes of the frame. Who sends it sees to the limits: {@link TaskLimits#partsMax()}, and the
   * others when the batch or the results were made.
   */
  default Bytes encode() {
    return WorkCodec.encode(this);
  }

  /**
   * The frame that {@code encoded} is. A batch or results inside keep its bytes.
   *
   * @throws WireException if it is malformed or above a limit
   */
  static WorkFrame decode(TaskLimits limits, Bytes encoded) throws WireException {
    return new WorkCodec(limits, encoded).decode();
  }
}
