package io.minga.node.core;

import io.minga.crdt.claims.Changes;
import io.minga.crdt.claims.ClaimDelta;
import io.minga.crdt.claims.ClaimMessage;
import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Cid;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import io.minga.node.task.ResultGroup;
import io.minga.node.task.Saying;
import io.minga.node.task.WorkFrame;

/** Hands what other peers say of work, in frames and by gossip, to whoever it concerns. */
final class Hearing {
  private final Turn turn;
  private final Announcer announcer;
  private final Owner owner;
  private final Submitter submitter;
  private final Handing handing;
  private final Moves moves;
  private final Comparing comparing;
  private final Greeted greeted;

  /** Takes what peers say first. */
  @FunctionalInterface
  interface Greeted {
    void hear(long nowNanos, PeerId from, WorkFrame.Hello hello);
  }

  Hearing(
      Turn turn,
      Announcer announcer,
      Owner owner,
      Submitter submitter,
      Moves moves,
      Comparing comparing,
      Greeted greeted) {
    this.turn = turn;
    this.announcer = announcer;
    this.owner = owner;
    this.submitter = submitter;
    this.handing = submitter.handing();
    this.moves = moves;
    this.comparing = comparing;
    this.greeted = greeted;
  }

  void received(long nowNanos, PeerId from, WorkFrame frame) {
    if (frame instanceof WorkFrame.Results results) {
      for (ResultGroup group : results.groups()) {
        submitter.ended(nowNanos, from, group);
      }
    } else if (frame instanceof WorkFrame.Push push) {
      owner.pushed(nowNanos, from, push);
    } else if (frame instanceof WorkFrame.Taken taken) {
      handing.taken(nowNanos, from, taken);
      moves.taken(from, taken);
    } else if (frame instanceof WorkFrame.Acked acked) {
      acked.parts().forEach(part -> owner.acked(nowNanos, from, part));
    } else if (frame instanceof WorkFrame.CancelTasks cancel) {
      cancel.parts().forEach(part -> moves.cancelled(from, part));
      cancel.parts().forEach(part -> owner.cancelled(nowNanos, from, part));
    } else if (frame instanceof WorkFrame.Hold hold) {
      moves.held(nowNanos, from, hold);
    } else if (frame instanceof WorkFrame.Parked parked) {
      parked.parts().forEach(part -> handing.parked(from, part));
    } else if (frame instanceof WorkFrame.Renew renew) {
      handing.renew(nowNanos, from, renew);
    } else if (frame instanceof WorkFrame.Lease lease) {
      owner.leases().leased(nowNanos, from, lease);
    } else if (frame instanceof WorkFrame.Hello hello) {
      greeted.hear(nowNanos, from, hello);
    } else if (frame instanceof WorkFrame.Compare compare) {
      comparing.compare(nowNanos, from, compare);
    } else if (frame instanceof WorkFrame.Tell tell) {
      told(nowNanos, from, tell);
    }
  }

  private void told(long nowNanos, PeerId from, WorkFrame.Tell tell) {
    try {
      comparing.told(nowNanos, from, tell, input -> heard(nowNanos, input));
    } catch (WireException wrong) {
      turn.emit(new Effect.Misbehaved(from, wrong.getMessage()));
    }
  }

  private void heard(long nowNanos, Input input) {
    if (input instanceof Input.Announced announced) {
      announced(nowNanos, announced);
    } else if (input instanceof Input.Claimed claimed) {
      claimed(nowNanos, claimed);
    }
  }

  void announced(long nowNanos, Input.Announced announced) {
    try {
      announcer.announced(
          nowNanos, turn.nowMillis(), announced, owner.held(announced.announcement().batch()));
      moves.claimed(nowNanos, announced.announcement().batch(), IndexSet.EMPTY);
    } catch (WireException wrong) {
      turn.emit(new Effect.Misbehaved(announced.author(), wrong.getMessage()));
    }
  }

  void claimed(long nowNanos, Input.Claimed claimed) {
    PeerId author = claimed.author();
    ClaimMessage message = claimed.message();
    Saying saying = claimed.signed();
    Hearsay.Signed signed = saying == null ? null : new Hearsay.Signed(saying);
    try {
      if (!message.claimant().equals(Announcer.id(author))) {
        throw new WireException(
            "claims of " + message.claimant() + ", where the author's are right");
      }
      for (ClaimDelta delta : message.deltas()) {
        Changes changes = announcer.claimed(turn.nowMillis(), delta, signed);
        if (changes != null) {
          Cid batch = Cid.decode(Bytes.copyOf(changes.batch().toByteArray()));
          moves.claimed(nowNanos, batch, changes.lost().and(changes.done()));
        }
      }
    } catch (WireException wrong) {
      turn.emit(new Effect.Misbehaved(author, wrong.getMessage()));
    }
  }
}
