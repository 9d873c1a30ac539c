package io.minga.node.core;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.identity.PeerId;
import io.minga.node.task.BatchName;
import io.minga.node.task.WorkFrame;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.LongSupplier;

/** What the current turn has brought about so far, and the wall clock. */
final class Turn {
  /** For how many effects there is room at once, if the turn before had as many. */
  private static final int EFFECTS_EXPECTED = 2048;

  /** How long acknowledgements wait for a frame that they can go with. */
  private static final long ACK_NANOS = 2_000_000;

  /** How many batches' acknowledgements wait at most. */
  private static final int ACKS_MAX = 32;

  /** How long an answer waits for the outcomes of what was taken, which say it all. */
  private static final long ANSWER_NANOS = 5_000_000;

  /** How many answers wait at most. */
  private static final int ANSWERS_MAX = 32;

  private final int partsMax;
  private final LongSupplier wallMillis;
  private final Map<PeerId, List<WorkFrame.Taken>> answers = new LinkedHashMap<>();
  private final Map<PeerId, Map<BatchName, IndexBits>> acks = new LinkedHashMap<>();
  private final Map<PeerId, Map<Attempt, IndexBits>> cancels = new LinkedHashMap<>();
  private final Map<PeerId, Map<BatchName, IndexBits>> parked = new LinkedHashMap<>();
  private final Stories stories;
  private List<Effect> out = new ArrayList<>();

  /** To whom frames go in this turn. */
  private final Set<PeerId> told = new LinkedHashSet<>();

  /** How many acknowledgements wait, and until when. */
  private int waiting;

  private long ackNanos;

  /** How many answers wait, and until when. */
  private int answering;

  private long answerNanos;

  /** All attempts at a batch's tasks up to an epoch; of 0, all. */
  private record Attempt(BatchName batch, int epoch) {}

  Turn(NodeOptions options, LongSupplier wallMillis) {
    this.partsMax = options.tasks().partsMax();
    this.wallMillis = wallMillis;
    this.stories = new Stories(options);
  }

  /** What happens to tasks is written there. */
  Stories stories() {
    return stories;
  }

  /** How many batches one frame speaks of at most. */
  int partsMax() {
    return partsMax;
  }

  long nowMillis() {
    return wallMillis.getAsLong();
  }

  void emit(Effect effect) {
    out.add(effect);
  }

  void send(PeerId to, WorkFrame frame) {
    answerNow(to);
    out.add(new Effect.Send(to, frame.encode()));
    told.add(to);
  }

  /**
   * Answers a push of tasks that are expected to have run in a moment: with the next frame to the
   * peer, so that a call takes the way back once.
   */
  void answerSoon(long nowNanos, PeerId to, WorkFrame.Taken taken) {
    answers.computeIfAbsent(to, it -> new ArrayList<>(1)).add(taken);
    if (answering++ == 0) {
      answerNanos = nowNanos + ANSWER_NANOS;
    }
  }

  /** Frames are about to go to a peer: what it was to be answered goes before them. */
  void answerNow(PeerId to) {
    List<WorkFrame.Taken> its = answers.remove(to);
    if (its != null) {
      answering -= its.size();
      its.forEach(taken -> send(to, taken));
    }
  }

  /** The peer is gone; it asks anew when it is back. */
  void disconnected(PeerId peer) {
    List<WorkFrame.Taken> its = answers.remove(peer);
    if (its != null) {
      answering -= its.size();
    }
  }

  /**
   * Proposes tasks to a peer. What is acknowledged or cancelled goes before that: behind it, what
   * is said of an attempt that came to nothing would be taken for this attempt's.
   */
  void push(PeerId to, WorkFrame.Push push) {
    Map<BatchName, IndexBits> its = acks.remove(to);
    if (its != null) {
      parts(its).forEach(parts -> send(to, new WorkFrame.Acked(parts)));
    }
    Map<Attempt, IndexBits> dropped = cancels.remove(to);
    if (dropped != null) {
      sendCancels(to, dropped);
    }
    send(to, push);
  }

