package io.minga.node.core;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Cid;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import io.minga.node.task.CopyFrame;
import io.minga.node.task.JobFrame;
import io.minga.node.task.TaskLimits;
import io.minga.node.task.Tries;
import io.minga.node.task.WorkFrame;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The core's side that has durable work outlive its submitter: routes between the copies that
 * others keep of this peer's batches, those that it keeps, and its care for those whose submitter
 * is gone.
 */
final class Safekeeping {
  private final PeerId self;
  private final TaskLimits limits;
  private final Turn turn;
  private final Submitter submitter;
  private final Reports reports;
  private final Copies copies;
  private final Keeper keeper;
  private final Spares spares;
  private final Stewards stewards;
  private final Enquiries enquiries;
  private long nowNanos;

  Safekeeping(
      Ground ground,
      CopyOptions keeping,
      Membership membership,
      Reports reports,
      Copies copies,
      Submitter submitter) {
    this.self = ground.self();
    this.limits = ground.options().tasks();
    this.turn = ground.turn();
    this.submitter = submitter;
    this.reports = reports;
    this.copies = copies;
    this.keeper =
        new Keeper(
            self, ground.options().network(), keeping, turn, submitter.recorder(), membership);
    this.spares = new Spares(self, keeping, turn, keeper, copies.keepers());
    this.stewards = new Stewards(self, keeping, turn, membership, keeper, spares, submitter);
    this.enquiries = new Enquiries(self, turn, membership, copies);
    submitter.recorder().lead(this::committed, this::tried);
  }

  void now(long nowNanos) {
    this.nowNanos = nowNanos;
    copies.now(nowNanos);
    keeper.now(nowNanos);
    spares.now(nowNanos);
    stewards.now(nowNanos);
    enquiries.now(nowNanos);
  }

  void handle(Input.Copying input) {
    if (input instanceof Input.CopyReceived received) {
      received(received.from(), received.frame());
    } else if (input instanceof Input.RestoredCopy restored) {
      keeper.restored(restored.copy());
    } else if (input instanceof Input.Keeps it) {
      keeper.keeps(it.keeps());
      reports.keeps(it.keeps());
    } else if (input instanceof Input.Forgotten it) {
      copies.forgotten(it.job());
    } else if (input instanceof Input.CopiesLost it) {
      disconnected(it.peer());
      connected(it.peer());
    } else if (input instanceof Input.Enquire it) {
      enquiries.enquire(it);
    }
  }

  private void received(PeerId from, CopyFrame frame) {
    if (frame instanceof CopyFrame.Keep keep) {
      keeper.keep(from, keep);
    } else if (frame instanceof CopyFrame.Kept kept) {
      copies.kept(from, kept.batch());
      spares.kept(from, kept.batch());
      tellTries(from, kept.batch());
    } else if (frame instanceof CopyFrame.Declined declined) {
      copies.declined(from, declined.batch());
      spares.declined(from, declined.batch());
    } else if (frame instanceof CopyFrame.Holders holders) {
      copies.holders(from, holders);
      keeper.holders(from, holders);
    } else if (frame instanceof CopyFrame.Over over) {
      keeper.over(from, over.batches());
    } else if (frame instanceof CopyFrame.Ended ended) {
      if (copies.trusts(from, ended.batch())) {
        submitter.endedWith(nowNanos, from, ended);
      } else {
        keeper.ended(from, ended);
      }
    } else if (frame instanceof CopyFrame.Tried tried) {
      if (copies.trusts(from, tried.batch())) {
        submitter.tried(tried);
      } else {
        keeper.tried(from, tried);
      }
    } else if (frame instanceof CopyFrame.Have have) {
      have(from, have);
    } else if (frame instanceof JobFrame.Ask ask) {
      enquiries.asked(from, ask);
    } else if (frame instanceof JobFrame.Known known) {
      keeper.disowned().answered(from, known);
      enquiries.answered(from, known, known.number());
    } else if (frame instanceof JobFrame.Ends ends) {
      enquiries.answered(from, ends, ends.number());
    }
  }

