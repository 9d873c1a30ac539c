package io.minga.node.runtime;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Cid;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import io.minga.node.core.Effect;
import io.minga.node.core.Input;
import io.minga.node.journal.JobId;
import io.minga.node.journal.TaskEnd;
import io.minga.node.journal.store.Journal;
import io.minga.node.task.Batch;
import io.minga.node.task.BatchName;
import io.minga.node.task.CopyFrame;
import io.minga.node.task.JobFrame;
import io.minga.node.task.ResultsBuilder;
import io.minga.node.task.TaskLimits;
import io.minga.node.task.TaskRef;
import io.minga.node.task.WorkFrame;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the core wants with the journal of batches that several peers keep: has others' written
 * down, and tells others what the journal has. Belongs to the loop.
 */
final class KeptCopies {
  private static final Logger LOG = LoggerFactory.getLogger(KeptCopies.class);

  /** How many batches wait for the journal to be opened; submitters wait for answers. */
  private static final int WAITING_MAX = 1024;

  /** How many questions of one peer the journal is asked at a time; its own callers ask as many. */
  private static final int ANSWERING_MAX = 256;

  private final PeerId self;
  private final TaskLimits limits;
  private final NodeLoop loop;
  private final BiConsumer<PeerId, Bytes> sender;
  private final Deque<Effect.RecordCopy> waiting = new ArrayDeque<>();

  /** How many questions of each peer the journal has. */
  private final Map<PeerId, Integer> answering = new LinkedHashMap<>();

  /**
   * For a peer that runs.
   *
   * @param sender sends a frame, on the loop
   */
  KeptCopies(PeerId self, TaskLimits limits, NodeLoop loop, BiConsumer<PeerId, Bytes> sender) {
    this.self = self;
    this.limits = limits;
    this.loop = loop;
    this.sender = sender;
  }

  /**
   * Does what the core wants.
   *
   * @param journal null if it isn't open yet
   */
  void perform(Effect.Journaling effect, @Nullable Journal journal) {
    if (effect instanceof Effect.RecordCopy it) {
      record(it, journal);
    } else if (effect instanceof Effect.RecordCopied it) {
      open(journal).copyEnded(it.number(), it.ended());
    } else if (effect instanceof Effect.RecordSeenTo it) {
      open(journal).copyEnded(it.number(), ended(it.batch(), it.results()));
    } else if (effect instanceof Effect.RecordCopyTried it) {
      open(journal).copyTried(it.number(), it.tried());
    } else if (effect instanceof Effect.DropCopies it) {
      open(journal).forgetCopies(it.batches());
    } else if (effect instanceof Effect.TellCopied it) {
      tell(it, open(journal));
    } else if (effect instanceof Effect.TellOutcomes it) {
      if (journal != null) {
        tell(it, journal);
      }
    } else if (effect instanceof Effect.AskToKeep it) {
      ask(it, open(journal));
    } else if (effect instanceof Effect.AnswerJobs it) {
      answer(it, journal);
    }
  }

  /** The journal, which is open where something of it was said. */
  private static Journal open(@Nullable Journal journal) {
    if (journal == null) {
      throw new IllegalStateException("there is no journal");
    }
    return journal;
  }

  private void record(Effect.RecordCopy it, @Nullable Journal journal) {
    if (journal != null && waiting.isEmpty()) {
      journal.copied(it.number(), it.keep());
    } else if (waiting.size() < WAITING_MAX) {
      waiting.add(it);
    } else {
      loop.submit(new Input.Refused(it.number(), "the journal is not open yet"));
    }
  }

  /** Whether something waits for the journal to be opened. */
  boolean isWaiting() {
    return !waiting.isEmpty();
  }

  /** The journal is open. */
  void opened(Journal journal) {
    for (Effect.RecordCopy it = waiting.poll(); it != null; it = waiting.poll()) {
      journal.copied(it.number(), it.keep());
    }
  }

  /** The journal can't be opened. */
  void failed(String why) {
    loop.submit(new Input.Keeps(false));
    for (Effect.RecordCopy it = waiting.poll(); it != null; it = waiting.poll()) {
      loop.submit(new Input.Refused(it.number(), why));
    }
  }

  // Telling.

