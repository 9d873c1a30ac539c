package io.minga.node.core;

import io.minga.libp2p.identity.PeerId;
import io.minga.node.task.FunctionName;
import io.minga.node.task.Payload;
import io.minga.node.task.Policy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One peer of a village: a node core with callers, slots and blocks of its own. It takes in what
 * happens, and hands on what the core wants to whoever does it.
 */
final class House {
  private static final long LIFETIME_MILLIS = 3_600_000;

  final int number;
  final PeerId peer;
  final NodeCore core;

  /** Whom it is connected with; the roads keep it. */
  final Set<House> neighbours = new LinkedHashSet<>();

  final VillageSlots slots;
  final VillageBlocks blocks;

  /** What its callers have submitted, in that order. */
  final Map<Submission, List<Call>> calls = new LinkedHashMap<>();

  /** What outlives it; null if it keeps none. */
  @Nullable VillageJournal journal;

  boolean alive = true;
  boolean left;

  /** Whether its process stands still. */
  boolean paused;

  /** What it says of others that misbehaved. */
  final List<String> misbehaved = new ArrayList<>();

  private final Village village;

  /** What has come while its process stood still. */
  private final List<Runnable> frozen = new ArrayList<>();

  private long wakeNanos = Long.MAX_VALUE;

  House(Village village, int number, int slots, double slowness, NodeOptions options) {
    this.village = village;
    this.number = number;
    this.peer = Village.peer(number);
    this.slots = new VillageSlots(village, this, slots, slowness);
    this.blocks = new VillageBlocks(village, this);
    this.core =
        new NodeCore(
            peer, options, new SplittableRandom(village.random.nextLong()), village::wallMillis);
  }

  /** The journal of one that keeps one. */
  VillageJournal journal() {
    return Objects.requireNonNull(journal);
  }

  /** Whether it is there, be it that it stands still. */
  boolean isUp() {
    return alive && !left;
  }

  // What happens.

  void input(Input input) {
    inputs(List.of(input));
  }

  void inputs(List<? extends Input> inputs) {
    if (paused) {
      frozen.add(() -> inputs(inputs));
    } else if (isUp()) {
      inputs.forEach(input -> core.handle(village.nowNanos, input));
      turn();
    }
  }

  /** It goes on: what has come is taken in, all at once. */
  void resume() {
    paused = false;
    List<Runnable> all = List.copyOf(frozen);
    frozen.clear();
    all.forEach(Runnable::run);
  }

  private void turn() {
    for (Effect effect : core.endTurn(village.nowNanos)) {
      village.saw(this, effect);
      perform(effect);
    }
    wakeAt(core.nextDeadlineNanos());
  }

  private void wakeAt(long nanos) {
    if (nanos >= wakeNanos && wakeNanos > village.nowNanos) {
      return;
    }
    wakeNanos = Math.max(nanos, village.nowNanos + 1);
    long at = wakeNanos;
    village.at(
        at,
        () -> {
          if (isUp() && wakeNanos == at) {
            wakeNanos = Long.MAX_VALUE;
            wake();
          }
        });
  }

  private void wake() {
    if (paused) {
      frozen.add(this::wake);
    } else if (isUp()) {
      turn();
    }
  }

  // What is to be done.

