package io.minga.node.core;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Cid;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import io.minga.node.journal.CopyLedger;
import io.minga.node.journal.Entry;
import io.minga.node.journal.KeptCopy;
import io.minga.node.journal.Ledger;
import io.minga.node.task.Batch;
import io.minga.node.task.BatchName;
import io.minga.node.task.CopyFrame;
import io.minga.node.task.FunctionName;
import io.minga.node.task.Outcome;
import io.minga.node.task.Payload;
import io.minga.node.task.Placement;
import io.minga.node.task.Policy;
import io.minga.node.task.Requirements;
import io.minga.node.task.ResultGroup;
import io.minga.node.task.ResultsBuilder;
import io.minga.node.task.WorkFrame;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A journal in virtual time: what is committed outlives its house, what is on its way does not. */
final class VillageJournal {
  static final Policy DURABLE =
      new Policy(5, 0, 3, Requirements.NONE, Placement.BALANCED, 1, 1, false, true, "");
  private static final long LIFETIME_MILLIS = 86_400_000;

  private final Village village;
  final long lineage;
  private final Ledger ledger = new Ledger();
  private final CopyLedger copies = new CopyLedger();
  private final List<Entry> rows = new ArrayList<>();
  final VillageJobs jobs;
  private final Map<Cid, Batch> own = new LinkedHashMap<>();
  private final Map<Cid, CopyFrame.Keep> kept = new LinkedHashMap<>();
  private House house;
  private long nextBatch;
  private long nextJob = 1;
  private long lastCommitNanos;

  /** Whether its disk stands still: nothing is committed until it goes on, or for good. */
  boolean stuck;

  private final List<Runnable> late = new ArrayList<>();

  /** How many calls of each job were acknowledged, and how many copies there were at least. */
  final Map<Long, Integer> acknowledged = new LinkedHashMap<>();

  final Map<Long, Integer> copiesSaid = new LinkedHashMap<>();

  VillageJournal(Village village, House house) {
    this(village, house, 100L + house.number);
  }

  VillageJournal(Village village, House house, long lineage) {
    this.village = village;
    this.house = house;
    this.lineage = lineage;
    this.jobs = new VillageJobs(village, this, ledger, copies);
    house.journal = this;
    open(house);
  }

  /** A house begins with it. */
  void open(House opening) {
    house = opening;
    house.journal = this;
    stuck = false;
    late.clear();
    List<Input> inputs = new ArrayList<>();
    inputs.add(new Input.Keeps(true));
    inputs.add(new Input.Journaled(lineage, nextBatch));
    for (Batch batch : own.values()) {
      IndexSet open = ledger.open(batch.header().sequence());
      if (!open.isEmpty()) {
        var it = ledger.openBatch(batch.header().sequence(), batch);
        Submission submission =
            new Submission(
                "restored",
                batch.functions().get(0),
                batch.header().policy(),
                false,
                LIFETIME_MILLIS,
                1,
                false,
                Collections.nCopies(batch.size(), Payload.of(Bytes.EMPTY)),
                new JobPlace(it.job(), it.total(), it.offset()));
        inputs.add(new Input.Restored(batch, open, submission, it.tries()));
      }
    }
    kept.forEach(
        (cid, keep) ->
            inputs.add(
                new Input.RestoredCopy(new KeptCopy(keep, copies.said(cid), copies.tries(cid)))));
    house.inputs(inputs);
  }

  /** Submits a durable job; returns its number. */
  long submit(FunctionName function, int calls, int micros) {
    return submit(function, calls, micros, DURABLE);
  }

  long submit(FunctionName function, int calls, int micros, Policy policy) {
    long job = nextJob++;
    for (int from = 0; from < calls; from += Submission.CALLS_MAX) {
      int size = Math.min(Submission.CALLS_MAX, calls - from);
      List<Payload> inputs = new ArrayList<>();
      for (int i = 0; i < size; i++) {
        inputs.add(village.drawnInput(micros));
      }
      house.input(
          new Input.Submit(
              new Submission(
                  "job",
                  function,
                  policy,
                  false,
                  LIFETIME_MILLIS,
                  calls,
                  false,
                  inputs,
                  new JobPlace(job, calls, from))));
    }
    return job;
  }

  /** The same of one call of exactly so long. */
  long submitExactly(FunctionName function, int micros, Policy policy) {
    long job = nextJob++;
    Submission submission =
        new Submission(
            "job",
            function,
            policy,
            false,
            LIFETIME_MILLIS,
            1,
            false,
            List.of(Village.input(micros)),
            new JobPlace(job, 1, 0));
    house.input(new Input.Submit(submission));
    return job;
  }

