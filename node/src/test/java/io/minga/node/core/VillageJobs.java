package io.minga.node.core;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.wire.WireException;
import io.minga.node.journal.CopyLedger;
import io.minga.node.journal.JobId;
import io.minga.node.journal.JobState;
import io.minga.node.journal.Ledger;
import io.minga.node.task.BatchName;
import io.minga.node.task.JobFrame;
import io.minga.node.task.Outcome;
import io.minga.node.task.ResultsBuilder;
import io.minga.node.task.TaskRuns;
import io.minga.node.task.WorkFrame;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a village's journal answers to those who ask of jobs. */
final class VillageJobs {
  private final Village village;
  private final VillageJournal journal;
  private final Ledger ledger;
  private final CopyLedger copies;

  /** How many tasks an answer is about at most, so that there are several. */
  int tasksMax = JobFrame.TASKS_MAX;

  /** Whether it says nothing. */
  boolean silent;

  /** What enquiries of this house have learned. */
  final List<Effect.Learned> learned = new ArrayList<>();

  VillageJobs(Village village, VillageJournal journal, Ledger ledger, CopyLedger copies) {
    this.village = village;
    this.journal = journal;
    this.ledger = ledger;
    this.copies = copies;
  }

  void perform(House by, Effect.AnswerJobs it) {
    if (silent) {
      return;
    }
    JobFrame answer = it.ask().isAboutEnds() ? ends(by, it.ask()) : known(by, it.ask());
    village.in(
        village.random.nextInt(5),
        () -> {
          if (it.to().equals(by.peer)) {
            by.input(new Input.CopyReceived(by.peer, answer));
          } else if (by.alive) {
            village.roads.sendCopy(by, new Effect.SendCopy(it.to(), answer.encode()));
          }
        });
  }

  private JobFrame known(House by, JobFrame.Ask ask) {
    List<JobFrame.Standing> known = new ArrayList<>();
    for (JobState job : ledger.jobs()) {
      if (ask.job() == 0 || job.id().equals(new JobId(ask.lineage(), ask.job()))) {
        TaskRuns runs = ask.job() == 0 ? TaskRuns.NONE : ledger.ended(job.id().number());
        known.add(job.said(by.peer, runs));
      }
    }
    known.addAll(
        ask.job() == 0
            ? copies.jobs(100)
            : copies.jobs(new JobId(ask.lineage(), ask.job()), JobFrame.NAMESAKES_MAX));
    return new JobFrame.Known(ask.number(), known);
  }

  private JobFrame ends(House by, JobFrame.Ask ask) {
    PeerId submitter = Objects.requireNonNull(ask.submitter());
    SortedMap<Integer, Outcome> ends = new TreeMap<>();
    IndexSet confirmed = IndexSet.EMPTY;
    if (submitter.equals(by.peer)) {
      ends.putAll(journal.outcomes(ask.job(), ask.from(), tasksMax));
      confirmed = IndexSet.of(ends.keySet().stream().mapToInt(index -> index).toArray());
    } else {
      JobId id = new JobId(ask.lineage(), ask.job());
      long to = ask.from() + tasksMax;
      for (CopyLedger.Placed batch : copies.batches(submitter, id, ask.from(), to)) {
        for (var end : journal.copied(batch.batch()).entrySet()) {
          long index = batch.offset() + end.getKey() - ask.from();
          if (index >= 0 && index < tasksMax) {
            ends.put((int) index, end.getValue());
            boolean own = submitter.equals(copies.origin(batch.batch(), end.getKey()));
            confirmed = own ? confirmed.or(IndexSet.of((int) index)) : confirmed;
          }
        }
      }
    }
    return new JobFrame.Ends(ask.number(), tasksMax, confirmed, results(ends));
  }

  private WorkFrame.@Nullable Results results(SortedMap<Integer, Outcome> ends) {
    if (ends.isEmpty()) {
      return null;
    }
    ResultsBuilder results = new ResultsBuilder(village.limits);
    results.begin(new BatchName.Ref(1), 1);
    ends.forEach((index, outcome) -> results.add(index, outcome, 0));
    try {
      return (WorkFrame.Results) WorkFrame.decode(village.limits, results.build());
    } catch (WireException e) {
      throw new IllegalStateException(e);
    }
  }
}
