package io.minga.node.core;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.wire.Bytes;
import io.minga.node.task.BatchName;
import io.minga.node.task.CopyFrame;
import io.minga.node.task.Outcome;
import io.minga.node.task.Payload;
import io.minga.node.task.ResultsBuilder;
import io.minga.node.task.TaskLimits;
import io.minga.node.task.Tries;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * What of this peer's own durable work waits for the journal: batches that may not be handed out,
 * and all that is to be said of outcomes, before they are committed.
 *
 * <p>Numbers rise with every record. What is to be done after one is done after all before it.
 */
final class Recorder {
  private final Turn turn;
  private final TaskLimits limits;
  private final ResultsBuilder results;
  private final Deque<Waiting> waiting = new ArrayDeque<>();
  private long lastNumber;

  /** What ended in this turn, by batch. */
  private final Map<OwnBatch, List<End>> ended = new LinkedHashMap<>();

  /** Of which tasks it has changed in this turn how often they were tried. */
  private final Map<OwnBatch, IndexBits> tried = new LinkedHashMap<>();

  /** What is to be done when all of this turn is committed. */
  private final List<Runnable> then = new ArrayList<>();

  /** Who hears of outcomes when they are committed. */
  private BiConsumer<OwnBatch, Bytes> committed = (batch, frame) -> {};

  /** Who hears of how often tasks were tried, when that is committed. */
  private BiConsumer<OwnBatch, Tries> told = (batch, tries) -> {};

  /** A record that is on its way. */
  private record Waiting(long number, Runnable recorded, Consumer<String> refused) {}

  private record End(int index, int epoch, Outcome outcome) {}

  Recorder(Turn turn, TaskLimits limits) {
    this.turn = turn;
    this.limits = limits;
    this.results = new ResultsBuilder(limits);
  }

  /**
   * Who hears of what is committed.
   *
   * @param committed of outcomes, with their frame
   * @param told of how often tasks were tried that are kept for others, by their numbers there
   */
  void lead(BiConsumer<OwnBatch, Bytes> committed, BiConsumer<OwnBatch, Tries> told) {
    this.committed = committed;
    this.told = told;
  }

  /** Has something done, now. */
  void emit(Effect effect) {
    turn.emit(effect);
  }

  /** Why these calls can't be durable; null if they can. */
  @Nullable Outcome refusal(Submission submission) {
    for (int call = 0; call < submission.size(); call++) {
      if (submission.input(call) instanceof Payload.Content content) {
        String message =
            "call %d of %s has an input of %d B, and that of a durable task has at most %d B"
                .formatted(
                    call, submission.function(), content.sizeBytes(), limits.inputBytesMax());
        return Intake.failure(Outcome.Kind.BAD_INPUT, message);
      }
    }
    return null;
  }

  /** The outcome as the journal can keep it. */
  Outcome kept(OwnBatch batch, Outcome outcome) {
    if (batch.isJournaled()
        && outcome instanceof Outcome.Value value
        && value.payload() instanceof Payload.Content content) {
      String message =
          "its result has %d B, and that of a durable task has at most %d B"
              .formatted(content.sizeBytes(), limits.valueBytesMax());
      return Intake.failure(Outcome.Kind.BAD_RESULT, message);
    }
    return outcome;
  }

  /** Has a batch written down. */
  void open(OwnBatch batch, Runnable recorded, Consumer<String> refused) {
    long number = ++lastNumber;
    turn.emit(new Effect.RecordBatch(number, batch.batch, batch.submission(0), batch.call(0)));
    waiting.add(new Waiting(number, recorded, refused));
  }

  /** Has something written down that is not of this peer's own. */
  void record(LongFunction<Effect> record, Runnable recorded, Consumer<String> refused) {
    long number = ++lastNumber;
    turn.emit(record.apply(number));
    waiting.add(new Waiting(number, recorded, refused));
  }

  /** Has an outcome written down by the end of the turn, before {@code recorded} is done. */
  void end(OwnBatch batch, int index, Outcome outcome, Runnable recorded) {
    Stewardship stewardship = batch.stewardship();
    int task = stewardship == null ? index : stewardship.index(batch.call(index));
    End end = new End(task, Math.max(1, batch.epoch(index)), outcome);
    ended.computeIfAbsent(batch, it -> new ArrayList<>()).add(end);
    then.add(recorded);
  }

  /** Has written down by the end of the turn how often tasks were tried; then does something. */
  void tried(OwnBatch batch, IndexSet tasks, Runnable recorded) {
    tried.computeIfAbsent(batch, it -> new IndexBits()).addAll(tasks);
    then.add(recorded);
  }

  /** Does something once all that was noted so far is committed; maybe now. */
  void after(Runnable action) {
    if (ended.isEmpty() && tried.isEmpty() && waiting.isEmpty()) {
      action.run();
    } else {
      then.add(action);
    }
  }

  /** Ends a turn. */
  void flush() {
    ended.forEach(this::write);
    ended.clear();
    tried.forEach(this::writeTries);
    tried.clear();
    if (!then.isEmpty()) {
      List<Runnable> actions = List.copyOf(then);
      then.clear();
      waiting.add(new Waiting(lastNumber, () -> actions.forEach(Runnable::run), why -> {}));
    }
  }

  private void write(OwnBatch batch, List<End> ends) {
    ends.sort(Comparator.comparingInt(End::epoch).thenComparingInt(End::index));
    BatchName name = new BatchName.Ref(batch.batch.header().sequence() + 1);
    int epoch = 0;
    for (End end : ends) {
      if (end.epoch != epoch) {
        epoch = end.epoch;
        results.begin(name, epoch);
      }
      while (!results.add(end.index, end.outcome, 0)) {
        emit(batch);
      }
    }
    emit(batch);
  }

  private void writeTries(OwnBatch batch, IndexBits tasks) {
    tasks.retainAll(batch.open);
    Tries tries = batch.attempts().tries(tasks.toSet());
    if (tries.isEmpty()) {
      return; // they have ended since
    }
    Stewardship stewardship = batch.stewardship();
    Tries told = stewardship == null ? tries : stewardship.tries(batch, tries);
    turn.emit(
        stewardship == null
            ? new Effect.RecordTried(++lastNumber, batch.batch, tries)
            : new Effect.RecordCopyTried(
                ++lastNumber, new CopyFrame.Tried(stewardship.batch.cid(), told)));
    then.add(() -> this.told.accept(batch, told));
  }

  private void emit(OwnBatch batch) {
    Bytes frame = results.build();
    Stewardship stewardship = batch.stewardship();
    turn.emit(
        stewardship == null
            ? new Effect.RecordOutcomes(++lastNumber, batch.batch, frame)
            : new Effect.RecordSeenTo(++lastNumber, stewardship.batch.cid(), frame));
    then.add(() -> committed.accept(batch, frame));
  }

  /** All records up to this number are committed, or were refused. */
  void recorded(long upTo) {
    for (Waiting first = waiting.peek();
        first != null && first.number <= upTo;
        first = waiting.peek()) {
      waiting.poll();
      first.recorded.run();
    }
  }

  /** A batch is not written down. */
  void refused(long number, String why) {
    for (Iterator<Waiting> it = waiting.iterator(); it.hasNext(); ) {
      Waiting next = it.next();
      if (next.number == number) {
        it.remove();
        next.refused.accept(why);
        return;
      }
    }
  }
}
