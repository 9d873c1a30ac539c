package io.minga.node.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.minga.node.task.MoveFrame;
import io.minga.node.task.Outcome;
import io.minga.node.task.WorkFrame;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever fails in the middle of a move: each call has one outcome, and none is lost. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class MoveFaultsTest {
  private static final int SEEDS = Integer.getInteger("seeds", 200);

  /** Which faults have struck, and how often. */
  private final Map<String, Integer> struck = new LinkedHashMap<>();

  static LongStream seeds() {
    Long one = Long.getLong("seed");
    return one != null ? LongStream.of(one) : LongStream.rangeClosed(1, SEEDS);
  }

  /** Where in a move something fails, by what somebody is just doing. */
  private enum Step {
    OFFER,
    ACCEPT,
    CLAIM,
    HOLD,
    FETCH,
    CANCEL,
    RESULT
  }

  private enum Role {
    GIVER,
    RECEIVER,
    SUBMITTER
  }

  private enum Fault {
    DEATH,
    CUT,
    SILENCE
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void faultInAMove_losesNothing(long seed) {
    Run run = new Run(seed);
    run.play();
    run.check();
    if (run.struck) {
      struck.merge(run.fault + " of " + run.role + " at " + run.step, 1, Integer::sum);
    }
  }

  /** A campaign in which many faults never struck would show nothing. */
  @AfterAll
  void faultsStruck() {
    if (Long.getLong("seed") == null && SEEDS >= 200) {
      assertThat(struck).hasSizeGreaterThan(50);
    }
  }

  @Test
  void sameSeed_sameTrace() {
    for (long seed = 1; seed <= 5; seed++) {
      Run one = new Run(seed);
      Run two = new Run(seed);
      one.play();
      two.play();
      assertThat(one.village.trace).as("seed %d", seed).isEqualTo(two.village.trace);
    }
  }

  /** Owners of which one is laden; and one fault at one step of a move, or two. */
  private static final class Run {
    final long seed;
    final Village village;
    final Step step;
    final Role role;
    final Fault fault;
    final House submitter;
    final House giver;
    final List<House> others = new ArrayList<>();
    final List<Call> calls = new ArrayList<>();
    final List<String> doubles = new ArrayList<>();
    int waits;
    boolean begun;
    boolean struck;
    @Nullable House receiver;

    Run(long seed) {
      this.seed = seed;
      this.village = new Village(seed);
      this.step = List.of(Step.values()).get((int) (seed % 7));
      this.role = List.of(Role.values()).get((int) (seed / 7 % 3));
      this.fault = List.of(Fault.values()).get((int) (seed / 21 % 3));
      this.waits = village.random.nextInt(3);
      this.village.loud = step == Step.CLAIM || village.random.nextBoolean();
      this.submitter = village.add(village.random.nextInt(2), 1, Village.WORK);
      this.giver = village.add(2, 1 + village.random.nextInt(3), Village.WORK);
      for (int i = 1 + village.random.nextInt(2); i > 0; i--) {
        others.add(village.add(2, 0.5 + village.random.nextDouble(), Village.WORK));
      }
    }

    void play() {
      village.watcher = this::watch;
      for (House other : others) {
        village.roads.bar(submitter, other); // so that all is pushed to one
      }
      village.meet(2_500);
      // As long as tasks are believed to be short, many go out at once.
      List<Call> shortOnes = submitter.submit(Village.WORK, 300, 1_000, true);
      assertThat(village.passUntilDone(shortOnes, 60_000)).isTrue();
      begun = true;
      int more =
          village.random.nextBoolean() ? 40 : 300; // the batches of few lie in their announcements
      calls.addAll(submitter.submit(Village.WORK, 400, 120_000, true));
      village.in(
          village.random.nextInt(3_000),
          () -> calls.addAll(submitter.submit(Village.WORK, more, 60_000, true)));
      village.in(2_000 + village.random.nextInt(8_000), village.roads::unbar);
      for (int i = 0; i < 120; i++) {
        village.pass(100);
        doubles.addAll(village.moves.doubles());
      }
      village.passUntilDone(calls, 120_000);
      village.pass(16_000);
    }

    private void watch(House house, Effect effect) {
      Step now = step(house, effect);
      if (now == Step.ACCEPT && receiver == null) {
        receiver = house;
      }
      if (now == step && begun && !struck && (step == Step.FETCH || waits-- <= 0)) {
        struck = true;
        village.at(village.nowNanos + village.random.nextLong(8_000_000), this::strike);
      }
    }

    private @Nullable Step step(House house, Effect effect) {
      if (effect instanceof Effect.SendMove send) {
        MoveFrame frame = Frames.read(send);
        return frame instanceof MoveFrame.Offer
            ? Step.OFFER
            : frame instanceof MoveFrame.Accept ? Step.ACCEPT : null;
      }
      if (effect instanceof Effect.Send send) {
        WorkFrame frame = Frames.read(send);
        if (frame instanceof WorkFrame.Hold) {
          return Step.HOLD;
        } else if (frame instanceof WorkFrame.CancelTasks) {
          return Step.CANCEL;
        }
        return frame instanceof WorkFrame.Results && house == receiver ? Step.RESULT : null;
      }
      if (effect instanceof Effect.Claim) {
        return house == receiver ? Step.CLAIM : null;
      }
      return effect instanceof Effect.Fetch ? Step.FETCH : null;
    }

    private void strike() {
      House taker = receiver == null ? others.get(0) : receiver;
      House who =
          switch (role) {
            case GIVER -> giver;
            case RECEIVER -> taker;
            case SUBMITTER -> submitter;
          };
      village.in(1_000, this::meet);
      switch (fault) {
        case DEATH -> village.kill(who);
        case CUT ->
            List.copyOf(who.neighbours).forEach(other -> village.roads.disconnect(who, other));
        case SILENCE -> {
          village.gossip.mute.add(who);
          village.in(3_000, () -> village.gossip.mute.remove(who));
        }
      }
    }

    /** Lets everybody connect, so that somebody can run what is left. */
    private void meet() {
      village.roads.unbar();
      village.connectAll();
    }

    void check() {
      assertThat(doubles).as("seed %d", seed).isEmpty();
      assertThat(village.moves.most()).as("seed %d", seed).isLessThanOrEqualTo(5);
      for (Call call : submitter.alive ? calls : List.<Call>of()) {
        assertThat(call.outcomes).as("seed %d, %s of %s at %s", seed, fault, role, step).hasSize(1);
        assertThat(call.outcomes.get(0)).as("seed %d", seed).isInstanceOf(Outcome.Value.class);
      }
      for (House house : village.houses) {
        assertThat(house.misbehaved).as("seed %d", seed).isEmpty();
        if (house.alive) {
          assertThat(house.core.isIdle()).as("seed %d: house %d", seed, house.number).isTrue();
        }
      }
    }
  }
}
