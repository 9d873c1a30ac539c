package io.minga.node.core;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.identity.PeerId;
import io.minga.node.journal.JobId;
import io.minga.node.journal.TaskEnd;
import io.minga.node.schedule.Rendezvous;
import io.minga.node.task.JobFrame;
import io.minga.node.task.ResultGroup;
import io.minga.node.task.WorkFrame;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Asks other peers of durable jobs that this one has not submitted: first those that come first in
 * rendezvous hash for the job, for they have copies if anybody has. Answers what others ask.
 *
 * <p>This peer's own journal is asked as the others are.
 */
final class Enquiries {
  /** What is asked at once by this peer's own callers. */
  static final int OPEN_MAX = 256;

  /** How many peers are asked of one job, and how many of them at once; or which jobs there are. */
  static final int ASKED_MAX = 64;

  private static final int WAVE = 8;

  /** How many are asked at once which jobs there are; so many can be sought. */
  private static final int LISTED_AT_ONCE = 32;

  private static final long ANSWER_NANOS = 3_000_000_000L;

  private final PeerId self;
  private final Turn turn;
  private final Membership membership;
  private final Copies copies;
  private final Sought sought;
  private final Map<Long, Question> questions = new LinkedHashMap<>();
  private int open;
  private long lastQuestion;
  private long nowNanos;

  /** Whom to ask, and for outcomes: from which task of those that are wanted. */
  private record Target(PeerId peer, int skip) {}

  /** What a peer was asked. */
  private record Question(Open of, Target target, JobFrame.Ask ask, long untilNanos) {}

  /** An enquiry that has no answer yet. */
  private static final class Open {
    final long number;
    final Enquiry about;
    final int wave;
    final Deque<Target> targets = new ArrayDeque<>();
    final Set<PeerId> asked = new LinkedHashSet<>();
    final JobSurvey survey = new JobSurvey();
    final SortedMap<Integer, TaskEnd> ends = new TreeMap<>();
    IndexSet confirmed = IndexSet.EMPTY;
    int unanswered;
    int answered;

    Open(long number, Enquiry about, int wave) {
      this.number = number;
      this.about = about;
      this.wave = wave;
    }
  }

  Enquiries(PeerId self, Turn turn, Membership membership, Copies copies) {
    this.self = self;
    this.turn = turn;
    this.membership = membership;
    this.copies = copies;
    this.sought = new Sought(turn, membership);
  }

  void now(long nowNanos) {
    this.nowNanos = nowNanos;
  }

  // Asking.

  /** Somebody here wants to know something; {@link Effect.Learned} is the answer. */
  void enquire(Input.Enquire input) {
    if (open >= OPEN_MAX) {
      turn.emit(new Effect.Learned(input.number(), List.of(), List.of(), 0, 0));
      return;
    }
    open++;
    Open it;
    if (input.about() instanceof Enquiry.Ends ends) {
      it = new Open(input.number(), ends, 1);
      ends.whom().stream()
          .filter(peer -> peer.equals(self) || membership.isAlive(peer))
          .forEach(peer -> it.targets.add(new Target(peer, 0)));
    } else if (input.about() instanceof Enquiry.Stand stand) {
      it = new Open(input.number(), stand, WAVE);
      ranked(stand.id()).forEach(peer -> it.targets.add(new Target(peer, 0)));
    } else {
      it = new Open(input.number(), input.about(), LISTED_AT_ONCE);
      listed().forEach(peer -> it.targets.add(new Target(peer, 0)));
    }
    step(it);
  }

  /** This peer, and those that keep journals: who is connected first, since it answers at once. */
  private Set<PeerId> listed() {
    Set<PeerId> listed = new LinkedHashSet<>();
    listed.add(self);
    Stream.of(copies.keepers(), membership.keepers())
        .flatMap(Collection::stream)
        .distinct()
        .limit(ASKED_MAX)
        .forEach(listed::add);
    return listed;
  }

