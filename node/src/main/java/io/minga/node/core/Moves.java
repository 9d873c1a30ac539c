package io.minga.node.core;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Cid;
import io.minga.libp2p.wire.Bytes;
import io.minga.node.task.MoveFrame;
import io.minga.node.task.WorkFrame;
import org.jspecify.annotations.Nullable;

/**
 * Tasks that change hands between owners, so that all are through at the same time: routes between
 * what this peer gives, what it takes, and what is on its way here.
 */
final class Moves {
  private final Giving giving;
  private final Taking taking;
  private final Arrivals arrivals;
  private final Asking asking;
  private final Owner owner;
  private final Holders holders;
  private boolean leaving;

  Moves(Ground ground, Others others, Announcer announcer, Owner owner, Holders holders) {
    this.owner = owner;
    this.holders = holders;
    this.arrivals = new Arrivals(ground, others.membership(), announcer, owner);
    this.giving = new Giving(ground, others, announcer, owner);
    this.taking = new Taking(ground, others, announcer, owner, holders, arrivals);
    this.asking = new Asking(ground, others, owner, arrivals);
  }

  /** A peer that may give or take says something. */
  void received(long nowNanos, PeerId from, MoveFrame frame) {
    if (frame instanceof MoveFrame.Offer offer) {
      boolean asked = asking.hasAsked(from);
      boolean taken = taking.offered(nowNanos, from, offer, leaving, asked);
      if (asked) {
        asking.offered(nowNanos, taken);
      }
    } else if (frame instanceof MoveFrame.Accept accept) {
      giving.accepted(nowNanos, from, accept);
    } else if (frame instanceof MoveFrame.Decline decline) {
      giving.declined(nowNanos, from, decline);
      asking.declined(nowNanos, from, decline);
    } else if (frame instanceof MoveFrame.Want want) {
      giving.wanted(nowNanos, from, want, leaving);
    }
  }

  /** A peer holds tasks of this peer's own that another gave to it. */
  void held(long nowNanos, PeerId from, WorkFrame.Hold hold) {
    holders.hold(nowNanos, from, hold);
  }

  /** A peer has taken tasks of this peer's own, which it may have no more. */
  void taken(PeerId from, WorkFrame.Taken taken) {
    holders.taken(from, taken);
  }

  /** A block has come; null if it can't be got. */
  void fetched(long nowNanos, Cid cid, @Nullable Bytes bytes) {
    arrivals.fetched(nowNanos, cid, bytes);
  }

  /** A submitter doesn't want these any more. */
  void cancelled(PeerId from, WorkFrame.Part part) {
    arrivals.cancelled(from, part);
  }

  /** Somebody has claimed tasks of a batch. */
  void claimed(long nowNanos, Cid batch, IndexSet done) {
    owner.lost(nowNanos, batch, done);
    arrivals.lost(nowNanos, batch);
  }

  void connected(PeerId peer) {
    arrivals.connected(peer);
  }

  /** A peer has lost what it held. */
  void lost(PeerId peer) {
    giving.gone(peer);
    asking.gone(peer);
  }

  void orphaned(long nowNanos, PeerId submitter, boolean isBack) {
    arrivals.orphaned(nowNanos, submitter, isBack);
  }

  void leave(long nowNanos) {
    leaving = true;
    arrivals.leave(nowNanos);
  }

  void due(long nowNanos) {
    arrivals.due(nowNanos);
    giving.due(nowNanos, leaving);
  }

  /**
   * At the end of a turn, when all that has come stands in line: asks for work if there is none.
   */
  void ask(long nowNanos) {
    if (!leaving) {
      asking.due(nowNanos);
    }
  }

  /** Submitters of what is here that there is no connection to. */
  Iterable<PeerId> sought() {
    return arrivals.sought();
  }

  boolean isIdle() {
    return arrivals.count() == 0;
  }

  /** How many tasks this peer has taken over from others. */
  long taken() {
    return taking.moved();
  }

  /** How many tasks others have taken over from this peer. */
  long given() {
    return giving.moved();
  }

  long nextDeadlineNanos(long never) {
    return arrivals.nextDeadlineNanos(never);
  }
}
