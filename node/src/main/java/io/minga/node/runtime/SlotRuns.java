package io.minga.node.runtime;

import io.minga.crdt.claims.IndexSet;
import io.minga.node.core.Effect;
import io.minga.node.core.Input;
import io.minga.node.handlers.FailureKind;
import io.minga.node.handlers.Run;
import io.minga.node.handlers.SlotEvent;
import io.minga.node.handlers.runtime.Slots;
import io.minga.node.runtime.store.BlockHold;
import io.minga.node.task.Batch;
import io.minga.node.task.Outcome;
import io.minga.node.task.Payload;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs between the core, which numbers them, and the slots, which know them by themselves. Belongs
 * to the loop, but for {@link #told}; it holds no more runs than the core starts.
 */
final class SlotRuns {
  private static final Logger LOG = LoggerFactory.getLogger(SlotRuns.class);
  private static final long NANOS_PER_MILLI = 1_000_000;

  private static final @Nullable BlockHold[] NO_HOLDS = {};

  private final NodeLoop loop;
  private final CoreBlocks blocks;
  private final Consumer<String> trouble;
  private final Map<Long, Live> byNumber = new LinkedHashMap<>();
  private final Map<Run, Live> byRun = new LinkedHashMap<>();
  private @Nullable Slots slots;

  private final LongAdder ended = new LongAdder();

  /**
   * Runs of a peer.
   *
   * @param trouble takes what a person should know
   */
  SlotRuns(NodeLoop loop, CoreBlocks blocks, Consumer<String> trouble) {
    this.loop = loop;
    this.blocks = blocks;
    this.trouble = trouble;
  }

  void use(Slots slots) {
    this.slots = slots;
  }

  /** A run that has not ended. */
  private static final class Live {
    final long number;
    final Run run;

    /** What keeps the inputs that go by their CIDs, by position; empty if there are none. */
    final @Nullable BlockHold[] holds;

    int left;
    IndexSet ended = IndexSet.EMPTY;

    Live(long number, Run run, @Nullable BlockHold[] holds) {
      this.number = number;
      this.run = run;
      this.holds = holds;
      this.left = run.size();
    }
  }

  /** Has a slot run tasks. */
  void start(Effect.Run effect) {
    Batch batch = effect.batch();
    int[] indexes = effect.indexes().toArray();
    byte[] @Nullable [] inputs = new byte[indexes.length][];
    @Nullable BlockHold[] holds = NO_HOLDS;
    for (int i = 0; i < indexes.length; i++) {
      Payload input = batch.input(indexes[i]);
      if (input instanceof Payload.Inline inline) {
        inputs[i] = inline.toByteArray();
      } else if (input instanceof Payload.Content content) {
        holds = holds.length == 0 ? new BlockHold[indexes.length] : holds;
        holds[i] = blocks.store().hold(content.cid());
      }
    }
    long timeoutMillis = batch.header().policy().timeoutMillis();
    Run run =
        new Run(
            batch.cid(),
            batch.function(indexes[0]),
            1,
            timeoutMillis == 0 ? Long.MAX_VALUE : Math.max(1, saturatedNanos(timeoutMillis)),
            indexes,
            inputs,
            memoizable(batch, indexes),
            SlotBlocks.inputs(holds),
            effect.epoch(),
            batch.header().policy().exclusive());
    Live live = new Live(effect.run(), run, holds);
    byNumber.put(live.number, live);
    byRun.put(run, live);
    if (slots == null || !slots.submit(run)) {
      forget(live);
      fail(effect.run(), indexes, Outcome.Kind.LIMIT, "no slot takes it");
    }
  }

  /** The positions of tasks whose equals have equal results. */
  private static BitSet memoizable(Batch batch, int[] indexes) {
    BitSet positions = new BitSet(0);
    for (int at = 0; batch.hasMemoizable() && at < indexes.length; at++) {
      positions.set(at, batch.task(indexes[at]).memoizable());
    }
    return positions;
  }

  private static long saturatedNanos(long millis) {
    return millis > Long.MAX_VALUE / NANOS_PER_MILLI ? Long.MAX_VALUE : millis * NANOS_PER_MILLI;
  }

  private void fail(long run, int[] indexes, Outcome.Kind kind, String message) {
    List<Input.Ended> ended = new ArrayList<>(indexes.length);
    for (int index : indexes) {
      ended.add(new Input.Ended(index, new Outcome.Failure(kind, "", message, ""), 0));
    }
    loop.submit(new Input.Ran(run, ended));
  }

  /** Has tasks of a run end. */
  void interrupt(Effect.Interrupt effect) {
    Live live = byNumber.get(effect.run());
    if (live == null || slots == null) {
      return;
    }
    for (int position = 0; position < live.run.size(); position++) {
      if (effect.indexes().contains(live.run.index(position))) {
        slots.cancel(live.run, position);
      }
    }
  }

  /** How many tasks have had an outcome of these slots; for any thread. */
  long ended() {
    return ended.sum();
  }

  /** What slots say, on their threads. */
  void told(SlotEvent event) {
    if (event instanceof SlotEvent.Ran ran) {
      loop.submit(now -> ran(now, ran));
    } else if (event instanceof SlotEvent.Abandoned abandoned) {
      String sentence =
          "a handler ignores that task %s was interrupted; its slot has a new thread, and %d in all are lost to such handlers"
              .formatted(abandoned.task(), abandoned.threads());
      LOG.warn("{}", sentence);
      trouble.accept(sentence);
    }
  }

  private void ran(long now, SlotEvent.Ran ran) {
    Live live = byRun.get(ran.run());
    if (live == null) {
      return;
    }
    List<Input.Ended> ended = new ArrayList<>(ran.to() - ran.from());
    IndexSet parked = IndexSet.EMPTY;
    IndexSet over = IndexSet.EMPTY;
    for (int position = ran.from(); position < ran.to(); position++) {
      int index = ran.run().index(position);
      io.minga.node.handlers.Outcome outcome = ran.outcome(position);
      if (outcome == null) {
        parked = parked.or(IndexSet.of(index));
      } else {
        SlotBlocks.release(live.holds, position);
        ended.add(new Input.Ended(index, convert(outcome), ran.runMicros(position)));
        if (!ran.slotFree() && ran.to() - ran.from() == 1) {
          over = IndexSet.of(index); // it may overtake the word that it is parked
        }
      }
    }
    parked = parked.andNot(live.ended);
    live.ended = live.ended.or(over);
    live.left -= ended.size();
    this.ended.add(ended.size());
    if (live.left == 0) {
      forget(live);
    }
    if (!parked.isEmpty()) {
      loop.handle(now, new Input.Parked(live.number, parked));
    }
    if (!ended.isEmpty()) {
      loop.handle(now, new Input.Ran(live.number, ended));
    }
  }

  private void forget(Live live) {
    byNumber.remove(live.number);
    byRun.remove(live.run);
    for (int position = 0; position < live.holds.length; position++) {
      SlotBlocks.release(live.holds, position);
    }
  }

  private Outcome convert(io.minga.node.handlers.Outcome outcome) {
    if (outcome instanceof io.minga.node.handlers.Outcome.Value value) {
      return new Outcome.Value(Payload.of(value.bytes()));
    }
    if (outcome instanceof io.minga.node.handlers.Outcome.Kept kept) {
      blocks.add((BlockHold) kept.hold());
      return new Outcome.Value(new Payload.Content(kept.cid(), kept.sizeBytes()));
    }
    io.minga.node.handlers.Outcome.Failure failure =
        (io.minga.node.handlers.Outcome.Failure) outcome;
    return new Outcome.Failure(
        convert(failure.kind()), failure.type(), failure.message(), failure.stack());
  }

  private static Outcome.Kind convert(FailureKind kind) {
    return switch (kind) {
      case FAILED, COMMAND_START, COMMAND_EXIT -> Outcome.Kind.HANDLER;
      case TIMED_OUT -> Outcome.Kind.TIMEOUT;
      case CANCELLED -> Outcome.Kind.CANCELLED;
      case UNKNOWN_FUNCTION -> Outcome.Kind.UNKNOWN_FUNCTION;
      case BAD_INPUT -> Outcome.Kind.BAD_INPUT;
      case MISSING_INPUT -> Outcome.Kind.MISSING_CONTENT;
      case BAD_RESULT, TOO_LARGE -> Outcome.Kind.BAD_RESULT;
      case OVERLOADED, OUTPUT_FLOOD -> Outcome.Kind.LIMIT;
      case WORKER_LOST -> Outcome.Kind.WORKER_DIED;
    };
  }
}
