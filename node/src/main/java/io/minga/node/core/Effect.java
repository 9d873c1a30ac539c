package io.minga.node.core;

import io.minga.crdt.claims.ClaimMessage;
import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Cid;
import io.minga.libp2p.wire.Bytes;
import io.minga.node.journal.TaskEnd;
import io.minga.node.task.Announcement;
import io.minga.node.task.Batch;
import io.minga.node.task.CopyFrame;
import io.minga.node.task.JobFrame;
import io.minga.node.task.LoadReport;
import io.minga.node.task.Outcome;
import io.minga.node.task.Saying;
import io.minga.node.task.Tries;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the node core wants done, in this order. */
public sealed interface Effect {
  /**
   * A call is over; each call is once.
   *
   * @param call its place among the submission's inputs
   * @param peer who ran it; null if nobody did
   * @param attempts how often it was handed to a peer
   * @param batch which it was a task of; null if it never became one
   * @param index which task of the batch
   */
  record Complete(
      Submission submission,
      int call,
      Outcome outcome,
      @Nullable PeerId peer,
      int attempts,
      @Nullable Batch batch,
      int index)
      implements Effect {
    /** A call that never became a task. */
    Complete(
        Submission submission, int call, Outcome outcome, @Nullable PeerId peer, int attempts) {
      this(submission, call, outcome, peer, attempts, null, 0);
    }
  }

  /** What the journal is concerned with. */
  sealed interface Journaling extends Effect {}

  /**
   * A durable batch is to be journaled; {@link Input.Recorded} or {@link Input.Refused} answers.
   *
   * @param number above those of all records before it
   * @param submission whose calls its tasks are
   * @param firstCall which of those calls is its first task
   */
  record RecordBatch(long number, Batch batch, Submission submission, int firstCall)
      implements Journaling {}

  /**
   * Outcomes of durable tasks are to be journaled; {@link Input.Recorded} answers.
   *
   * @param number above those of all records before it
   * @param results an encoded frame of results of the batch, which it calls by its sequence + 1
   */
  record RecordOutcomes(long number, Batch batch, Bytes results) implements Journaling {}

  /**
   * How often tasks of a durable batch were tried is to be journaled; {@link Input.Recorded}
   * answers.
   *
   * @param number above those of all records before it
   */
  record RecordTried(long number, Batch batch, Tries tries) implements Journaling {}

  /** The same of tasks of a batch that is kept for another peer. */
  record RecordCopyTried(long number, CopyFrame.Tried tried) implements Journaling {}

  /**
   * Durable calls are journaled: from now on they are not lost.
   *
   * @param calls how many more of the submission
   * @param copies at how many other peers, too
   */
  record Acknowledge(Submission submission, int calls, int copies) implements Journaling {}

  /** Calls that were to be durable are not journaled, for this reason, and come to nothing. */
  record Decline(Submission submission, String why) implements Journaling {}

  /**
   * A batch of another peer is to be journaled; {@link Input.Recorded} or {@link Input.Refused}
   * answers.
   *
   * @param number above those of all records before it
   */
  record RecordCopy(long number, CopyFrame.Keep keep) implements Journaling {}

  /**
   * What another peer says of how tasks of such a batch ended is to be journaled; {@link
   * Input.Recorded} answers.
   *
   * @param number above those of all records before it
   */
  record RecordCopied(long number, CopyFrame.Ended ended) implements Journaling {}

  /**
   * The same of outcomes that this peer has seen to itself.
   *
   * @param batch the batch that is kept here
   * @param results an encoded frame of results of it
   */
  record RecordSeenTo(long number, Cid batch, Bytes results) implements Journaling {}

  /** Batches of other peers are needed no more in the journal. */
  record DropCopies(List<Cid> batches) implements Journaling {
    /** Copies the list. */
    public DropCopies {
      batches = List.copyOf(batches);
    }
  }

  /**
   * A peer is asked to keep a batch of this one's, if the journal still has it.
   *
   * @param lineage the journal that the job was submitted to
   * @param job its number there
   * @param total how many tasks the job has
   * @param offset the number in the job of the batch's first task
   * @param holders who is to have it
   */
  record AskToKeep(
      PeerId to, Cid batch, long lineage, long job, long total, long offset, List<PeerId> holders)
      implements Journaling {
    /** Copies the list. */
    public AskToKeep {
      holders = List.copyOf(holders);
    }
  }

  /** An encoded {@link CopyFrame}; dropped if the peer can't be reached. */
  record SendCopy(PeerId to, Bytes frame) implements Effect {}