  private void perform(Effect effect) {
    if (effect instanceof Effect.Complete complete) {
      completed(complete);
    } else if (effect instanceof Effect.Send send) {
      village.roads.send(this, send);
    } else if (effect instanceof Effect.SendMove send) {
      village.moves.said(send);
      village.roads.sendMove(this, send);
    } else if (effect instanceof Effect.SendCopy send) {
      village.roads.sendCopy(this, send);
    } else if (effect instanceof Effect.Connect connect) {
      village.roads.dial(this, connect.peer());
    } else if (effect instanceof Effect.Journaling it) {
      journal().perform(this, it);
    } else if (effect instanceof Effect.Fetch fetch) {
      blocks.fetch(fetch);
    } else if (effect instanceof Effect.Release release) {
      blocks.release(release.cid());
    } else if (effect instanceof Effect.Run run) {
      slots.run(run);
    } else if (effect instanceof Effect.Interrupt interrupt) {
      slots.interrupted.add(interrupt.run());
    } else if (effect instanceof Effect.Report report) {
      village.gossip.report(this, report.report());
    } else if (effect instanceof Effect.Announce announce) {
      village.gossip.announce(this, announce.announcement());
    } else if (effect instanceof Effect.Claim claim) {
      village.gossip.claim(this, claim.message());
    } else if (effect instanceof Effect.Verify verify) {
      village.gossip.verify(this, verify);
    } else if (effect instanceof Effect.Misbehaved it) {
      misbehaved.add(it.why());
    } else if (effect instanceof Effect.Left) {
      left = true;
      List.copyOf(neighbours).forEach(other -> village.roads.disconnect(this, other));
    }
  }

  private void completed(Effect.Complete complete) {
    village.traced(complete.call() + complete.attempts());
    List<Call> its = calls.get(complete.submission());
    if (its == null) {
      return; // of before it was started
    }
    Call call = its.get(complete.call());
    call.outcomes.add(complete.outcome());
    blocks.completed(call, complete.outcome());
    village.at(village.nowNanos, call.onEnd);
  }

  // Its callers.

  /** Submits calls, one by one or as a job, each to run for up to twice so long. */
  List<Call> submit(FunctionName function, int count, int micros, boolean job) {
    return submit(function, count, micros, job, Policy.DEFAULT);
  }

  List<Call> submit(FunctionName function, int count, int micros, boolean job, Policy policy) {
    return submit(drawn(function, count, () -> village.drawnInput(micros)), job, policy, false);
  }

  /** Submits calls whose inputs go by their CIDs, a few of them equal. */
  List<Call> submitLarge(FunctionName function, int count, boolean job) {
    return submit(drawn(function, count, blocks::drawnInput), job, Policy.DEFAULT, false);
  }

  /** Submits one call to run for exactly so long. */
  Call submitExactly(FunctionName function, int micros, Policy policy) {
    Call call = new Call(function, Village.input(micros));
    return submit(List.of(call), false, policy, false).get(0);
  }

  /** A caller waits for what comes of a submission that is put in otherwise. */
  List<Call> awaits(Submission submission) {
    List<Call> all = new ArrayList<>();
    for (int call = 0; call < submission.size(); call++) {
      all.add(new Call(submission.function(), submission.input(call)));
    }
    calls.put(submission, all);
    return all;
  }

  /** Makes calls whose equals have equal results. */
  List<Call> memoized(FunctionName function, List<Integer> inputs, boolean job) {
    return memoized(function, inputs, job, () -> {});
  }

  /** The same; each does that at its end. */
  List<Call> memoized(FunctionName function, List<Integer> inputs, boolean job, Runnable onEnd) {
    List<Call> all = inputs.stream().map(it -> new Call(function, Village.input(it))).toList();
    all.forEach(call -> call.onEnd = onEnd);
    return submit(all, job, Policy.DEFAULT, true);
  }

  private static List<Call> drawn(FunctionName function, int count, Supplier<Payload> input) {
    return Stream.generate(() -> new Call(function, input.get())).limit(count).toList();
  }

  private List<Call> submit(List<Call> all, boolean job, Policy policy, boolean memoized) {
    List<Input> inputs = new ArrayList<>();
    int sizeMax = job ? Submission.CALLS_MAX : 1;
    for (int from = 0; from < all.size(); from += sizeMax) {
      List<Call> some = all.subList(from, Math.min(all.size(), from + sizeMax));
      Submission submission =
          new Submission(
              this,
              some.get(0).function,
              policy,
              memoized,
              LIFETIME_MILLIS,
              job ? all.size() : 1,
              false,
              some.stream().map(call -> call.input).toList());
      calls.put(submission, some);
      inputs.add(new Input.Submit(submission));
    }
    inputs(inputs);
    return all;
  }
}
