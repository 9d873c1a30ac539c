package io.minga.simulations.node;

import io.minga.crdt.claims.ClaimDelta;
import io.minga.node.core.Effect;
import io.minga.node.core.Input;
import io.minga.node.task.Batch;
import io.minga.node.task.MoveFrame;
import io.minga.node.task.WorkFrame;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Looks at what peers do, as they do it. */
final class Checks {
  private final World world;

  /** Of a run with faults; null in one that is measured, where looking takes too long. */
  private final @Nullable Epochs epochs;

  private final @Nullable Claims claims;
  private final @Nullable Tokens tokens;
  private final @Nullable Deaths deaths;

  Checks(World world) {
    this.world = world;
    this.epochs = world.hasFaults() ? new Epochs(world.ledger().size()) : null;
    this.claims = world.hasFaults() ? new Claims(world) : null;
    this.tokens = world.hasFaults() ? new Tokens(world) : null;
    this.deaths = world.hasFaults() ? new Deaths(world) : null;
  }

  void runs(NodePeer peer, Effect.Run run) {
    if (claims != null) {
      claims.runs(peer, run.batch(), run.indexes());
    }
    if (tokens != null) {
      tokens.runs(peer, run);
    }
    world.simulation().trace().add(run.run());
  }

  /** A peer wants what runs to end. */
  void interrupts(NodePeer peer, Effect.Interrupt interrupt) {
    if (tokens != null) {
      tokens.interrupts(peer, interrupt);
    }
  }

  /** A call has its outcome. */
  void completes(NodePeer peer, Effect.Complete complete) {
    if (tokens != null) {
      tokens.completes(peer, complete);
    }
  }

  void sends(NodePeer from, int to, WorkFrame frame) {
    world.story().sends(from, to, frame);
    if (tokens != null) {
      tokens.sends(from, to, frame);
    }
    if (frame instanceof WorkFrame.Push push) {
      Batch batch = push.batch();
      if (batch != null) {
        seen(batch);
      }
      if (epochs != null) {
        epochs.pushes(from, to, push);
      }
    } else if (frame instanceof WorkFrame.Taken taken && epochs != null) {
      epochs.takes(from, to, taken);
    } else if (frame instanceof WorkFrame.CancelTasks cancel && epochs != null) {
      epochs.cancels(from, to, cancel, world.ledger());
    } else if (frame instanceof WorkFrame.Hold hold && claims != null && epochs != null) {
      claims.holds(from, hold);
      epochs.holds(from, hold);
    }
  }

  void sends(NodePeer from, int to, MoveFrame frame) {
    world.story().sends(from, to, frame);
    if (frame instanceof MoveFrame.Offer offer) {
      if (claims != null) {
        claims.offers(from, to, offer);
      }
    } else if (frame instanceof MoveFrame.Accept accept && claims != null) {
      claims.accepts(
          from,
          to,
          accept,
          (task, epoch) -> {
            if (epochs != null && task >= 0) {
              epochs.takesOver(from, task, epoch);
            }
          });
    }
  }

  void says(NodePeer from, ClaimDelta delta) {
    world.story().claims(from, delta);
    if (claims != null) {
      claims.said(from, delta);
    }
  }

  /** A peer has taken inputs in. */
  void took(NodePeer peer, List<? extends Input> inputs) {
    if (claims != null) {
      claims.heard(peer, inputs);
    }
    if (tokens != null) {
      tokens.took(peer, inputs);
    }
    if (deaths != null) {
      deaths.look(peer);
    }
  }

  /** A task that a peer has or waits for; -1 if none is known. */
  int task(NodePeer peer) {
    return claims == null ? -1 : claims.task(peer);
  }

  /** Two peers know different things when all is quiet. */
  BrokenPromiseException differ(NodePeer one, NodePeer other) {
    String what = "the claims of %s and %s differ when all is quiet".formatted(one, other);
    return claims == null ? new BrokenPromiseException(-1, what) : claims.differ(one, other, what);
  }

  /** The same long after, of what those said who are there still; null if they do not. */
  @Nullable BrokenPromiseException differInWhatTheLivingSaid(NodePeer one, NodePeer other) {
    String what = "the claims of %s and %s differ though they have compared".formatted(one, other);
    return claims == null ? null : claims.differInWhatTheLivingSaid(one, other, what);
  }

  void seen(Batch batch) {
    if (claims != null) {
      claims.seen(batch);
    }
  }

  /** Nobody here means harm, so nobody is to be blamed. */
  BrokenPromiseException misbehaved(NodePeer peer, Effect.Misbehaved misbehaved) {
    return new BrokenPromiseException(
        -1,
        "%s blames %s: %s"
            .formatted(peer, world.peer(world.number(misbehaved.peer())), misbehaved.why()));
  }
}
