package io.minga.node.core;

import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Cid;
import io.minga.node.story.TaskEvent.What;
import io.minga.node.story.TaskInfo;
import io.minga.node.story.TaskState;
import io.minga.node.task.Batch;
import io.minga.node.task.FunctionName;
import io.minga.node.task.Outcome;
import io.minga.node.task.TaskRef;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The tasks of one batch as they stand at this moment: which is in which state, and where. */
final class Seen {
  private final PeerId self;
  private final Cid cid;
  private final @Nullable Batch batch;
  private final @Nullable Story story;
  private final @Nullable OwnBatch own;
  private final Map<TaskState, IndexBits> in = new EnumMap<>(TaskState.class);

  private Seen(
      PeerId self, Cid cid, @Nullable Batch batch, @Nullable Story story, @Nullable OwnBatch own) {
    this.self = self;
    this.cid = cid;
    this.batch = batch;
    this.story = story;
    this.own = own;
  }

  /** An open batch of this peer's callers; {@code held} is what it runs of it itself. */
  static Seen own(PeerId self, OwnBatch own, @Nullable Held held) {
    Seen seen = new Seen(self, own.batch.cid(), own.batch, own.story, own);
    seen.in(TaskState.WAITING).addAll(own.open);
    for (Handout handout : own.handouts) {
      seen.in(TaskState.WAITING).removeAll(handout.tasks);
      seen.in(TaskState.PARKED).addAll(handout.parked);
      IndexBits rest = handout.tasks.copy();
      rest.removeAll(handout.parked);
      if (handout.lane.self && held != null) {
        IndexBits running = rest.copy();
        running.retainAll(held.running);
        rest.removeAll(running);
        seen.in(TaskState.RUNNING).addAll(running);
        seen.in(TaskState.QUEUED).addAll(rest);
      } else {
        seen.in(TaskState.HANDED_OUT).addAll(rest);
      }
    }
    IndexBits over = IndexBits.first(own.batch.size());
    over.removeAll(own.open);
    seen.ended(over);
    return seen;
  }

  /** Tells apart how tasks of this peer's callers ended. */
  private void ended(IndexBits over) {
    in(TaskState.DONE).addAll(over);
    if (story != null) {
      in(TaskState.FAILED).addAll(story.failed);
      in(TaskState.CANCELLED).addAll(story.cancelled);
      in(TaskState.DONE).removeAll(story.failed);
      in(TaskState.DONE).removeAll(story.cancelled);
    }
  }

  /** What is here of another submitter's batch; {@code parked} of it keep no slot. */
  static Seen held(PeerId self, Held held, @Nullable IndexBits parked) {
    Seen seen = new Seen(self, held.batch.cid(), held.batch, held.story, null);
    seen.in(TaskState.QUEUED).addAll(held.queued);
    seen.in(TaskState.RUNNING).addAll(held.running);
    if (parked != null) {
      seen.in(TaskState.PARKED).addAll(parked);
      seen.in(TaskState.PARKED).retainAll(held.running);
      seen.in(TaskState.RUNNING).removeAll(parked);
    }
    held.owed.forEach(
        index ->
            seen.in(
                    held.ended(index).outcome() instanceof Outcome.Value
                        ? TaskState.DONE
                        : TaskState.FAILED)
                .add(index));
    seen.gone();
    return seen;
  }

  /** Of what another submitter gave, that which is in no other state has ended here, or is gone. */
  private void gone() {
    if (story == null) {
      return;
    }
    IndexBits rest = new IndexBits();
    IndexBits done = new IndexBits();
    for (Story.Entry entry : story.entries) {
      (entry.what == What.RECEIVED ? rest : entry.what == What.RAN ? done : new IndexBits())
          .addAll(entry.tasks);
    }
    for (IndexBits known : in.values()) {
      rest.removeAll(known);
    }
    IndexBits failed = rest.copy();
    failed.retainAll(story.failed);
    in(TaskState.FAILED).addAll(failed);
    rest.removeAll(failed);
    done.retainAll(rest);
    in(TaskState.DONE).addAll(done);
    rest.removeAll(done);
    in(TaskState.GONE).addAll(rest);
  }

  /** A batch that is over. */
  static @Nullable Seen over(PeerId self, Story story) {
    Cid cid = story.cid;
    if (cid == null) {
      return null;
    }
    Seen seen = new Seen(self, cid, story.batch, story, null);
    if (story.submitter.equals(self)) {
      seen.ended(IndexBits.first(story.size));
    } else {
      seen.gone();
    }
    return seen;
  }

  private IndexBits in(TaskState state) {
    return in.computeIfAbsent(state, it -> new IndexBits());
  }

  @Nullable Story story() {
    return story;
  }

  private boolean isOwn() {
    return submitter().equals(self);
  }

  /** Those in any of these states. */
  IndexBits in(Iterable<TaskState> states) {
    IndexBits all = new IndexBits();
    for (TaskState state : states) {
      all.addAll(in(state));
    }
    return all;
  }

  /** The state of a task; null if it was never here. */
  @Nullable TaskState state(int index) {
    for (Map.Entry<TaskState, IndexBits> each : in.entrySet()) {
      if (each.getValue().contains(index)) {
        return each.getKey();
      }
    }
    return null;
  }

  private PeerId submitter() {
    return batch != null ? batch.header().submitter() : story != null ? story.submitter : self;
  }

  /** A task, which is in some state. */
  TaskInfo info(Telling telling, int index) {
    TaskState state = state(index);
    if (state == null) {
      throw new IllegalStateException("task %d of %s is in no state".formatted(index, cid));
    }
    Story.Entry handed = last(index, true);
    return new TaskInfo(
        new TaskRef(cid, index),
        batch == null ? null : batch.task(index).cid(),
        function(index),
        state,
        isOwn() ? where(index, handed) : self,
        own != null ? own.handed(index) : handed == null ? 0 : handed.epoch,
        submitter(),
        since(telling),
        state.isOpen() ? null : ended(telling, index));
  }

  private FunctionName function(int index) {
    return batch == null
        ? Objects.requireNonNull(story, "what is over has a story").function
        : batch.function(index);
  }

  private @Nullable PeerId where(int index, Story.@Nullable Entry handed) {
    if (own != null) {
      for (Handout handout : own.handouts) {
        if (handout.tasks.contains(index)) {
          return handout.lane.peer;
        }
      }
    }
    return handed == null ? null : handed.peer;
  }

  private Instant since(Telling telling) {
    return story != null
        ? telling.at(story.sinceNanos)
        : Instant.ofEpochMilli(batch == null ? 0 : batch.header().createdAtMillis());
  }

  private Instant ended(Telling telling, int index) {
    Story.Entry last = last(index, false);
    return last == null ? telling.now() : telling.at(last.atNanos);
  }

  /** The last that is told of a task, or the last time that somebody got it. */
  private Story.@Nullable Entry last(int index, boolean handed) {
    List<Story.Entry> entries = story == null ? List.of() : story.entries;
    for (int i = entries.size() - 1; i >= 0; i--) {
      Story.Entry entry = entries.get(i);
      boolean fits =
          !handed
              || entry.what == What.HANDED_OUT
              || entry.what == What.RECEIVED
              || entry.what == What.MOVED;
      if (fits && entry.tasks.contains(index)) {
        return entry;
      }
    }
    return null;
  }
}
