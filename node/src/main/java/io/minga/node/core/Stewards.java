package io.minga.node.core;

import io.minga.libp2p.identity.PeerId;
import io.minga.node.task.Batch;
import io.minga.node.task.CopyFrame;
import io.minga.node.task.FunctionName;
import io.minga.node.task.Outcome;
import io.minga.node.task.Payload;
import io.minga.node.task.Policy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Looks after batches that are kept here and whose submitters are gone for longer than a restart
 * takes. Of those who keep a batch and can be heard, the one that comes first in rendezvous hash
 * has its open tasks run, as calls of its own, and has others keep it if too few do ({@link
 * Spares}); the others ask it now and then whether it still has the batch. If two do so at once,
 * since they can't hear each other, each task has two outcomes, one of which counts ({@link
 * io.minga.node.journal.Precedence}).
 */
final class Stewards {
  private static final long LOOK_NANOS = 1_000_000_000;

  private final PeerId self;
  private final CopyOptions options;
  private final Turn turn;
  private final Membership membership;
  private final Keeper keeper;
  private final Spares spares;
  private final Submitter submitter;
  private long nowNanos;
  private boolean looked;
  private long lookNanos;
  private boolean leaving;

  /** How many calls are made for others. */
  private int open;

  Stewards(
      PeerId self,
      CopyOptions options,
      Turn turn,
      Membership membership,
      Keeper keeper,
      Spares spares,
      Submitter submitter) {
    this.self = self;
    this.options = options;
    this.turn = turn;
    this.membership = membership;
    this.keeper = keeper;
    this.spares = spares;
    this.submitter = submitter;
    keeper.lead(this::ended);
  }

  void now(long nowNanos) {
    this.nowNanos = nowNanos;
  }

  /** Whether an outcome of a task that is looked after is its end, and not only that of a try. */
  static boolean isEnd(Outcome outcome) {
    return !(outcome instanceof Outcome.Failure failure)
        || switch (failure.kind()) {
          case CANCELLED, EXPIRED, LIMIT, UNKNOWN_FUNCTION -> false;
          default -> true;
        };
  }

  // Time.

  /** Looks whether somebody is gone. */
  void due() {
    if (keeper.isEmpty() || leaving || (looked && lookNanos - nowNanos > 0)) {
      return;
    }
    looked = true;
    lookNanos = nowNanos + LOOK_NANOS;
    Map<PeerId, List<CopyFrame.Part>> asks = new LinkedHashMap<>();
    keeper
        .accounts()
        .forEach(
            (peer, account) -> {
              if (isAway(peer, account)) {
                account.batches.forEach(batch -> look(batch, asks));
              }
            });
    asks.forEach((peer, parts) -> keeper.have(peer, true, parts));
  }

  /** Whether a submitter has been silent about its batches for too long. */
  private boolean isAway(PeerId peer, Keeper.Account account) {
    if (!membership.isConnected(peer) && membership.isAlive(peer)) {
      account.awayNanos = nowNanos; // others can hear it
    }
    return nowNanos - account.awayNanos >= options.patience().toNanos();
  }

  private void look(KeptBatch batch, Map<PeerId, List<CopyFrame.Part>> asks) {
    if (!batch.recorded || batch.vouched) {
      return;
    }
    if (!batch.asked) {
      if (batch.stepNanos - nowNanos <= 0) {
        ask(batch, asks);
      }
    } else if (batch.stepNanos - nowNanos <= 0) {
      batch.asked = false;
      boolean isUrgent = decide(batch);
      Duration next = isUrgent ? options.look() : options.again();
      batch.stepNanos = nowNanos + next.toNanos();
    }
  }

  private void ask(KeptBatch batch, Map<PeerId, List<CopyFrame.Part>> asks) {
    batch.asked = true;
    batch.stepNanos = nowNanos + options.listen().toNanos();
    batch.answered.clear();
    for (PeerId holder : batch.holders()) {
      if (membership.isConnected(holder)) {
        asks.computeIfAbsent(holder, it -> new ArrayList<>()).add(batch.part());
      }
    }
  }

