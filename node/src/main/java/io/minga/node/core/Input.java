package io.minga.node.core;

import io.minga.crdt.claims.ClaimMessage;
import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Cid;
import io.minga.libp2p.wire.Bytes;
import io.minga.node.journal.KeptCopy;
import io.minga.node.schedule.PeerReport;
import io.minga.node.task.Announcement;
import io.minga.node.task.Batch;
import io.minga.node.task.CopyFrame;
import io.minga.node.task.FunctionName;
import io.minga.node.task.LoadReport;
import io.minga.node.task.MoveFrame;
import io.minga.node.task.Outcome;
import io.minga.node.task.Saying;
import io.minga.node.task.TaskRef;
import io.minga.node.task.Tries;
import io.minga.node.task.WorkFrame;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the node core takes in. What comes from peers is decoded, and its author is proven. */
public sealed interface Input {
  /** Callers want these calls made. */
  record Submit(Submission submission) implements Input {}

  /**
   * A caller wants no outcome of a call any more; it comes at once, as CANCELLED, unless another
   * came before.
   *
   * @param call its place among the submission's inputs, or -1 for all of them
   */
  record Cancel(Submission submission, int call) implements Input {}

  /**
   * A task of this peer's callers is wanted no more, whoever waits for it; its outcome comes at
   * once, as CANCELLED, unless another came before.
   */
  record CancelTask(TaskRef task) implements Input {}

  /** All tasks of this peer's callers are wanted no more. */
  record CancelAll() implements Input {}

  /** The functions that this peer's slots run, all of them; none before the first time. */
  record Offer(List<FunctionName> functions) implements Input {
    /** Copies the list. */
    public Offer {
      functions = List.copyOf(functions);
    }
  }

  /**
   * There is a journal, so that calls may be durable; once, before any of them.
   *
   * @param lineage its name
   * @param nextSequence what the next durable batch is numbered
   */
  record Journaled(long lineage, long nextSequence) implements Input {}

  /**
   * A durable batch of this peer's own that the journal had when it was opened.
   *
   * @param open the tasks that have no outcome, at least one
   * @param submission calls as many as the batch has tasks, in their order
   * @param tries how often they were tried, as far as that was journaled
   */
  record Restored(Batch batch, IndexSet open, Submission submission, Tries tries)
      implements Input {}

  /** All records up to this number are committed, but for those that were refused. */
  record Recorded(long upTo) implements Input {}

  /** A batch is not journaled, and never will be; its calls come to nothing. */
  record Refused(long number, String why) implements Input {}

  /** What is about durable batches that several peers keep. */
  sealed interface Copying extends Input {}

  /** This peer has a journal for batches of others, or has none any more. */
  record Keeps(boolean keeps) implements Copying {}

  /** A frame of a copy stream. */
  record CopyReceived(PeerId from, CopyFrame frame) implements Copying {}

  /** What was on its way to a peer over the copy stream may be lost. */
  record CopiesLost(PeerId peer) implements Copying {}

  /** A batch of another peer that the journal had when it was opened. */
  record RestoredCopy(KeptCopy copy) implements Copying {}

  /** A job of this peer's own was deleted from the journal. */
  record Forgotten(long job) implements Copying {}

  /**
   * Somebody wants to know something of durable jobs that may be others'; {@link Effect.Learned}
   * answers, once.
   *
   * @param number unlike that of any other open enquiry
   */
  record Enquire(long number, Enquiry about) implements Copying {}

  /** There is a connection to a peer that speaks the work protocol. */
  record Connected(PeerId peer) implements Input {}

  /** There is none any more, or what was on its way over the streams may be lost. */
  record Disconnected(PeerId peer) implements Input {}

  /** A frame of the work stream. */
  record Received(PeerId from, WorkFrame frame) implements Input {}

  /** A frame of a move stream. */
  record MoveReceived(PeerId from, MoveFrame frame) implements Input {}

  /**
   * A batch is announced, by gossip, or as another peer has it from there.
   *
   * @param signed the same with its author's signature; null if it can't be shown to others
   */
  record Announced(PeerId author, Announcement announcement, @Nullable Saying signed)
      implements Input {
    /** An announcement that can't be shown to others. */
    public Announced(PeerId author, Announcement announcement) {
      this(author, announcement, null);
    }
  }

  /**
   * Claims, by gossip, or as another peer has them from there.
   *
   * @param signed the same with their author's signature; null if they can't be shown to others
   */
  record Claimed(PeerId author, ClaimMessage message, @Nullable Saying signed) implements Input {
    /** Claims that can't be shown to others. */
    public Claimed(PeerId author, ClaimMessage message) {
      this(author, message, null);
    }
  }

  /**
   * Gossip: a peer's load.
   *
   * @param standing the same as scheduling reads it, once for all that it is handed to
   */
  record Loaded(PeerId author, LoadReport report, PeerReport standing) implements Input {
    /** What the author says. */
    public Loaded(PeerId author, LoadReport report) {
      this(author, report, Reports.read(author, report));
    }
  }

  /**
   * Tasks of a run have ended. The slot is free once each of the run's tasks has ended or parked.
   *
   * @param ended in any order, none twice
   */
  record Ran(long run, List<Ended> ended) implements Input {}

  /**
   * One task has ended.
   *
   * @param index which, in the run's batch
   * @param runMicros how long it ran, ≥ 0
   */
  record Ended(int index, Outcome outcome, long runMicros) {}

  /** Tasks of a run wait for something and need their slot no more; they end by {@link Ran}. */
  record Parked(long run, IndexSet indexes) implements Input {}

  /**
   * A block that was wanted is here, its hash checked.
   *
   * @param batch its bytes if it is a batch; an input or a result lies in the block store
   */
  record Fetched(Cid cid, @Nullable Bytes batch) implements Input {}

  /**
   * A block that was wanted is not to be had.
   *
   * @param why in words: of whom it was asked, and what each answered
   */
  record NotFetched(Cid cid, String why) implements Input {}

  /** This peer is to leave: it takes no more, hands over what it hasn't begun, and says goodbye. */
  record Leave() implements Input {}
}