  // What the core wants.

  void perform(House by, Effect.Journaling effect) {
    if (effect instanceof Effect.RecordBatch it) {
      JobPlace place = Objects.requireNonNull(it.submission().place());
      nextBatch = Math.max(nextBatch, it.batch().header().sequence() + 1);
      write(
          by,
          it.number(),
          new Entry.Opened(
              place.job(), place.total(), place.offset() + it.firstCall(), it.batch()));
    } else if (effect instanceof Effect.RecordOutcomes it) {
      try {
        write(by, it.number(), Entry.Ended.decode(village.limits, it.results()));
      } catch (WireException e) {
        throw new IllegalStateException(e);
      }
    } else if (effect instanceof Effect.RecordTried it) {
      write(by, it.number(), new Entry.Tried(it.batch().header().sequence(), it.tries()));
    } else if (effect instanceof Effect.RecordCopyTried it) {
      write(by, it.number(), new Entry.CopyTried(it.tried()));
    } else if (effect instanceof Effect.RecordCopy it) {
      write(by, it.number(), new Entry.Copied(it.keep()));
    } else if (effect instanceof Effect.RecordCopied it) {
      write(by, it.number(), new Entry.CopyEnded(it.ended()));
    } else if (effect instanceof Effect.RecordSeenTo it) {
      write(by, it.number(), new Entry.CopyEnded(ended(it.batch(), by.peer, it.results())));
    } else if (effect instanceof Effect.DropCopies it) {
      it.batches().forEach(this::drop);
    } else if (effect instanceof Effect.Acknowledge it) {
      long job = Objects.requireNonNull(it.submission().place()).job();
      acknowledged.merge(job, it.calls(), Integer::sum);
      copiesSaid.merge(job, it.copies(), Math::min);
    } else if (effect instanceof Effect.TellCopied it) {
      tellCopied(by, it);
    } else if (effect instanceof Effect.TellOutcomes it) {
      tellOutcomes(by, it);
    } else if (effect instanceof Effect.AskToKeep it) {
      askToKeep(by, it);
    } else if (effect instanceof Effect.AnswerJobs it) {
      jobs.perform(by, it);
    } else if (effect instanceof Effect.Learned it) {
      jobs.learned.add(it);
    } else {
      throw new IllegalStateException("nobody expects " + effect);
    }
  }

  private void drop(Cid batch) {
    copies.forget(batch);
    kept.remove(batch);
  }

  private void write(House by, long number, Entry entry) {
    long nanos = village.nowNanos + village.random.nextLong(200_000, 20_000_000);
    lastCommitNanos = Math.max(lastCommitNanos + 1, nanos);
    village.at(lastCommitNanos, () -> commit(by, number, entry));
  }

  private void commit(House by, long number, Entry entry) {
    if (stuck) {
      late.add(() -> commit(by, number, entry));
    } else if (by.alive && by == house) {
      commit(entry);
      by.input(new Input.Recorded(number));
    }
  }

  /** Its disk goes on. */
  void goOn() {
    stuck = false;
    List<Runnable> all = List.copyOf(late);
    late.clear();
    all.forEach(Runnable::run);
  }

  private void commit(Entry entry) {
    long row = rows.size() + 1L;
    rows.add(entry);
    if (entry instanceof Entry.Copied
        || entry instanceof Entry.CopyEnded
        || entry instanceof Entry.CopyTried) {
      if (copies.add(row, entry) && entry instanceof Entry.Copied it) {
        kept.put(it.keep().batch().cid(), it.keep());
      }
      return;
    }
    ledger.add(row, entry);
    if (entry instanceof Entry.Opened it) {
      own.put(it.batch().cid(), it.batch());
    }
  }

  private CopyFrame.Ended ended(Cid batch, PeerId origin, Bytes results) {
    try {
      WorkFrame.Results read = (WorkFrame.Results) WorkFrame.decode(village.limits, results);
      return new CopyFrame.Ended(batch, origin, read);
    } catch (WireException e) {
      throw new IllegalStateException(e);
    }
  }

  private void tellCopied(House by, Effect.TellCopied it) {
    Map<PeerId, SortedMap<Integer, Outcome>> byOrigin = new LinkedHashMap<>();
    copied(it.batch())
        .forEach(
            (index, outcome) -> {
              if (it.indexes().contains(index)) {
                PeerId origin = Objects.requireNonNull(copies.origin(it.batch(), index));
                byOrigin.computeIfAbsent(origin, o -> new TreeMap<>()).put(index, outcome);
              }
            });
    byOrigin.forEach((origin, ends) -> tell(by, it.to(), it.batch(), origin, ends));
  }

