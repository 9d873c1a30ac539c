package io.minga.node.core;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Cid;
import io.minga.node.task.Batch;
import io.minga.node.task.Outcome;
import io.minga.node.task.Payload;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What this peer owes other submitters: outcomes of their tasks, kept until they are acknowledged
 * and sent again after every reconnection.
 */
final class Results {
  private final Map<PeerId, Outbox> outboxes = new LinkedHashMap<>();

  /** Those that have something that was not sent yet. */
  private final Set<Outbox> fresh = new LinkedHashSet<>();

  private long bytes;

  /** What one submitter is owed. */
  private static final class Outbox {
    final PeerId submitter;
    final Map<Cid, Owed> owed = new LinkedHashMap<>();
    final Set<Owed> unsent = new LinkedHashSet<>();

    Outbox(PeerId submitter) {
      this.submitter = submitter;
    }
  }

  /** Outcomes of one batch. */
  private static final class Owed {
    final Cid batch;
    final IndexBits unacked = new IndexBits();
    final IndexBits unsent = new IndexBits();
    final Input.Ended[] ended;
    final short[] epochs;

    Owed(Batch batch) {
      this.batch = batch.cid();
      this.ended = new Input.Ended[batch.size()];
      this.epochs = new short[batch.size()];
    }
  }

  /** Owes an outcome. */
  void owe(PeerId submitter, Batch batch, int epoch, Input.Ended ended) {
    Outbox outbox = outboxes.computeIfAbsent(submitter, Outbox::new);
    Owed owed = outbox.owed.computeIfAbsent(batch.cid(), it -> new Owed(batch));
    int index = ended.index();
    owed.ended[index] = ended;
    owed.epochs[index] = (short) epoch;
    owed.unsent.add(index);
    if (owed.unacked.add(index)) {
      bytes += bytes(ended);
    }
    outbox.unsent.add(owed);
    fresh.add(outbox);
  }

  private static long bytes(Input.@Nullable Ended ended) {
    return ended != null
            && ended.outcome() instanceof Outcome.Value value
            && value.payload() instanceof Payload.Inline inline
        ? inline.sizeBytes()
        : 0;
  }

  /** Sends what was not sent yet. */
  void flush(List<Effect> out) {
    for (Outbox outbox : fresh) {
      for (Owed owed : outbox.unsent) {
        send(outbox.submitter, owed, out);
      }
      outbox.unsent.clear();
    }
    fresh.clear();
  }

  private static void send(PeerId to, Owed owed, List<Effect> out) {
    while (!owed.unsent.isEmpty()) {
      int epoch = owed.epochs[owed.unsent.first()];
      List<Input.Ended> ended = new ArrayList<>(owed.unsent.size());
      owed.unsent.forEach(
          index -> {
            Input.Ended each = owed.ended[index];
            if (owed.epochs[index] == epoch) {
              owed.unsent.remove(index);
              if (each != null) {
                ended.add(each);
              }
            }
          });
      out.add(new Effect.Send(to, new Frame.Results(owed.batch, epoch, ended)));
    }
  }

  /** Of {@code indexes}, those whose outcomes are kept here; they are sent again. */
  IndexSet again(PeerId submitter, Cid batch, IndexSet indexes) {
    Outbox outbox = outboxes.get(submitter);
    Owed owed = outbox == null ? null : outbox.owed.get(batch);
    if (outbox == null || owed == null) {
      return IndexSet.EMPTY;
    }
    IndexBits again = IndexBits.of(indexes);
    again.retainAll(owed.unacked);
    if (!again.isEmpty()) {
      owed.unsent.addAll(again);
      outbox.unsent.add(owed);
      fresh.add(outbox);
    }
    return again.toSet();
  }

  /** Sends all again that a submitter has not acknowledged. */
  void again(PeerId submitter) {
    Outbox outbox = outboxes.get(submitter);
    if (outbox != null) {
      for (Owed owed : outbox.owed.values()) {
        owed.unsent.addAll(owed.unacked);
        outbox.unsent.add(owed);
      }
      fresh.add(outbox);
    }
  }

  /** A submitter has what it needs of these. */
  void acked(PeerId submitter, Cid batch, IndexSet indexes) {
    Outbox outbox = outboxes.get(submitter);
    Owed owed = outbox == null ? null : outbox.owed.get(batch);
    if (outbox == null || owed == null) {
      return;
    }
    indexes.forEach(
        index -> {
          if (owed.unacked.remove(index)) {
            bytes -= bytes(owed.ended[index]);
            owed.ended[index] = null;
            owed.unsent.remove(index);
          }
        });
    if (owed.unacked.isEmpty()) {
      outbox.owed.remove(batch);
      outbox.unsent.remove(owed);
      if (outbox.owed.isEmpty()) {
        outboxes.remove(submitter);
        fresh.remove(outbox);
      }
    }
  }

  /** Nobody waits for what a submitter is owed. */
  void drop(PeerId submitter) {
    Outbox outbox = outboxes.remove(submitter);
    if (outbox != null) {
      fresh.remove(outbox);
      for (Owed owed : outbox.owed.values()) {
        owed.unacked.forEach(index -> bytes -= bytes(owed.ended[index]));
      }
    }
  }

  /** The bytes of all values that are kept. */
  long bytes() {
    return bytes;
  }

  boolean isEmpty() {
    return outboxes.isEmpty();
  }
}