  /** This peer, and those that keep journals, connected or not: the likelier first. */
  private List<PeerId> ranked(JobId id) {
    long key = OwnCopies.key(id.lineage(), id.number());
    List<PeerId> peers = membership.keepers();
    peers.sort(
        Comparator.comparing(
            (PeerId peer) -> Rendezvous.rank(key, Rendezvous.hash(peer)),
            (one, other) -> Long.compareUnsigned(other, one)));
    List<PeerId> ranked = new ArrayList<>(peers.subList(0, Math.min(peers.size(), ASKED_MAX)));
    ranked.add(0, self);
    return ranked;
  }

  /** Asks the next, or is through. */
  private void step(Open it) {
    while (it.unanswered == 0) {
      if (it.targets.isEmpty() || isSettled(it)) {
        finish(it);
        return;
      }
      for (int i = 0; i < it.wave && !it.targets.isEmpty(); i++) {
        ask(it, it.targets.remove());
      }
    }
  }

  private void ask(Open it, Target target) {
    if (target.peer.equals(self) || membership.isConnected(target.peer)) {
      send(it, target);
    } else if (sought.seek(nowNanos, target.peer, isThere -> found(it, target, isThere))) {
      it.unanswered++;
    }
  }

  /** A peer that was to be connected is, or can't be had. */
  private void found(Open it, Target target, boolean isThere) {
    it.unanswered--;
    if (isThere) {
      send(it, target);
    }
    step(it);
  }

  private void send(Open it, Target target) {
    long number = ++lastQuestion;
    JobFrame.Ask ask;
    if (it.about instanceof Enquiry.Ends ends) {
      JobFrame.Standing job = ends.job().standing();
      ask =
          new JobFrame.Ask(
              number, job.lineage(), job.job(), job.submitter(), ends.from() + target.skip);
    } else if (it.about instanceof Enquiry.Stand stand) {
      ask = new JobFrame.Ask(number, stand.id().lineage(), stand.id().number(), null, 0);
    } else {
      ask = new JobFrame.Ask(number, 0, 0, null, 0);
    }
    it.asked.add(target.peer);
    it.unanswered++;
    questions.put(number, new Question(it, target, ask, nowNanos + ANSWER_NANOS));
    if (target.peer.equals(self)) {
      turn.emit(new Effect.AnswerJobs(self, ask));
    } else {
      turn.emit(new Effect.SendCopy(target.peer, ask.encode()));
    }
  }

  private boolean isSettled(Open it) {
    if (it.about instanceof Enquiry.Ends ends) {
      return it.confirmed.size() == ends.size();
    }
    if (it.about instanceof Enquiry.Stand) {
      List<FarJob> jobs = it.survey.jobs();
      return !jobs.isEmpty() && it.survey.isSettled(jobs.get(0));
    }
    return false;
  }

  private void finish(Open it) {
    open--;
    turn.emit(
        new Effect.Learned(
            it.number,
            it.survey.jobs(),
            List.copyOf(it.ends.values()),
            it.asked.size(),
            it.answered));
  }

  // Answers.

  /** A peer answers. */
  void answered(PeerId from, JobFrame answer, long number) {
    Question question = questions.get(number);
    if (question == null || !question.target.peer.equals(from)) {
      return; // it comes too late, or nobody asked
    }
    questions.remove(number);
    String wrong =
        answer instanceof JobFrame.Known known
            ? known(question, known)
            : ends(question, (JobFrame.Ends) answer);
    if (wrong == null) {
      question.of.answered++;
    } else {
      turn.emit(new Effect.Misbehaved(from, wrong));
    }
    over(question);
  }

  private void over(Question question) {
    question.of.unanswered--;
    step(question.of);
  }

