package io.minga.node.core;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.identity.PeerId;
import io.minga.node.task.Outcome;
import io.minga.node.task.Payload;
import io.minga.node.task.ResultsBuilder;
import io.minga.node.task.TaskLimits;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What this peer owes other submitters: outcomes of their tasks, gathered in a turn, kept until
 * they are acknowledged and sent again after every reconnection.
 */
final class Results {
  private final ResultsBuilder builder;
  private final BatchTable table;
  private final Announcer announcer;
  private final HeldInputs inputs;
  private final Turn turn;

  /** Those with outcomes that were not sent, by submitter. */
  private final Map<PeerId, Set<Held>> unsent = new LinkedHashMap<>();

  /** The one that was noted last; most outcomes of a turn are of the same few. */
  private @Nullable Held lastNoted;

  Results(TaskLimits limits, BatchTable table, Announcer announcer, HeldInputs inputs, Turn turn) {
    this.table = table;
    this.announcer = announcer;
    this.inputs = inputs;
    this.turn = turn;
    this.builder = new ResultsBuilder(limits);
  }

  /** Owes an outcome. */
  void owe(Held held, Input.Ended ended) {
    held.owe(ended);
    table.countBytes(bytes(ended));
    if (held != lastNoted) {
      note(held);
    }
  }

  private void note(Held held) {
    lastNoted = held;
    unsent.computeIfAbsent(held.submitter, it -> new LinkedHashSet<>()).add(held);
  }

  private static long bytes(Input.Ended ended) {
    return ended.outcome() instanceof Outcome.Value value
            && value.payload() instanceof Payload.Inline inline
        ? inline.sizeBytes()
        : 0;
  }

  /** Sends those of {@code indexes} again whose outcomes are kept here, and returns which. */
  IndexSet again(Held held, IndexSet indexes) {
    IndexBits again = IndexBits.of(indexes);
    again.retainAll(held.owed);
    if (!again.isEmpty()) {
      held.unsent.addAll(again);
      note(held);
    }
    return again.toSet();
  }

  /** The submitter has what it needs of these. */
  void acked(long nowNanos, Held held, IndexSet indexes) {
    if (held.announced) {
      IndexSet owed = indexes.and(held.owed.toSet());
      IndexSet values = held.values(owed);
      announcer.done(nowNanos, turn.nowMillis(), held, values);
      // A failure isn't the task's end: its submitter may have it tried again, by anybody.
      announcer.released(nowNanos, turn.nowMillis(), held, owed.andNot(values));
    }
    forget(held, indexes);
  }

  /** Keeps outcomes no longer. */
  void forget(Held held, IndexSet indexes) {
    IndexBits owed = IndexBits.of(indexes);
    owed.retainAll(held.owed);
    long[] bytes = {0};
    owed.forEach(
        index -> {
          Input.Ended ended = held.ended(index);
          if (held.hasResults) {
            inputs.release(ended.outcome());
          }
          bytes[0] += bytes(ended);
          held.acked(index);
        });
    table.countBytes(-bytes[0]);
    table.over(held);
  }

  /** Sends what was not sent yet to those who can be reached; the rest goes when they can. */
  void flush(Membership membership, List<Effect> out) {
    if (unsent.isEmpty()) {
      return;
    }
    unsent.forEach(
        (submitter, batches) -> {
          if (membership.reaches(submitter)) {
            turn.answerNow(submitter);
            for (Held held : batches) {
              send(submitter, held, out);
            }
            if (builder.size() > 0) {
              out.add(new Effect.Send(submitter, builder.build()));
            }
          }
        });
    unsent.clear();
    lastNoted = null;
  }

  private void send(PeerId to, Held held, List<Effect> out) {
    while (!held.unsent.isEmpty()) {
      int epoch = held.epoch(held.unsent.first());
      builder.begin(held.name(), epoch);
      held.unsent.forEach(
          index -> {
            if (held.epoch(index) == epoch) {
              held.unsent.remove(index);
              Input.Ended each = held.ended(index);
              while (!builder.add(index, each.outcome(), each.runMicros())) {
                out.add(new Effect.Send(to, builder.build()));
              }
            }
          });
    }
  }
}