  /**
   * A peer that keeps a batch of this one's is to hear how these tasks ended, as far as that is in
   * the journal; or, if the job is not and was this journal's, that it is over.
   *
   * @param lineage the journal that the job was submitted to
   * @param job its number there
   * @param offset the number in the job of the batch's first task
   * @param indexes in the batch; maybe none
   */
  record TellOutcomes(PeerId to, Cid batch, long lineage, long job, long offset, IndexSet indexes)
      implements Journaling {}

  /**
   * A peer is to hear how these tasks of another one's batch ended, as far as that is in the
   * journal.
   */
  record TellCopied(PeerId to, Cid batch, IndexSet indexes) implements Journaling {}

  /**
   * A peer asks what the journal has of durable jobs; {@link Input.CopyReceived} of this peer
   * itself answers if {@code to} is this one.
   */
  record AnswerJobs(PeerId to, JobFrame.Ask ask) implements Journaling {}

  /**
   * What was to be learned of durable jobs.
   *
   * @param number the enquiry's
   * @param jobs if it was about jobs, one of each name
   * @param ends if it was about outcomes, those that somebody has, in the order of the tasks
   * @param asked how many peers were asked, this one among them; 0 if too much is asked at once
   * @param answered how many of them answered
   */
  record Learned(long number, List<FarJob> jobs, List<TaskEnd> ends, int asked, int answered)
      implements Journaling {
    /** Copies the lists. */
    public Learned {
      jobs = List.copyOf(jobs);
      ends = List.copyOf(ends);
    }
  }

  /** An encoded {@link io.minga.node.task.WorkFrame}; dropped if there is no connection. */
  record Send(PeerId to, Bytes frame) implements Effect {}

  /** An encoded {@link io.minga.node.task.MoveFrame}; dropped if the peer can't be reached. */
  record SendMove(PeerId to, Bytes frame) implements Effect {}

  /** Gossip: announces a batch. */
  record Announce(Announcement announcement) implements Effect {}

  /** Gossip: says what this peer claims, has done or has settled. */
  record Claim(ClaimMessage message) implements Effect {}

  /** What others are said to have said: where the proof is good, the input comes; in this order. */
  record Verify(List<Unproven> all) implements Effect {
    /** Copies the list. */
    public Verify {
      all = List.copyOf(all);
    }
  }

  /** Somebody's word, as another tells it, and what it is if its proof is good. */
  record Unproven(Saying saying, Input input) {}

  /** Gossip: says how this peer stands. */
  record Report(LoadReport report) implements Effect {}

  /**
   * One free slot runs these, one after the other, and answers by {@link Input.Ran} and {@link
   * Input.Parked}.
   *
   * @param run unlike any other
   * @param indexes which tasks of the batch: up to 64 short ones, else one; of an exclusive batch
   *     one
   * @param epoch in which this peer holds the first of them
   */
  record Run(long run, Batch batch, IndexSet indexes, int epoch) implements Effect {}

  /**
   * Tasks of a run are not needed any more: those not begun are skipped, those that run are
   * interrupted. All of them end nevertheless, with whatever outcome.
   */
  record Interrupt(long run, IndexSet indexes) implements Effect {}

  /**
   * A block is wanted from the first of {@code from} that has it; {@link Input.Fetched} or {@link
   * Input.NotFetched} answers, once.
   *
   * @param cid of a batch with codec protobuf, of an input or a result with codec raw, which then
   *     stays in the block store until {@link Release}
   * @param sizeBytes how large it is; 0 for a batch of which nobody said
   * @param from who may have it, the likeliest first
   */
  record Fetch(Cid cid, long sizeBytes, List<PeerId> from) implements Effect {
    /** Copies the list. */
    public Fetch {
      from = List.copyOf(from);
    }
  }

  /**
   * The core needs an input or a result no more that was fetched for it, or came from a slot; once
   * for each time.
   */
  record Release(Cid cid) implements Effect {}

  /** A peer ought to be connected and is not: try, once. */
  record Connect(PeerId peer) implements Effect {}

  /** A peer did what it has no right to do; {@code why} says what and what would be right. */
  record Misbehaved(PeerId peer, String why) implements Effect {}

  /** A connected peer is of another network: neither gets work from the other. */
  record Stranger(PeerId peer, String network) implements Effect {}

  /** This peer has left: nothing is owed to anybody any more. Nothing comes after this. */
  record Left() implements Effect {}
}