  /** A peer that keeps a batch of this one's may have missed how often its tasks were tried. */
  private void tellTries(PeerId to, Cid batch) {
    Tries tries = copies.trusts(to, batch) ? submitter.tries(batch) : Tries.NONE;
    if (!tries.isEmpty()) {
      turn.emit(new Effect.SendCopy(to, new CopyFrame.Tried(batch, tries).encode()));
    }
  }

  /** Those that keep a batch need not know which epochs it has. */
  private void tellTries(OwnBatch batch) {
    Tries failed = batch.attempts().tries(batch.failed());
    if (!failed.isEmpty()) {
      copies.tried(batch.batch.cid(), failed);
    }
  }

  /** How often tasks were tried is committed. */
  private void tried(OwnBatch batch, Tries tries) {
    Stewardship stewardship = batch.stewardship();
    if (stewardship == null) {
      tellTries(batch);
    } else {
      keeper.triedHere(stewardship.batch, tries);
    }
  }

  private void have(PeerId from, CopyFrame.Have have) {
    List<CopyFrame.Part> answer = new ArrayList<>();
    for (CopyFrame.Part part : have.parts()) {
      KeptBatch batch = keeper.batch(part.batch());
      CopyFrame.Part known =
          batch == null ? copies.have(from, part) : keeper.have(from, batch, part);
      if (batch == null) {
        tellTries(from, part.batch());
        goOn(part.batch());
      }
      if (known != null) {
        answer.add(known);
      }
    }
    if (have.wants()) {
      keeper.have(from, false, answer);
    }
  }

  /** Those that keep a batch of before have said what they know: what is open begins. */
  private void goOn(Cid batch) {
    IndexSet ended = copies.endedElsewhere(batch);
    if (ended != null) {
      submitter.goOn(nowNanos, batch, ended);
    }
  }

  /** Outcomes that ended up in the journal here, of a batch of this peer's own or one it keeps. */
  private void committed(OwnBatch batch, Bytes frame) {
    WorkFrame.Results results;
    try {
      results = (WorkFrame.Results) WorkFrame.decode(limits, frame);
    } catch (WireException e) {
      throw new IllegalStateException("results that were just written can't be read", e);
    }
    Stewardship stewardship = batch.stewardship();
    if (stewardship == null) {
      copies.ended(self, batch.batch.cid(), results);
    } else {
      CopyFrame.Ended ended = new CopyFrame.Ended(stewardship.batch.cid(), self, results);
      keeper.endedHere(stewardship.batch, ended);
    }
  }

  void connected(PeerId peer) {
    copies.heard(peer);
    keeper.connected(peer);
  }

  void heard(PeerId peer) {
    copies.heard(peer);
    enquiries.heard(peer);
  }

  void disconnected(PeerId peer) {
    copies.disconnected(peer);
    keeper.disconnected(peer);
    spares.disconnected(peer);
    enquiries.disconnected(peer);
  }

  void due() {
    copies.due();
    keeper.due();
    spares.due();
    stewards.due();
    enquiries.due();
  }

  void leave() {
    keeper.leave();
    stewards.leave();
  }

  List<Effect> answer(List<Effect> effects) {
    return stewards.answer(effects);
  }

  /** Whether batches of a submitter are kept here. */
  boolean keepsOf(PeerId submitter) {
    return keeper.keepsOf(submitter);
  }

  /** At how many other peers the batches of each of this peer's durable jobs are at least. */
  Map<Long, Integer> copyCounts() {
    return copies.counts();
  }

  long nextDeadlineNanos(long never) {
    long next = enquiries.nextDeadlineNanos(copies.nextDeadlineNanos(never));
    next = spares.nextDeadlineNanos(keeper.nextDeadlineNanos(next));
    return stewards.nextDeadlineNanos(next);
  }
}