  private void askToKeep(House by, Effect.AskToKeep it) {
    Batch batch = own.get(it.batch());
    if (batch != null) {
      CopyFrame.Keep keep =
          new CopyFrame.Keep(it.job(), it.total(), it.offset(), it.holders(), batch);
      village.in(
          village.random.nextInt(5),
          () -> {
            if (by.alive && by == house) {
              village.roads.sendCopy(by, new Effect.SendCopy(it.to(), keep.encode()));
            }
          });
    }
  }

  private void tellOutcomes(House by, Effect.TellOutcomes it) {
    Batch batch = own.get(it.batch());
    if (batch == null) {
      if (it.lineage() == lineage) {
        village.roads.sendCopy(
            by, new Effect.SendCopy(it.to(), new CopyFrame.Over(List.of(it.batch())).encode()));
      }
      return;
    }
    SortedMap<Integer, Outcome> ends = outcomes(batch);
    ends.keySet().removeIf(index -> !it.indexes().contains(index));
    tell(by, it.to(), it.batch(), by.peer, ends);
  }

  private void tell(
      House by, PeerId to, Cid batch, PeerId origin, SortedMap<Integer, Outcome> ends) {
    if (ends.isEmpty()) {
      return;
    }
    ResultsBuilder results = new ResultsBuilder(village.limits);
    results.begin(new BatchName.ByCid(batch), 1);
    List<Bytes> frames = new ArrayList<>();
    ends.forEach(
        (index, outcome) -> {
          while (!results.add(index, outcome, 0)) {
            frames.add(results.build());
          }
        });
    frames.add(results.build());
    for (Bytes frame : frames) {
      CopyFrame.Ended ended = ended(batch, origin, frame);
      village.in(
          village.random.nextInt(5),
          () -> {
            if (by.alive && by == house) {
              village.roads.sendCopy(by, new Effect.SendCopy(to, ended.encode()));
            }
          });
    }
  }

  // What there is.

  /** How many attempts at an open task of this peer's own are known to have failed. */
  int failures(Batch batch, int index) {
    return ledger.openBatch(batch.header().sequence(), batch).tries().count(index).failures();
  }

  /** The batches of this peer's own. */
  List<Batch> batches() {
    return List.copyOf(own.values());
  }

  /** Whether another's batch is kept. */
  boolean keeps(Cid batch) {
    return kept.containsKey(batch);
  }

  int keptCount() {
    return kept.size();
  }

  /** How tasks of this peer's own batch ended: the first row counts. */
  SortedMap<Integer, Outcome> outcomes(Batch batch) {
    SortedMap<Integer, Outcome> outcomes = new TreeMap<>();
    for (Entry row : rows) {
      if (row instanceof Entry.Ended it && it.batch() == batch.header().sequence()) {
        read(it.results(), outcomes, null);
      }
    }
    return outcomes;
  }

  /** How tasks of a job of this peer's own ended, so many from one on, counted from that. */
  SortedMap<Integer, Outcome> outcomes(long job, long from, int count) {
    SortedMap<Integer, Outcome> outcomes = new TreeMap<>();
    for (Entry row : rows) {
      if (row instanceof Entry.Opened it && it.job() == job) {
        outcomes(it.batch())
            .forEach(
                (index, outcome) -> {
                  long at = it.offset() + index - from;
                  if (at >= 0 && at < count) {
                    outcomes.put((int) at, outcome);
                  }
                });
      }
    }
    return outcomes;
  }

  /** How tasks of another's batch ended, as far as that is known here. */
  SortedMap<Integer, Outcome> copied(Cid batch) {
    SortedMap<Integer, Outcome> outcomes = new TreeMap<>();
    for (Entry row : rows) {
      if (row instanceof Entry.CopyEnded it && it.ended().batch().equals(batch)) {
        read(it.ended().results(), outcomes, it.ended());
      }
    }
    return outcomes;
  }

  private void read(
      WorkFrame.Results results,
      SortedMap<Integer, Outcome> outcomes,
      CopyFrame.@Nullable Ended of) {
    for (ResultGroup group : results.groups()) {
      for (ResultGroup.Cursor at = group.cursor(); at.next(); ) {
        if (of == null || of.origin().equals(copies.origin(of.batch(), at.index()))) {
          outcomes.putIfAbsent(at.index(), at.outcome());
        }
      }
    }
  }
}
