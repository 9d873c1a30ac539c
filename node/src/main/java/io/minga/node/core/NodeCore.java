package io.minga.node.core;

import io.minga.crdt.claims.IndexSet;
import io.minga.crdt.wire.Id;
import io.minga.libp2p.identity.PeerId;
import io.minga.node.schedule.Estimates;
import io.minga.node.schedule.Loads;
import io.minga.node.schedule.PeerReport;
import io.minga.node.task.Batch;
import io.minga.node.task.BatchName;
import io.minga.node.task.LoadReport;
import io.minga.node.task.Outcome;
import io.minga.node.task.Payload;
import io.minga.node.task.ResultGroup;
import io.minga.node.task.WorkFrame;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
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
 */
public final class NodeCore {
  private static final long NEVER_NANOS = 3_600_000_000_000L;
  private static final long OWN_LOOK_NANOS = 50_000_000;

  /** How often is looked whether what waits can go somewhere. */
  private static final long LOOK_NANOS = 50_000_000;

  private static final int DEMANDS_KEPT = 1024;

  private final PeerId self;
  private final NodeOptions options;
  private final LongSupplier wallMillis;
  private final Estimates estimates;
  private final Loads loads;
  private final Cutting cutting;
  private final Submissions submissions;
  private final Dispatch dispatch;
  private final Membership membership;
  private final Worker worker;
  private final BatchTable table;
  private final Results results;
  private final Reports reports;

  /** Calls that came in this turn. */
  private final List<Submission> fresh = new ArrayList<>();

  /** Acknowledgements of this turn. */
  private final Map<PeerId, Map<BatchName, IndexBits>> acks = new LinkedHashMap<>();

  /** What this turn cancels at others. */
  private final Map<PeerId, Map<BatchName, IndexBits>> cancels = new LinkedHashMap<>();

  /** Pushes without an answer, in the order in which they left. */
  private final Deque<Handout> unanswered = new ArrayDeque<>();

  /** Submitters whose connection is lost, and when what they have here is dropped. */
  private final Map<PeerId, Long> orphans = new LinkedHashMap<>();

