package io.minga.simulations.node;

import io.minga.libp2p.multiformats.Cid;
import io.minga.node.task.Batch;
import io.minga.node.task.BatchName;
import io.minga.node.task.WorkFrame;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the epochs in which submitters hand out tasks: they never fall, and what a peer has
 * taken goes to another in a later one only, or both would believe to own it.
 */
final class Epochs {
  private static final int NOBODY = -1;

  /** What batches are called between two peers. */
  private final Map<Ref, Batch> batches = new LinkedHashMap<>();

  /** Of each task: in which epoch it was pushed last, and to whom. */
  private final int[] pushed;

  private final int[] pushedTo;

  /**
   * Of each task: in which epoch it was last taken by a peer that it was pushed to, and by whom.
   */
  private final int[] taken;

  private final int[] takenBy;

  /** In which epoch a peer was given a task last; the task is in the upper half of the key. */
  private final Map<Long, Integer> given = new LinkedHashMap<>();

  private final Map<Cid, Batch> byCid = new LinkedHashMap<>();

  private record Ref(int submitter, int owner, long number) {}

  Epochs(int tasks) {
    pushed = new int[tasks];
    pushedTo = new int[tasks];
    taken = new int[tasks];
    takenBy = new int[tasks];
    Arrays.fill(pushedTo, NOBODY);
    Arrays.fill(takenBy, NOBODY);
  }

  void pushes(NodePeer from, int to, WorkFrame.Push push) {
    Ref ref = new Ref(from.number, to, push.ref());
    Batch batch = push.batch() == null ? batches.get(ref) : push.batch();
    if (batch != null) {
      batches.put(ref, batch);
      byCid.put(batch.cid(), batch);
      push.indexes()
          .forEach(index -> pushes(from, to, Ledger.number(batch.input(index)), push.epoch()));
    }
  }

  private void pushes(NodePeer from, int to, int task, int epoch) {
    Integer before = given.put((long) task << Integer.SIZE | to, epoch);
    if (before != null && before == epoch) {
      return; // it is said again to a peer that has it, perhaps beside another with a copy
    }
    if (epoch < pushed[task]) {
      throw new BrokenPromiseException(
          task, "%s pushes it in epoch %d after %d".formatted(from, epoch, pushed[task]));
    }
    if (takenBy[task] != NOBODY && takenBy[task] != to && epoch <= taken[task]) {
      throw new BrokenPromiseException(
          task,
          "%s pushes it to peer %d in epoch %d, in which peer %d has it"
              .formatted(from, to, epoch, takenBy[task]));
    }
    pushed[task] = epoch;
    pushedTo[task] = to;
  }

  /** A peer says what it has from another: its submitter may push it that again, as it has it. */
  void holds(NodePeer from, WorkFrame.Hold hold) {
    Batch batch = byCid.get(hold.batch());
    if (batch != null) {
      for (WorkFrame.Share share : hold.shares()) {
        share
            .indexes()
            .forEach(
                index -> {
                  int task = Ledger.number(batch.input(index));
                  given.put((long) task << Integer.SIZE | from.number, share.epoch());
                });
      }
    }
  }

  /** A peer takes over what its submitter has given it, so that it need not say so. */
  void takesOver(NodePeer from, int task, int epoch) {
    given.put((long) task << Integer.SIZE | from.number, epoch);
  }

  /** A peer says what it takes of what it was pushed; of what it was pushed before, perhaps. */
  void takes(NodePeer from, int to, WorkFrame.Taken frame) {
    Batch batch = batch(from, to, frame.batch());
    if (batch != null) {
      frame
          .taken()
          .forEach(
              index -> {
                int task = Ledger.number(batch.input(index));
                boolean isLast = frame.epoch() == 0 || frame.epoch() == pushed[task];
                if (pushedTo[task] == from.number && isLast) {
                  taken[task] = pushed[task];
                  takenBy[task] = from.number;
                }
              });
    }
  }

  /** A submitter calls tasks back from a peer, or says that they are over. */
  void cancels(NodePeer from, int to, WorkFrame.CancelTasks cancel, Ledger ledger) {
    for (WorkFrame.Part part : cancel.parts()) {
      Batch batch =
          part.batch() instanceof BatchName.Ref ref
              ? batches.get(new Ref(from.number, to, ref.number()))
              : null;
      if (batch != null) {
        part.indexes()
            .forEach(
                index -> {
                  int task = Ledger.number(batch.input(index));
                  if (!ledger.isOver(task)) {
                    ledger.callsBack(task, to);
                  }
                });
      }
    }
  }

  private @Nullable Batch batch(NodePeer from, int to, BatchName name) {
    return name instanceof BatchName.Ref ref
        ? batches.get(new Ref(to, from.number, ref.number()))
        : null;
  }
}
