package io.minga.simulations.node;

import static io.minga.simulations.events.Simulation.SECOND;

import io.minga.crdt.claims.ClaimDelta;
import io.minga.crdt.claims.IndexSet;
import io.minga.crdt.wire.Id;
import io.minga.libp2p.multiformats.Cid;
import io.minga.node.task.Batch;
import io.minga.node.task.BatchName;
import io.minga.node.task.MoveFrame;
import io.minga.node.task.ResultGroup;
import io.minga.node.task.TaskRef;
import io.minga.node.task.WorkFrame;
import io.minga.simulations.events.Simulation;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of one task, as a person reads it; of no task, usually, and then it costs nothing.
 */
final class Story {
  private final Simulation simulation;
  private final int task;
  private final List<String> lines = new ArrayList<>();

  /** Which batch the task is in, what its submitter calls it, and where it is in there. */
  private @Nullable Cid batch;

  private long ref;
  private int index;

  /** The story of a task; of none if it is -1. */
  Story(Simulation simulation, int task) {
    this.simulation = simulation;
    this.task = task;
  }

  boolean isOf(int other) {
    return task == other;
  }

  void tell(String what) {
    lines.add("%9.3f s  %s".formatted((double) simulation.nowNanos() / SECOND, what));
  }

  /** Which task it is of; null if it was never pushed. */
  @Nullable TaskRef ref() {
    return batch == null ? null : new TaskRef(batch, index);
  }

  /** Something that is known of it beside. */
  void add(String line) {
    lines.add(line);
  }

  List<String> lines() {
    return List.copyOf(lines);
  }

  void sends(NodePeer from, int to, WorkFrame frame) {
    if (task < 0) {
      return;
    }
    if (frame instanceof WorkFrame.Push push && push.batch() != null) {
      pushes(push.ref(), push.batch(), push.indexes());
    }
    String what = describe(frame);
    if (what != null) {
      tell("%s to peer %d: %s".formatted(from, to, what));
    }
  }

  private void pushes(long number, Batch pushed, IndexSet indexes) {
    if (batch == null) {
      indexes.forEach(
          each -> {
            if (Ledger.number(pushed.input(each)) == task) {
              batch = pushed.cid();
              ref = number;
              index = each;
            }
          });
    }
  }

  private @Nullable String describe(WorkFrame frame) {
    if (frame instanceof WorkFrame.Push push && isIt(push.ref(), push.indexes())) {
      return "push in epoch " + push.epoch();
    } else if (frame instanceof WorkFrame.Renew renew && holds(renew.tokens())) {
      return "asks for a lease";
    } else if (frame instanceof WorkFrame.Lease lease && holds(lease.tokens())) {
      return "lease";
    } else if (frame instanceof WorkFrame.Taken taken && isIt(taken.batch(), taken.taken())) {
      return "taken";
    } else if (frame instanceof WorkFrame.Taken taken && isIt(taken.batch(), taken.refused())) {
      return "refused, " + taken.reason();
    } else if (frame instanceof WorkFrame.Acked acked && isIn(acked.parts())) {
      return "acked";
    } else if (frame instanceof WorkFrame.CancelTasks cancel && isIn(cancel.parts())) {
      return "cancel";
    } else if (frame instanceof WorkFrame.Hold hold && hold.batch().equals(batch)) {
      return hold.shares().stream().anyMatch(it -> it.indexes().contains(index)) ? "hold" : null;
    } else if (frame instanceof WorkFrame.Results results) {
      for (ResultGroup group : results.groups()) {
        if (isIt(group.batch(), group.indexes())) {
          return "result";
        }
      }
    }
    return null;
  }

  private boolean holds(List<WorkFrame.Tokens> tokens) {
    return tokens.stream().anyMatch(it -> isIt(it.batch(), it.indexes()));
  }

  private boolean isIn(List<WorkFrame.Part> parts) {
    return parts.stream().anyMatch(part -> isIt(part.batch(), part.indexes()));
  }

  private boolean isIt(BatchName name, IndexSet indexes) {
    return name instanceof BatchName.Ref number
        ? isIt(number.number(), indexes)
        : ((BatchName.ByCid) name).cid().equals(batch) && indexes.contains(index);
  }

  private boolean isIt(long number, IndexSet indexes) {
    return batch != null && number == ref && indexes.contains(index);
  }

  void sends(NodePeer from, int to, MoveFrame frame) {
    boolean offers =
        frame instanceof MoveFrame.Offer offer
            && offer.lots().stream()
                .anyMatch(it -> it.batch().equals(batch) && it.indexes().contains(index));
    boolean accepts =
        frame instanceof MoveFrame.Accept accept
            && accept.parts().stream()
                .anyMatch(it -> it.batch().equals(batch) && it.indexes().contains(index));
    if (offers || accepts) {
      tell("%s to peer %d: %s".formatted(from, to, offers ? "offer" : "accept"));
    }
  }

  void claims(NodePeer from, ClaimDelta delta) {
    Cid its = batch;
    if (its != null && delta.batch().equals(Id.of(its.toBytes().toByteArray()))) {
      for (ClaimDelta.Entry entry : delta.entries()) {
        if (entry.indexes().contains(index)) {
          tell("%s to all: %s in epoch %d".formatted(from, entry.phase(), entry.epoch()));
        }
      }
    }
  }
}