  private List<Effect> out = new ArrayList<>();
  private long turnNanos;
  private long ownLookNanos;
  private boolean ownLooked;
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
    this.wallMillis = wallMillis;
    this.estimates = new Estimates(options.schedule());
    this.loads = new Loads(options.schedule(), self);
    this.cutting = new Cutting(self, options, random);
    this.submissions = new Submissions(options, random);
    this.dispatch = new Dispatch(self, options, random);
    this.membership = new Membership(options);
    this.table = new BatchTable(self, options.limits());
    this.worker = new Worker(self, options, table);
    this.results = new Results(options.tasks());
    this.reports = new Reports(self, options, random, wallMillis.getAsLong());
  }

  /** Takes in what happened. What is to be done is returned when the turn ends. */
  public void handle(long nowNanos, Input input) {
    if (left) {
      return;
    }
    if (input instanceof Input.Submit submit) {
      submit(submit.submission());
    } else if (input instanceof Input.Received received) {
      received(nowNanos, received.from(), received.frame());
    } else if (input instanceof Input.Ran ran) {
      ran(nowNanos, ran);
    } else if (input instanceof Input.Parked parked) {
      worker.parked(parked.run(), parked.indexes());
    } else if (input instanceof Input.Cancel cancel) {
      cancel(cancel.submission(), cancel.call());
    } else if (input instanceof Input.Loaded loaded) {
      loaded(nowNanos, loaded.author(), loaded.report());
    } else if (input instanceof Input.Connected connected) {
      connected(nowNanos, connected.peer());
    } else if (input instanceof Input.Disconnected disconnected) {
      disconnected(nowNanos, disconnected.peer());
    } else if (input instanceof Input.Offer offer) {
      offer(nowNanos, offer);
    } else if (input instanceof Input.Leave) {
      leave(nowNanos);
    }
  }

  /** Ends a turn: does what is due, and returns all that is to be done, in order. */
  public List<Effect> endTurn(long nowNanos) {
    turnNanos = nowNanos;
    if (!left) {
      due(nowNanos);
      cut(nowNanos);
      handOut(nowNanos);
      worker.start(nowNanos, estimates, out);
      results.flush(membership, out);
      flush();
    }
    if (out.isEmpty()) {
      return List.of();
    }
    List<Effect> effects = out;
    out = new ArrayList<>();
    return effects;
  }

  // Callers.

  private void submit(Submission submission) {
    if (leaving || !submissions.hasRoom(submission.size())) {
      String message =
          leaving
              ? "this peer is leaving"
              : "%d calls wait for a result here, and no more are taken"
                  .formatted(submissions.openTasks());
      refuse(submission, new Outcome.Failure(Outcome.Kind.LIMIT, "", message, ""));
      return;
    }
    for (int call = 0; call < submission.size(); call++) {
      Payload input = submission.input(call);
      if (input instanceof Payload.Inline && input.sizeBytes() > options.tasks().inputBytesMax()) {
        String message =
            "call %d of %s has an input of %d B, above the limit of %d B; a larger one goes by CID"
                .formatted(
                    call,
                    submission.function(),
                    input.sizeBytes(),
                    options.tasks().inputBytesMax());
        refuse(submission, new Outcome.Failure(Outcome.Kind.BAD_INPUT, "", message, ""));
        return;
      }
    }
    fresh.add(submission);
  }

  private void refuse(Submission submission, Outcome outcome) {
    for (int call = 0; call < submission.size(); call++) {
      out.add(new Effect.Complete(submission, call, outcome, null, 0));
    }
  }

  private void cut(long nowNanos) {
    int from = 0;
    while (from < fresh.size()) {
      Submission first = fresh.get(from);
      int to = from + 1;
      long tasks = first.size();
      boolean single = first.jobTasks() == 1;
      while (single && to < fresh.size() && first.isLike(fresh.get(to))) {
        tasks += fresh.get(to++).size();
      }
      cut(nowNanos, fresh.subList(from, to), Math.max(tasks, first.jobTasks()));
      from = to;
    }
    fresh.clear();
  }

  private void cut(long nowNanos, List<Submission> alike, long tasks) {
    Demand demand = dispatch.demand(alike.get(0));
    lookAtSelf(nowNanos);
    dispatch.look(nowNanos, demand, loads, estimates);
    int tasksMax = Cutting.batchTasks(options, tasks, demand.candidates.size(), demand.meanNanos());
    for (OwnBatch batch : cutting.cut(wallMillis.getAsLong(), demand, alike, tasksMax)) {
      submissions.open(batch);
      dispatch.ready(nowNanos, batch);
    }
  }

  private void cancel(Submission submission, int call) {
    fresh.remove(submission);
    Outcome cancelled = new Outcome.Failure(Outcome.Kind.CANCELLED, "", "it was cancelled", "");
    if (submission.places().isEmpty()) {
      refuse(submission, cancelled);
      return;
    }
    for (OwnBatch batch : submission.places()) {
      batch
          .open
          .copy()
          .forEach(
              index -> {
                if (batch.submission(index) == submission
                    && (call < 0 || batch.call(index) == call)) {
                  complete(batch, index, cancelled, null);
                }
              });
    }
  }

  /** Ends a call, wherever its task still is. */
  private void complete(OwnBatch batch, int index, Outcome outcome, @Nullable PeerId peer) {
    if (submissions.complete(batch, index, outcome, peer, out)) {
      dropElsewhere(batch, index);
    }
  }

  /** Drops a task that has its outcome wherever else it is. */
  private void dropElsewhere(OwnBatch batch, int index) {
    for (Handout handout : List.copyOf(batch.handouts)) {
      if (dispatch.over(handout, index)) {
        Held held = handout.lane.self ? table.get(batch.batch.cid()) : null;
        if (held != null) {
          worker.drop(held, IndexSet.of(index), out);
        } else if (!handout.lane.self) {
          note(cancels, handout.lane.peer, handout.name(), index);
        }
      }
    }
  }

  // Handing out.

  private void lookAtSelf(long nowNanos) {
    if (options.slots() == 0 || (ownLooked && ownLookNanos - nowNanos > 0)) {
      return;
    }
    ownLooked = true;
    ownLookNanos = nowNanos + OWN_LOOK_NANOS;
    long own = dispatch.lane(self).workNanos;
    PeerReport report = reports.own(nowNanos, worker, estimates, own);
    loads.report(nowNanos, report);
  }

  private void handOut(long nowNanos) {
    lookAtSelf(nowNanos);
    for (Handout handout : dispatch.handOut(nowNanos, loads, estimates)) {
      Batch batch = handout.of.batch;
      IndexSet tasks = handout.tasks.toSet();
      if (handout.lane.self) {
        Worker.Took took =
            worker.take(wallMillis.getAsLong(), batch, tasks, handout.epoch, estimates);
        taken(nowNanos, handout, tasks.andNot(took.indexes()), took.refusal());
      } else {
        unanswered.add(handout);
        out.add(new Effect.Send(handout.lane.peer, handout.push().encode()));
      }
    }
  }

  /** A peer has said what it doesn't take of a handout: that goes elsewhere. */
  private void taken(
      long nowNanos, Handout handout, IndexSet refused, WorkFrame.@Nullable Refusal refusal) {
    boolean claimed = handout.answered;
    dispatch.answered(handout);
    IndexBits back = IndexBits.of(refused);
    back.retainAll(handout.tasks);
    if (back.isEmpty() || refusal == null) {
      return;
    }
    OwnBatch batch = handout.of;
    if (refusal == WorkFrame.Refusal.EXPIRED) {
      Outcome expired = new Outcome.Failure(Outcome.Kind.EXPIRED, "", "its time is over", "");
      back.forEach(index -> complete(batch, index, expired, handout.lane.peer));
      return;
    }
    handout.lane.rest(nowNanos + options.times().retryFirst().toNanos());
    back.forEach(
        index -> {
          dispatch.over(handout, index);
          batch.ready.add(index);
          if (!claimed) {
            batch.isRefused(index); // the next owner may claim it in this epoch
          }
        });
    batch.avoided = handout.lane;
    dispatch.ready(nowNanos, batch);
  }

  /** All that a peer had of ours, or all of a handout, goes elsewhere in the next epoch. */
  private void back(long nowNanos, Handout handout, int[] suspects) {
    OwnBatch batch = handout.of;
    handout
        .tasks
        .copy()
        .forEach(
            index -> {
              dispatch.over(handout, index);
              if (suspects[0]-- > 0 && batch.dies(index) >= Submissions.DEATHS_MAX) {
                String message =
                    "it was running on %d peers when they died".formatted(Submissions.DEATHS_MAX);
                Outcome died = new Outcome.Failure(Outcome.Kind.WORKER_DIED, "", message, "");
                complete(batch, index, died, handout.lane.peer);
              } else if (batch.open.contains(index)) {
                batch.ready.add(index);
              }
            });
    batch.avoided = handout.lane;
    dispatch.ready(nowNanos, batch);
  }

  // Frames.

  private void received(long nowNanos, PeerId from, WorkFrame frame) {
    if (frame instanceof WorkFrame.Push push) {
      pushed(from, push);
    } else if (frame instanceof WorkFrame.Taken taken) {
      taken(nowNanos, from, taken);
    } else if (frame instanceof WorkFrame.Results ended) {
      for (ResultGroup group : ended.groups()) {
        ended(nowNanos, from, group);
      }
    } else if (frame instanceof WorkFrame.Acked acked) {
      for (WorkFrame.Part part : acked.parts()) {
        acked(table.get(from, part.batch()), part.indexes());
      }
    } else if (frame instanceof WorkFrame.CancelTasks cancel) {
      for (WorkFrame.Part part : cancel.parts()) {
        Held held = table.get(from, part.batch());
        if (held != null) {
          worker.drop(held, part.indexes(), out);
          acked(held, part.indexes());
        }
      }
    }
  }

  private void acked(@Nullable Held held, IndexSet indexes) {
    if (held != null) {
      table.countBytes(-Results.acked(held, indexes));
      table.over(held);
    }
  }

  private void taken(long nowNanos, PeerId from, WorkFrame.Taken taken) {
    OwnBatch batch = submissions.batch(taken.batch());
    Lane lane = dispatch.known(from);
    if (batch == null || lane == null) {
      return;
    }
    for (Handout handout : List.copyOf(batch.handouts)) {
      if (handout.lane == lane && handout.isAnswered(taken)) {
        taken(nowNanos, handout, taken.refused(), taken.reason());
      }
    }
  }

  private void pushed(PeerId from, WorkFrame.Push push) {
    Held known = table.get(from, new BatchName.Ref(push.ref()));
    Batch batch = push.batch() == null && known != null ? known.batch : push.batch();
    if (batch == null) {
      answer(
          from,
          new BatchName.Ref(push.ref()),
          push,
          new Worker.Took(IndexSet.EMPTY, WorkFrame.Refusal.UNKNOWN_BATCH));
      return;
    }
    if (!batch.header().submitter().equals(from)
        || !batch.header().network().equals(options.network())
        || push.indexes().last() >= batch.size()) {
      String why =
          "a push of %s in %s with %s, where its own batch of this network and its tasks are right"
              .formatted(batch, batch.header().network(), push.indexes());
      out.add(new Effect.Misbehaved(from, why));
      return;
    }
    Worker.Took took =
        worker.take(wallMillis.getAsLong(), batch, push.indexes(), push.epoch(), estimates);
    Held held = table.get(batch.cid());
    if (held != null) {
      table.named(held, push.ref());
      results.again(held, push.indexes());
    }
    answer(from, new BatchName.Ref(push.ref()), push, took);
  }

  private void answer(PeerId to, BatchName name, WorkFrame.Push push, Worker.Took took) {
    IndexSet refused = push.indexes().andNot(took.indexes());
    WorkFrame.Taken taken =
        new WorkFrame.Taken(
            name,
            took.indexes(),
            refused,
            refused.isEmpty() ? null : took.refusal(),
            table.room(to, 0));
    out.add(new Effect.Send(to, taken.encode()));
  }

  private void ended(long nowNanos, PeerId from, ResultGroup group) {
    IndexBits indexes = IndexBits.of(group.indexes());
    acks.computeIfAbsent(from, it -> new LinkedHashMap<>())
        .merge(
            group.batch(),
            indexes,
            (before, more) -> {
              before.addAll(more);
              return before;
            });
    OwnBatch batch = submissions.batch(group.batch());
    if (batch == null || group.indexes().last() >= batch.batch.size()) {
      return;
    }
    Lane lane = dispatch.known(from);
    long micros = 0;
    int count = 0;
    for (ResultGroup.Cursor at = group.cursor(); at.next(); count++) {
      micros += at.runMicros();
      ended(nowNanos, batch, at.index(), at.outcome(), from, lane);
    }
    estimates.observe(from, batch.demand.key.function(), 0, micros * 1000 / count);
    Dispatch.observed(nowNanos, batch.demand, micros * 1000 / count);
  }

  private void ended(
      long nowNanos, OwnBatch batch, int index, Outcome outcome, PeerId from, @Nullable Lane lane) {
    Handout handout = lane == null ? null : batch.handout(lane, index);
    if (handout != null) {
      dispatch.over(handout, index);
    }
    submissions.ended(nowNanos, batch, index, outcome, from, handout, out);
    if (!batch.handouts.isEmpty() && !batch.open.contains(index)) {
      dropElsewhere(batch, index);
    }
  }

  // Slots.

  private void ran(long nowNanos, Input.Ran ran) {
    long[] sum = {0, 0};
    Held[] of = {null};
    worker.ran(
        ran.run(),
        ran.ended(),
        (held, ended) -> {
          of[0] = held;
          sum[0] += ended.runMicros();
          sum[1]++;
          hasEnded(nowNanos, held, ended);
        });
    Held held = of[0];
    if (held != null) {
      reports.measured(held.batch.functions().get(0));
      estimates.observe(self, held.batch.functions().get(0), 0, sum[0] * 1000 / sum[1]);
    }
  }

  private void hasEnded(long nowNanos, Held held, Input.Ended ended) {
    if (held.submitter.equals(self)) {
      OwnBatch batch = submissions.batch(held.batch.cid());
      if (batch != null) {
        ended(nowNanos, batch, ended.index(), ended.outcome(), self, dispatch.lane(self));
      }
    } else {
      table.countBytes(results.owe(held, ended));
    }
  }

  // Peers.

  private void offer(long nowNanos, Input.Offer offer) {
    worker.offer(offer.functions());
    reports.functionsChanged();
    reports.soon(nowNanos);
    ownLooked = false;
    dispatch.changed();
  }

  private void connected(long nowNanos, PeerId peer) {
    membership.connected(nowNanos, peer);
    dispatch.connected(peer);
    orphans.remove(peer);
    reports.soon(nowNanos);
    for (Handout handout : dispatch.lane(peer).handouts) {
      out.add(new Effect.Send(peer, handout.push().encode())); // what it has it takes again
    }
    table.unnamed(peer);
    for (Held held : table.of(peer)) {
      results.again(held, held.owed.toSet());
    }
  }

  private void disconnected(long nowNanos, PeerId peer) {
    if (membership.disconnected(nowNanos, peer)) {
      out.add(new Effect.Connect(peer));
    }
    dispatch.disconnected(nowNanos, peer);
    orphans.put(peer, nowNanos + options.times().orphan().toNanos());
  }

  private void loaded(long nowNanos, PeerId author, LoadReport report) {
    if (author.equals(self)) {
      return;
    }
    Membership.News news = membership.loaded(nowNanos, author, report);
    if (news == Membership.News.NONE) {
      return;
    }
    if (news == Membership.News.REBOOTED) {
      lost(nowNanos, author);
    }
    if (news != Membership.News.LOAD) {
      reports.soon(nowNanos);
    }
    PeerReport read = Reports.read(author, report);
    loads.report(nowNanos, read);
    estimates.report(Reports.measuredOnly(read, report));
    dispatch.reported(author);
    dispatch.changed();
    if (!membership.isConnected(author) && news != Membership.News.LOAD && !report.draining()) {
      out.add(new Effect.Connect(author));
    }
  }

  /** A peer has lost what it held of ours. */
  private void lost(long nowNanos, PeerId peer) {
    Lane lane = dispatch.known(peer);
    LoadReport report = membership.report(peer);
    int[] suspects = {report == null ? 1 : Math.max(1, report.slots())};
    for (Handout handout : dispatch.dead(peer)) {
      back(nowNanos, handout, suspects);
    }
    if (lane != null) {
      loads.forget(peer);
    }
  }

  // Time.

  private void due(long nowNanos) {
    for (PeerId peer : membership.dead(nowNanos)) {
      lost(nowNanos, peer);
      loads.forget(peer);
      dispatch.changed();
    }
    orphans
        .entrySet()
        .removeIf(
            orphan -> {
              boolean over = orphan.getValue() - nowNanos <= 0;
              if (over) {
                dropAll(orphan.getKey());
              }
              return over;
            });
    for (OwnBatch batch : submissions.due(nowNanos)) {
      dispatch.ready(nowNanos, batch);
    }
    expire(nowNanos);
    unanswered(nowNanos);
    unserved(nowNanos);
    worker.timeOut(nowNanos, (held, ended) -> hasEnded(nowNanos, held, ended), out);
    if (reports.isDue(nowNanos)) {
      out.add(
          new Effect.Report(
              reports.report(nowNanos, worker, estimates, membership.size(), leaving)));
    }
    leave(nowNanos, isIdle());
  }

  private void dropAll(PeerId submitter) {
    for (Held held : table.of(submitter)) {
      IndexSet all = IndexSet.range(0, held.batch.size());
      worker.drop(held, all, out);
      acked(held, all);
    }
  }

  private void expire(long nowNanos) {
    Outcome expired = new Outcome.Failure(Outcome.Kind.EXPIRED, "", "its time is over", "");
    for (OwnBatch batch : submissions.expired(nowNanos, wallMillis.getAsLong())) {
      batch.open.copy().forEach(index -> complete(batch, index, expired, null));
    }
  }

  private void unanswered(long nowNanos) {
    long wait = options.times().takeWait().toNanos();
    for (Handout first = unanswered.peek();
        first != null && (first.answered || first.sentNanos + wait - nowNanos <= 0);
        first = unanswered.peek()) {
      unanswered.poll();
      if (!first.answered) {
        first.lane.rest(nowNanos + wait);
        back(nowNanos, first, new int[] {0});
      }
    }
  }

  private void unserved(long nowNanos) {
    long wait = options.times().noPeer().toNanos();
    for (Demand demand : dispatch.unserved()) {
      for (OwnBatch batch : List.copyOf(demand.ready)) {
        if (batch.readySinceNanos + wait - nowNanos <= 0) {
          String message =
              "none of the %d peers known here runs %s%s"
                  .formatted(
                      membership.size(),
                      demand.key.function(),
                      demand.candidates.isEmpty() ? "" : " and can be reached");
          Outcome nobody = new Outcome.Failure(Outcome.Kind.UNKNOWN_FUNCTION, "", message, "");
          batch.ready.copy().forEach(index -> complete(batch, index, nobody, null));
        }
      }
    }
    if (dispatch.demandCount() > DEMANDS_KEPT) {
      dispatch.forgetIdle();
    }
  }

  /** When the next turn is due, if nothing happens before. */
  public long nextDeadlineNanos() {
    long next = turnNanos + NEVER_NANOS;
    next = membership.nextDeadlineNanos(next);
    next = submissions.nextDeadlineNanos(next);
    next = worker.nextDeadlineNanos(next);
    next = reports.nextDeadlineNanos(next);
    Handout first = unanswered.peek();
    if (first != null) {
      next = earlier(next, first.sentNanos + options.times().takeWait().toNanos());
    }
    if (dispatch.hasReady()) {
      next = earlier(next, turnNanos + LOOK_NANOS);
    }
    for (long orphan : orphans.values()) {
      next = earlier(next, orphan);
    }
    return leaving && !left ? earlier(next, leaveNanos) : next;
  }

  private static long earlier(long one, long other) {
    return one - other <= 0 ? one : other;
  }

  /** Whether no other peer has anything here, and no caller waits. */
  public boolean isIdle() {
    return submissions.openTasks() == 0 && table.isEmpty();
  }

  /** How many batches this peer's own calls have made. */
  long sequence() {
    return cutting.sequence();
  }

  /** What the claim set calls a peer. */
  static Id id(PeerId peer) {
    return Id.of(peer.multihash().toByteArray());
  }

  // Leaving.

  private void leave(long nowNanos) {
    if (leaving) {
      return;
    }
    leaving = true;
    leaveNanos = nowNanos + options.times().leaveMost().toNanos();
    worker.leave();
    reports.soon(nowNanos);
  }

  private void leave(long nowNanos, boolean nothingOwed) {
    if (leaving && (nothingOwed || leaveNanos - nowNanos <= 0)) {
      left = true;
      out.add(new Effect.Left());
    }
  }

  // Frames that gather.

  private static void note(
      Map<PeerId, Map<BatchName, IndexBits>> frames, PeerId to, BatchName batch, int index) {
    frames
        .computeIfAbsent(to, it -> new LinkedHashMap<>())
        .computeIfAbsent(batch, it -> new IndexBits())
        .add(index);
  }

  private void flush() {
    cancels.forEach(
        (to, batches) ->
            parts(batches).forEach(parts -> send(to, new WorkFrame.CancelTasks(parts))));
    acks.forEach(
        (to, batches) -> parts(batches).forEach(parts -> send(to, new WorkFrame.Acked(parts))));
    cancels.clear();
    acks.clear();
  }

  private void send(PeerId to, WorkFrame frame) {
    out.add(new Effect.Send(to, frame.encode()));
  }

  private List<List<WorkFrame.Part>> parts(Map<BatchName, IndexBits> batches) {
    List<List<WorkFrame.Part>> frames = new ArrayList<>(1);
    List<WorkFrame.Part> parts = new ArrayList<>();
    for (Map.Entry<BatchName, IndexBits> each : batches.entrySet()) {
      parts.add(new WorkFrame.Part(each.getKey(), each.getValue().toSet()));
      if (parts.size() == options.tasks().partsMax()) {
        frames.add(parts);
        parts = new ArrayList<>();
      }
    }
    if (!parts.isEmpty()) {
      frames.add(parts);
    }
    return frames;
  }
}
