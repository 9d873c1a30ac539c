package io.minga.node.core;

import io.minga.libp2p.identity.PeerId;
import io.minga.node.task.BatchName;
import io.minga.node.task.WorkFrame;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/** What the current turn has brought about so far, and the wall clock. */
final class Turn {
  private final int partsMax;
  private final LongSupplier wallMillis;
  private final Map<PeerId, Map<BatchName, IndexBits>> acks = new LinkedHashMap<>();
  private final Map<PeerId, Map<BatchName, IndexBits>> cancels = new LinkedHashMap<>();
  private List<Effect> out = new ArrayList<>();

  Turn(NodeOptions options, LongSupplier wallMillis) {
    this.partsMax = options.tasks().partsMax();
    this.wallMillis = wallMillis;
  }

  long nowMillis() {
    return wallMillis.getAsLong();
  }

  void emit(Effect effect) {
    out.add(effect);
  }

  void send(PeerId to, WorkFrame frame) {
    out.add(new Effect.Send(to, frame.encode()));
  }

  /** Says, by the end of the turn, that these outcomes need not be kept. */
  void ack(PeerId to, BatchName batch, IndexBits indexes) {
    gather(acks, to, batch).addAll(indexes);
  }

  /** Says, by the end of the turn, that this task is not needed. */
  void cancel(PeerId to, BatchName batch, int index) {
    gather(cancels, to, batch).add(index);
  }

  private static IndexBits gather(
      Map<PeerId, Map<BatchName, IndexBits>> frames, PeerId to, BatchName batch) {
    return frames
        .computeIfAbsent(to, it -> new LinkedHashMap<>())
        .computeIfAbsent(batch, it -> new IndexBits());
  }

  /** Writes what is cancelled: before pushes, which may have the same tasks again. */
  void flushCancels() {
    cancels.forEach(
        (to, batches) ->
            parts(batches).forEach(parts -> send(to, new WorkFrame.CancelTasks(parts))));
    cancels.clear();
  }

  /** Writes the frames of what was gathered. */
  void flush() {
    flushCancels();
    acks.forEach(
        (to, batches) -> parts(batches).forEach(parts -> send(to, new WorkFrame.Acked(parts))));
    acks.clear();
  }

  private List<List<WorkFrame.Part>> parts(Map<BatchName, IndexBits> batches) {
    List<List<WorkFrame.Part>> frames = new ArrayList<>(1);
    List<WorkFrame.Part> parts = new ArrayList<>();
    batches.forEach(
        (name, indexes) -> {
          if (parts.size() == partsMax) {
            frames.add(List.copyOf(parts));
            parts.clear();
          }
          parts.add(new WorkFrame.Part(name, indexes.toSet()));
        });
    frames.add(parts);
    return frames;
  }

  /** All that the turn has brought about, in order; the next turn begins. */
  List<Effect> end() {
    if (out.isEmpty()) {
      return List.of();
    }
    List<Effect> effects = out;
    out = new ArrayList<>();
    return effects;
  }

  /** Where effects are gathered. */
  List<Effect> out() {
    return out;
  }
}