  /** Sees to the batch if that is up to this peer; whether it must be looked at again soon. */
  private boolean decide(KeptBatch batch) {
    boolean runs = !batch.isDone() && !batch.batch.header().policy().exclusive();
    boolean isOthers = batch.answered.stream().anyMatch(other -> batch.isBefore(other, self));
    if (isOthers) {
      end(batch);
      return runs;
    }
    if (runs && batch.stewardships.isEmpty()) {
      begin(batch);
    }
    return spares.look(batch) || runs;
  }

  long nextDeadlineNanos(long never) {
    boolean idle = keeper.isEmpty() || leaving || !looked;
    return idle || never - lookNanos <= 0 ? never : lookNanos;
  }

  // Looking after a batch.

  private void begin(KeptBatch kept) {
    Batch batch = kept.batch;
    long leftMillis = batch.header().expiresAtMillis() - turn.nowMillis();
    IndexBits tasks = IndexBits.first(batch.size());
    tasks.removeAll(kept.ended);
    for (FunctionName function : batch.functions()) {
      IndexBits its = new IndexBits();
      tasks.forEach(
          index -> {
            if (batch.function(index).equals(function)) {
              its.add(index);
            }
          });
      if (!its.isEmpty() && leftMillis > 0) {
        begin(kept, function, its.toSet().toArray(), leftMillis);
      }
    }
  }

  private void begin(KeptBatch kept, FunctionName function, int[] indexes, long leftMillis) {
    List<Payload> inputs = new ArrayList<>(indexes.length);
    for (int index : indexes) {
      inputs.add(kept.batch.task(index).input());
    }
    Stewardship stewardship = new Stewardship(kept, indexes);
    Submission submission =
        new Submission(
            stewardship,
            function,
            undurable(kept.batch.header().policy()),
            false,
            leftMillis,
            indexes.length,
            false,
            inputs);
    stewardship.begin(submission);
    kept.stewardships.add(stewardship);
    open += indexes.length;
    submitter.submit(submission);
  }

  /** Their outcomes are journaled here, as those of the batch that is kept. */
  private static Policy undurable(Policy policy) {
    return new Policy(
        policy.priority(),
        policy.timeoutMillis(),
        policy.attemptsMax(),
        policy.requires(),
        policy.placement(),
        policy.replicas(),
        policy.quorum(),
        false,
        false,
        policy.tenant());
  }

  /** Tasks have outcomes, or the submitter is back. */
  private void ended(KeptBatch batch) {
    if (batch.stewardships.isEmpty()) {
      return;
    }
    if (batch.vouched || batch.isDone() || keeper.batch(batch.cid()) != batch) {
      end(batch);
      return;
    }
    for (Stewardship each : List.copyOf(batch.stewardships)) {
      Submission submission = each.submission();
      for (int call = 0; submission != null && call < submission.size(); call++) {
        if (batch.ended.contains(each.index(call))) {
          submitter.cancel(nowNanos, submission, call);
        }
      }
    }
  }

  private void end(KeptBatch batch) {
    for (Stewardship each : List.copyOf(batch.stewardships)) {
      batch.stewardships.remove(each);
      Submission submission = each.submission();
      if (submission != null) {
        submitter.cancel(nowNanos, submission, -1);
      }
    }
  }

  /** Makes no calls any more; those that are open end with this peer. */
  void leave() {
    leaving = true;
  }

  /** What a turn has brought about, without what concerns nobody but this. */
  List<Effect> answer(List<Effect> effects) {
    if (open == 0) {
      return effects;
    }
    List<Effect> out = new ArrayList<>(effects.size());
    for (Effect effect : effects) {
      if (effect instanceof Effect.Complete it
          && it.submission().caller() instanceof Stewardship stewardship) {
        open--;
        if (--stewardship.left == 0) {
          stewardship.batch.stewardships.remove(stewardship);
        }
      } else {
        out.add(effect);
      }
    }
    return out;
  }
}