  /** Takes in how jobs stand; returns what is wrong with it. */
  private @Nullable String known(Question question, JobFrame.Known known) {
    JobFrame.Ask ask = question.ask;
    Open it = question.of;
    if (ask.isAboutEnds()) {
      return "how jobs stand is told, where it was asked how tasks ended";
    }
    for (JobFrame.Standing job : known.jobs()) {
      if (ask.job() != 0 && (job.job() != ask.job() || job.lineage() != ask.lineage())) {
        return "it was asked of job %d, and tells of %d".formatted(ask.job(), job.job());
      }
    }
    if (ask.job() != 0 && known.jobs().size() > JobFrame.NAMESAKES_MAX) {
      return "%d jobs of one name are told of, where at most %d are right"
          .formatted(known.jobs().size(), JobFrame.NAMESAKES_MAX);
    }
    known.jobs().forEach(job -> it.survey.add(question.target.peer, job));
    if (it.about instanceof Enquiry.Stand) {
      for (PeerId submitter : it.survey.silentSubmitters()) {
        if (membership.isAlive(submitter) && !it.asked.contains(submitter)) {
          it.targets.removeIf(target -> target.peer.equals(submitter));
          it.targets.addFirst(new Target(submitter, 0));
        }
      }
    }
    return null;
  }

  /** Takes in how tasks ended; returns what is wrong with it. */
  private @Nullable String ends(Question question, JobFrame.Ends said) {
    if (!(question.of.about instanceof Enquiry.Ends wanted)) {
      return "how tasks ended is told, where it was asked how jobs stand";
    }
    Open it = question.of;
    Target target = question.target;
    long left = wanted.job().standing().total() - question.ask.from();
    IndexSet indexes = said.indexes();
    if (!indexes.isEmpty() && indexes.last() >= left) {
      return "the outcome of task %d is told, of a job that has %d"
          .formatted(question.ask.from() + indexes.last(), wanted.job().standing().total());
    }
    boolean isSubmitter = target.peer.equals(wanted.job().standing().submitter());
    for (ResultGroup group : groups(said)) {
      for (ResultGroup.Cursor at = group.cursor(); at.next(); ) {
        int index = target.skip + at.index();
        boolean confirmed = isSubmitter || said.confirmed().contains(at.index());
        boolean counts = confirmed ? !it.confirmed.contains(index) : !it.ends.containsKey(index);
        if (index < wanted.size() && counts) {
          TaskEnd end = new TaskEnd(wanted.from() + index, at.outcome(), at.runMicros());
          it.ends.put(index, end);
          it.confirmed = confirmed ? it.confirmed.or(IndexSet.of(index)) : it.confirmed;
        }
      }
    }
    int next = target.skip + said.until();
    if (next < wanted.size()) {
      it.targets.addFirst(new Target(target.peer, next));
    }
    return null;
  }

  private static List<ResultGroup> groups(JobFrame.Ends said) {
    WorkFrame.Results results = said.results();
    return results == null ? List.of() : results.groups();
  }

  // Peers and time.

  /** A peer asks. Only those of this network are answered. */
  void asked(PeerId from, JobFrame.Ask ask) {
    if (membership.isConnected(from) && membership.report(from) != null) {
      turn.emit(new Effect.AnswerJobs(from, ask));
    }
  }

  /** A peer is connected, or has said something of itself. */
  void heard(PeerId peer) {
    sought.heard(nowNanos, peer);
  }

  /** What a peer was asked is not answered any more. */
  void disconnected(PeerId peer) {
    List<Map.Entry<Long, Question>> lost =
        questions.entrySet().stream()
            .filter(it -> it.getValue().target.peer.equals(peer))
            .map(it -> Map.entry(it.getKey(), it.getValue()))
            .toList();
    lost.forEach(it -> questions.remove(it.getKey()));
    lost.forEach(it -> over(it.getValue()));
  }

  void due() {
    sought.due(nowNanos);
    while (!questions.isEmpty()) {
      Map.Entry<Long, Question> first = questions.entrySet().iterator().next();
      Question question = first.getValue();
      if (question.untilNanos - nowNanos > 0) {
        return;
      }
      questions.remove(first.getKey());
      over(question);
    }
  }

  long nextDeadlineNanos(long never) {
    long next = sought.nextDeadlineNanos(never);
    if (questions.isEmpty()) {
      return next;
    }
    long first = questions.values().iterator().next().untilNanos;
    return next - first <= 0 ? next : first;
  }
}