  private CopyFrame.Ended ended(Cid batch, Bytes built) {
    try {
      WorkFrame.Results results = (WorkFrame.Results) WorkFrame.decode(limits, built);
      return new CopyFrame.Ended(batch, self, results);
    } catch (WireException e) {
      throw new IllegalStateException("results that were just written can't be read", e);
    }
  }

  private void tell(Effect.TellCopied it, Journal journal) {
    send(it.to(), journal.copyEnded(it.batch(), it.indexes()));
  }

  private void ask(Effect.AskToKeep it, Journal journal) {
    send(
        it.to(),
        journal
            .batch(new JobId(it.lineage(), it.job()), it.offset())
            .thenApply(
                found ->
                    found
                        .filter(batch -> batch.cid().equals(it.batch()))
                        .map(batch -> List.of(keep(it, batch)))
                        .orElse(List.of())));
  }

  private static CopyFrame.Keep keep(Effect.AskToKeep it, Batch batch) {
    return new CopyFrame.Keep(it.job(), it.total(), it.offset(), it.holders(), batch);
  }

  private void send(PeerId to, CompletableFuture<? extends List<? extends CopyFrame>> frames) {
    frames.whenComplete(
        (known, thrown) -> {
          if (thrown != null) {
            LOG.debug("{} can't be told what the journal has: {}", to, thrown.toString());
          } else if (!known.isEmpty()) {
            List<Bytes> encoded = known.stream().map(CopyFrame::encode).toList();
            loop.submit(now -> encoded.forEach(frame -> sender.accept(to, frame)));
          }
        });
  }

  private void tell(Effect.TellOutcomes it, Journal journal) {
    JobId id = new JobId(it.lineage(), it.job());
    send(
        it.to(),
        journal
            .job(id)
            .thenCompose(
                job -> {
                  if (job.isEmpty()) {
                    boolean over = it.lineage() == journal.lineage();
                    List<CopyFrame> frames =
                        over ? List.of(new CopyFrame.Over(List.of(it.batch()))) : List.of();
                    return CompletableFuture.completedFuture(frames);
                  }
                  return journal
                      .outcomes(id, it.offset(), TaskRef.BATCH_TASKS_MAX)
                      .thenApply(ends -> frames(it, ends));
                }));
  }

  /** Tells this peer or another what the journal has of jobs. */
  private void answer(Effect.AnswerJobs it, @Nullable Journal journal) {
    PeerId to = it.to();
    if (answering.getOrDefault(to, 0) >= ANSWERING_MAX) {
      return; // it asks somebody else, after a while
    }
    answering.merge(to, 1, Integer::sum);
    JobFrame nothing =
        it.ask().isAboutEnds()
            ? new JobFrame.Ends(it.ask().number(), JobFrame.TASKS_MAX, IndexSet.EMPTY, null)
            : new JobFrame.Known(it.ask().number(), List.of());
    CompletableFuture<JobFrame> answer =
        journal == null
            ? CompletableFuture.completedFuture(nothing)
            : journal.answer(self, it.ask());
    answer.whenComplete(
        (known, thrown) ->
            loop.submit(
                now -> {
                  answering.computeIfPresent(to, (peer, open) -> open == 1 ? null : open - 1);
                  if (thrown != null) {
                    LOG.debug("{} can't be told of jobs: {}", to, thrown.toString());
                  }
                  JobFrame frame = thrown == null ? known : nothing;
                  if (to.equals(self)) {
                    loop.handle(now, new Input.CopyReceived(self, frame));
                  } else {
                    sender.accept(to, frame.encode());
                  }
                }));
  }

  private List<CopyFrame> frames(Effect.TellOutcomes it, List<TaskEnd> ends) {
    List<CopyFrame> frames = new ArrayList<>();
    IndexSet wanted = it.indexes();
    ResultsBuilder results = new ResultsBuilder(limits);
    results.begin(new BatchName.ByCid(it.batch()), 1);
    for (TaskEnd end : ends) {
      int index = (int) (end.index() - it.offset());
      if (wanted.contains(index)) {
        while (!results.add(index, end.outcome(), end.runMicros())) {
          frames.add(ended(it.batch(), results.build()));
        }
      }
    }
    if (results.size() > 0) {
      frames.add(ended(it.batch(), results.build()));
    }
    return frames;
  }
}
