package io.minga.node.core;

import io.minga.crdt.claims.IndexSet;
import io.minga.crdt.claims.Register;
import io.minga.crdt.wire.Digest;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.multiformats.Cid;
import io.minga.libp2p.wire.Bytes;
import io.minga.node.schedule.Estimates;
import io.minga.node.schedule.Loads;
import io.minga.node.task.LoadReport;
import io.minga.node.task.WorkFrame;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The heart of a peer: it takes in what happened and says what is to be done. One owner, no I/O.
 *
 * <p>Inputs that wait together are one turn: {@link #handle} each, then {@link #endTurn}, which
 * returns what is to be done, in order. Calls that come in one turn share batches, and results that
 * come in one turn share frames. Whatever comes of an effect comes back as an input of a later
 * turn. A turn is also due, with no input, at {@link #nextDeadlineNanos}.
 *
 * <p>Of one peer, {@link Input.Connected} comes before any frame of that connection, and {@link
 * Input.Disconnected} after all of them.
 */
public final class NodeCore {
  private static final long NEVER_NANOS = 3_600_000_000_000L;

  private final PeerId self;
  private final NodeOptions options;
  private final Turn turn;
  private final Membership membership;
  private final Meeting meeting;
  private final Announcer announcer;
  private final Reports reports;
  private final Owner owner;
  private final Submitter submitter;
  private final Handing handing;
  private final Moves moves;
  private final Hearing hearing;
  private final Memo memo;
  private final Fetching fetching;
  private final Comparing comparing;
  private final Ways ways;
  private final Acquaintances acquaintances;
  private final Orphans orphans;
  private final Safekeeping safekeeping;
  private final Standstill standstill = new Standstill();

  private long turnNanos;

  private boolean leaving;
  private boolean left;
  private long leaveNanos;

  /**
   * The core of the peer {@code self}, which knows nobody yet.
   *
   * @param wallMillis the wall clock, for what expires
   */
  public NodeCore(
      PeerId self, NodeOptions options, RandomGenerator random, LongSupplier wallMillis) {
    this.self = self;
    this.options = options;
    this.turn = new Turn(options, wallMillis);
    Ground ground = new Ground(self, options, random, turn);
    Estimates estimates = new Estimates(options.schedule());
    Loads loads = new Loads(options.schedule(), self);
    this.membership = new Membership(self, options);
    Others others = new Others(membership, loads, estimates);
    this.orphans = new Orphans(options, membership);
    this.meeting = new Meeting(membership, turn);
    Remembered remembered = new Remembered(options);
    this.memo = new Memo(options, remembered);
    this.announcer = new Announcer(self, options);
    this.reports = new Reports(self, options, random, turn.nowMillis());
    Voice voice = new Voice(announcer, reports);
    this.fetching = new Fetching(FetchOptions.DEFAULT);
    this.owner = new Owner(ground, estimates, voice, fetching, new Joins(remembered));
    Copies copies = new Copies(CopyOptions.DEFAULT, turn, membership);
    this.submitter = new Submitter(ground, others, voice, owner, fetching, copies);
    this.safekeeping =
        new Safekeeping(ground, CopyOptions.DEFAULT, membership, reports, copies, submitter);
    this.handing = submitter.handing();
    this.moves = new Moves(ground, others, announcer, owner, submitter.holders());
    this.comparing = new Comparing(ground, CompareOptions.DEFAULT, membership, announcer);
    Concerned concerned = new Concerned(owner, handing, moves, safekeeping, comparing);
    this.acquaintances =
        new Acquaintances(ground, others, orphans, meeting, reports, concerned, this);
    this.ways = acquaintances.ways();
    this.hearing =
        new Hearing(turn, announcer, owner, submitter, moves, comparing, acquaintances::greeted);
  }

  /** Takes in what happened. What is to be done is returned when the turn ends. */
  public void handle(long nowNanos, Input input) {
    if (left) {
      return;
    }
    turn.stories().now(nowNanos);
    safekeeping.now(nowNanos);
    begin(nowNanos);
    if (input instanceof Input.Submit submit) {
      submit(submit.submission());
    } else if (input instanceof Input.Received received) {
      if (!ways.received(nowNanos, received.from(), received.frame())) {
        received(nowNanos, received.from(), received.frame());
      }
    } else if (input instanceof Input.MoveReceived received) {
      moves.received(nowNanos, received.from(), received.frame());
    } else if (input instanceof Input.Fetched fetched) {
      fetched(nowNanos, fetched.cid(), fetched.batch());
    } else if (input instanceof Input.NotFetched missing) {
      notFetched(nowNanos, missing.cid(), missing.why());
    } else if (input instanceof Input.Ran ran) {
      owner.ran(ran, (held, ended) -> submitter.endedHere(nowNanos, held, ended));
    } else if (input instanceof Input.Parked parked) {
      owner.parked(parked, (held, indexes) -> handing.parkedHere(held, indexes));
    } else if (input instanceof Input.Cancel cancel) {
      cancel(nowNanos, cancel);
    } else if (input instanceof Input.CancelTask cancel) {
      submitter.cancel(cancel.task());
    } else if (input instanceof Input.CancelAll) {
      submitter.cancelAll(nowNanos);
    } else if (input instanceof Input.Loaded loaded) {
      acquaintances.loaded(nowNanos, loaded);
    } else if (input instanceof Input.Announced announced) {
      comparing.heard(announced);
      hearing.announced(nowNanos, announced);
    } else if (input instanceof Input.Claimed claimed) {
      comparing.heard(claimed);
      hearing.claimed(nowNanos, claimed);
    } else if (input instanceof Input.Connected connected) {
      acquaintances.connected(nowNanos, connected.peer());
    } else if (input instanceof Input.Disconnected disconnected) {
      acquaintances.disconnected(nowNanos, disconnected.peer());
    } else if (input instanceof Input.Offer offer) {
      owner.offer(offer.functions());
      handing.offered();
      reports.functionsChanged();
      reports.soon(nowNanos);
      acquaintances.hasNews();
    } else if (input instanceof Input.Recorded recorded) {
      submitter.recorder().recorded(recorded.upTo());
    } else if (input instanceof Input.Refused refused) {
      submitter.recorder().refused(refused.number(), refused.why());
    } else if (input instanceof Input.Restored restored) {
      submitter.restored(nowNanos, restored);
    } else if (input instanceof Input.Journaled journaled) {
      submitter.journaled(journaled);
    } else if (input instanceof Input.Copying copying) {
      safekeeping.handle(copying);
    } else if (input instanceof Input.Leave) {
      leave(nowNanos);
    }
  }

  /** A peer says something, itself or through another. */
  void received(long nowNanos, PeerId from, WorkFrame frame) {
    hearing.received(nowNanos, from, frame);
  }

  private void fetched(long nowNanos, Cid cid, @Nullable Bytes batch) {
    if (cid.codec() == Cid.RAW) {
      fetching.fetched(nowNanos, cid, turn.out());
    } else {
      moves.fetched(nowNanos, cid, batch);
    }
  }

  private void notFetched(long nowNanos, Cid cid, String why) {
    if (cid.codec() == Cid.RAW) {
      fetching.notFetched(nowNanos, cid, why);
    } else {
      moves.fetched(nowNanos, cid, null);
    }
  }

  /** Ends a turn: does what is due, and returns all that is to be done, in order. */
  public List<Effect> endTurn(long nowNanos) {
    turnNanos = nowNanos;
    turn.stories().now(nowNanos);
    safekeeping.now(nowNanos);
    if (!left) {
      begin(nowNanos);
      due(nowNanos);
      acquaintances.tellNews(nowNanos);
      submitter.cut(nowNanos);
      List<Recall.Recalled> recalls = handing.recall(nowNanos);
      moves.sought().forEach(submitter -> acquaintances.untold(nowNanos, submitter));
      turn.flushCancels();
      handing.handOut(nowNanos, recalls);
      owner.answer((held, ended) -> submitter.endedHere(nowNanos, held, ended));
      if (meeting.looks(nowNanos) && handing.isWaiting()) {
        meeting.needed(nowNanos, handing.unreached());
      }
      if (ways.mayBeNeeded() && handing.isWaiting()) {
        reports.waits(nowNanos);
      }
      if (handing.waitedLong(nowNanos)) {
        reports.soon(nowNanos); // peers may even out what they have
      }
      owner.start(nowNanos);
      moves.ask(nowNanos);
      owner.flush(nowNanos, membership);
      owner.releaseInputs(nowNanos);
      fetching.flush(nowNanos, turn.out());
      turn.flush(nowNanos);
      submitter.recorder().flush();
      submitter.settle(nowNanos);
      announcer.announce(nowNanos, turn.nowMillis(), owner::held, turn.out());
      announcer.flush(nowNanos, turn.out());
      leaveIfDone(nowNanos);
    }
    turn.stories().putAway();
    standstill.turned(nowNanos);
    return safekeeping.answer(memo.answer(ways.address(turn.end())));
  }

  private void submit(Submission submission) {
    if (!Memo.isFor(submission)) {
      submitter.submit(submission);
    } else if (!submitter.refuses(submission, memo.joined())) {
      Submission made = memo.submit(submission, turn.out());
      if (made != null) {
        submitter.submit(made);
      }
    }
  }

  private void cancel(long nowNanos, Input.Cancel cancel) {
    Submission submission = cancel.submission();
    if (!Memo.isFor(submission)) {
      submitter.cancel(nowNanos, submission, cancel.call());
      return;
    }
    for (Memo.Unwanted unwanted : memo.cancel(submission, cancel.call(), turn.out())) {
      submitter.cancel(nowNanos, unwanted.submission(), unwanted.call());
    }
  }

  // Time.

  /**
   * Before anything else: what has no lease any more is given up, since its slot may just have
   * ended; and a peer that stood still gives all others their time anew.
   */
  private void begin(long nowNanos) {
    owner.leases().due(nowNanos);
    handing.leasesDue(nowNanos);
    long stoodNanos = standstill.overNanos(nowNanos);
    if (stoodNanos > 0) {
      membership.listensAnew(nowNanos);
      orphans.waitAnew(nowNanos);
      handing.waitsAnew(nowNanos);
      owner.worker().stoodStill(stoodNanos);
    }
  }

  private void due(long nowNanos) {
    for (PeerId peer : membership.dead(nowNanos)) {
      acquaintances.lost(nowNanos, peer);
      membership.buried(peer);
    }
    acquaintances.forgetStrangers();
    orphans.due(nowNanos).forEach(submitter -> acquaintances.orphaned(nowNanos, submitter));
    submitter.due(nowNanos);
    owner.timeOut(nowNanos, (held, ended) -> submitter.endedHere(nowNanos, held, ended));
    owner.tellGiven(nowNanos, (held, lost) -> handing.returning().lostHere(nowNanos, held, lost));
    moves.due(nowNanos);
    safekeeping.due();
    ways.due(nowNanos);
    comparing.due(nowNanos, leaving);
    if (owner.isLate(nowNanos)) {
      reports.soon(nowNanos); // who gives it work, or what it has to others, should know
    }
    reports.lineIs(nowNanos, owner.worker(), owner.table().submitters(), membership.size());
    owner.expire(nowNanos);
    announcer.expire(nowNanos, turn.nowMillis());
    if (reports.isDue(nowNanos)
        && reports.hasNews(nowNanos, owner.worker(), membership, handing.isWaiting())) {
      turn.emit(
          new Effect.Report(
              owner.report(nowNanos, membership.size(), leaving, handing.isWaiting())));
      ways.tell(nowNanos);
    }
  }

  /** When the next turn is due, if nothing happens before. */
  public long nextDeadlineNanos() {
    long next = turnNanos + NEVER_NANOS;
    next = membership.nextDeadlineNanos(next);
    next = submitter.nextDeadlineNanos(next);
    next = handing.nextDeadlineNanos(turnNanos, next);
    next = owner.nextDeadlineNanos(next);
    next = reports.nextDeadlineNanos(next);
    next = announcer.nextDeadlineNanos(next);
    next = moves.nextDeadlineNanos(next);
    next = turn.nextDeadlineNanos(next);
    next = fetching.nextDeadlineNanos(next);
    next = orphans.nextDeadlineNanos(next);
    next = safekeeping.nextDeadlineNanos(next);
    next = ways.nextDeadlineNanos(next);
    next = comparing.nextDeadlineNanos(next);
    next = leaving && !left ? earlier(next, leaveNanos) : next;
    standstill.sleepsUntil(next);
    return next;
  }

  private static long earlier(long one, long other) {
    return one - other <= 0 ? one : other;
  }

  /** The bytes of a batch that is here, of this peer's own or held for another; null if none is. */
  public @Nullable Bytes block(Cid batch) {
    Held held = owner.held(batch);
    return held != null ? held.batch.bytes() : submitter.block(batch);
  }

  /** How this peer stands at this moment, out of turn. */
  public LoadReport report(long nowNanos) {
    return owner.report(nowNanos, leaving, handing.isWaiting());
  }

  /** Whether no other peer has anything here, and no caller waits. */
  public boolean isIdle() {
    return submitter.isIdle() && owner.isIdle() && moves.isIdle();
  }

  /** How many calls of this peer's own callers have no outcome. */
  public long openTasks() {
    return submitter.openTasks();
  }

  /** What is known of single tasks. */
  public Book book() {
    turn.stories().putAway();
    return new Book(self, submitter.submissions(), owner.table(), owner.worker(), turn.stories());
  }

  /** Who gets no tasks of what from here, since it fails what others don't. */
  public List<KeptOff> keptOff(long nowNanos) {
    return handing.keptOff(nowNanos);
  }

  /** Whether another peer is there, as far as is known here. */
  public boolean isAlive(PeerId peer) {
    return membership.isAlive(peer);
  }

  /** The peers that are spoken with through a neighbour, and through which. */
  public Map<PeerId, PeerId> ways() {
    return ways.all();
  }

  /** How many other peers are known. */
  public int peerCount() {
    return membership.size();
  }

  /** A digest of all claims that aren't settled: equal in all peers that have heard the same. */
  public Digest claimsDigest() {
    return announcer.digest();
  }

  /** The batches of which tasks stand in line here, in the order in which they came. */
  public List<Cid> queuedBatches() {
    return owner.table().all().stream()
        .filter(held -> !held.queued.isEmpty())
        .map(held -> held.batch.cid())
        .toList();
  }

  /** Which tasks of a batch stand in line here; those that are offered to another peer don't. */
  public IndexSet queued(Cid batch) {
    return owner.worker().backlog().indexes(batch);
  }

  /** Who has a task, as far as claims to it were heard here. */
  public Register register(Cid batch, int index) {
    return announcer.register(batch, index);
  }

  /** How many tasks this peer has taken over from others. */
  public long tasksTaken() {
    return moves.taken();
  }

  /** How many tasks others have taken over from this peer. */
  public long tasksGiven() {
    return moves.given();
  }

  /** How many tasks of this peer's callers were given to a second peer, since they were late. */
  public long tasksCopied() {
    return handing.copied();
  }

  /** How many batches this peer's own calls have made. */
  public long batchCount() {
    return submitter.batchCount();
  }

  /**
   * At how many other peers the batches of this peer's durable jobs are at least, by the jobs'
   * numbers; of those jobs of which that is known.
   */
  public Map<Long, Integer> copyCounts() {
    return safekeeping.copyCounts();
  }

  // Leaving.

  private void leave(long nowNanos) {
    if (leaving) {
      return;
    }
    leaving = true;
    leaveNanos = nowNanos + options.times().workMost().toNanos();
    submitter.leave();
    handing.leave();
    moves.leave(nowNanos);
    safekeeping.leave();
    owner.leave(nowNanos, (held, indexes) -> handing.returning().released(nowNanos, held, indexes));
    acquaintances.hasNews();
    turn.emit(new Effect.Report(owner.report(nowNanos, membership.size(), true, false)));
  }

  private boolean mayLeave() {
    return submitter.mayLeave() && owner.mayLeave() && moves.isIdle();
  }

  private void leaveIfDone(long nowNanos) {
    if (leaving && (mayLeave() || leaveNanos - nowNanos <= 0)) {
      submitter.left();
      turn.flushAll();
      turn.emit(new Effect.Report(owner.report(nowNanos, membership.size(), true, false)));
      left = true;
      turn.emit(new Effect.Left());
    }
  }
}