  /** Says, in a moment, that these outcomes need not be kept. */
  void ack(long nowNanos, PeerId to, BatchName batch, IndexBits indexes) {
    gather(acks, to, batch).addAll(indexes);
    if (waiting++ == 0) {
      ackNanos = nowNanos + ACK_NANOS;
    }
  }

  /** Says, by the end of the turn, that a task is not needed, if it was got in no later epoch. */
  void cancel(PeerId to, BatchName batch, int epoch, int index) {
    gather(cancels, to, new Attempt(batch, epoch)).add(index);
  }

  /** Says, by the end of the turn, that these tasks keep no slot. */
  void parked(PeerId to, BatchName batch, IndexBits indexes) {
    gather(parked, to, batch).addAll(indexes);
  }

  private static <K> IndexBits gather(Map<PeerId, Map<K, IndexBits>> frames, PeerId to, K of) {
    return frames
        .computeIfAbsent(to, it -> new LinkedHashMap<>())
        .computeIfAbsent(of, it -> new IndexBits());
  }

  /** Writes what is cancelled: before pushes, which may have the same tasks again. */
  void flushCancels() {
    cancels.forEach(this::sendCancels);
    cancels.clear();
  }

  private void sendCancels(PeerId to, Map<Attempt, IndexBits> dropped) {
    frames(dropped, (attempt, indexes) -> new WorkFrame.Part(attempt.batch, indexes, attempt.epoch))
        .forEach(parts -> send(to, new WorkFrame.CancelTasks(parts)));
  }

  /**
   * Writes the frames of what was gathered. Acknowledgements are in no hurry: they go with other
   * frames to the same peer, so that a call that follows another takes no frame for them.
   */
  void flush(long nowNanos) {
    flushCancels();
    flushParked();
    if (answering >= ANSWERS_MAX || (answering > 0 && answerNanos - nowNanos <= 0)) {
      flushAnswers();
    }
    boolean due = waiting >= ACKS_MAX || ackNanos - nowNanos <= 0;
    if (waiting > 0 && (due || isAnyTold())) {
      flushAcks();
    }
    told.clear();
  }

  private boolean isAnyTold() {
    for (PeerId to : told) {
      if (acks.containsKey(to)) {
        return true;
      }
    }
    return false;
  }

  /** Writes the frames of all that was gathered. */
  void flushAll() {
    flushCancels();
    flushParked();
    flushAnswers();
    flushAcks();
  }

  private void flushAnswers() {
    List.copyOf(answers.keySet()).forEach(this::answerNow);
  }

  private void flushParked() {
    parked.forEach(
        (to, batches) -> parts(batches).forEach(parts -> send(to, new WorkFrame.Parked(parts))));
    parked.clear();
  }

  private void flushAcks() {
    acks.forEach(
        (to, batches) -> parts(batches).forEach(parts -> send(to, new WorkFrame.Acked(parts))));
    acks.clear();
    waiting = 0;
  }

  /** When acknowledgements and answers leave by themselves. */
  long nextDeadlineNanos(long never) {
    long next = waiting == 0 || never - ackNanos <= 0 ? never : ackNanos;
    return answering == 0 || next - answerNanos <= 0 ? next : answerNanos;
  }

  private List<List<WorkFrame.Part>> parts(Map<BatchName, IndexBits> batches) {
    return frames(batches, WorkFrame.Part::new);
  }

  private <K> List<List<WorkFrame.Part>> frames(
      Map<K, IndexBits> all, BiFunction<K, IndexSet, WorkFrame.Part> part) {
    List<List<WorkFrame.Part>> frames = new ArrayList<>(1);
    List<WorkFrame.Part> parts = new ArrayList<>();
    all.forEach(
        (of, indexes) -> {
          if (parts.size() == partsMax) {
            frames.add(List.copyOf(parts));
            parts.clear();
          }
          parts.add(part.apply(of, indexes.toSet()));
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
    out = new ArrayList<>(Math.min(effects.size(), EFFECTS_EXPECTED));
    return effects;
  }

  /** Where effects are gathered. */
  List<Effect> out() {
    return out;
  }
}
