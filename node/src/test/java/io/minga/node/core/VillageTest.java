package io.minga.node.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.minga.node.task.FunctionName;
import io.minga.node.task.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever fails: every call that came in gets one outcome, as long as its submitter lives. */
final class VillageTest {
  private static final int SEEDS = Integer.getInteger("seeds", 200);

  static LongStream seeds() {
    Long one = Long.getLong("seed");
    return one != null ? LongStream.of(one) : LongStream.rangeClosed(1, SEEDS);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void everyCall_hasOneOutcome_andTheSameAgain(long seed) {
    Run run = new Run(seed);
    run.play();
    run.check();
    Run again = new Run(seed);
    again.play();
    assertThat(again.village.trace).as("trace of seed %d", seed).isEqualTo(run.village.trace);
  }

  /** A random village, with random work and random faults. */
  private static final class Run {
    final long seed;
    final Village village;
    final List<Call> calls = new ArrayList<>();
    final List<House> submitters = new ArrayList<>();
    int kills;
    int cuts;

    Run(long seed) {
      this.seed = seed;
      this.village = new Village(seed);
    }

    void play() {
      int peers = 2 + village.random.nextInt(6);
      for (int i = 0; i < peers; i++) {
        int slots = i == 0 ? village.random.nextInt(2) : 1 + village.random.nextInt(4);
        village.add(
            slots, 0.5 + village.random.nextDouble(), Village.WORK, Village.FLAKY, Village.KILLER);
      }
      submitters.add(village.houses.get(0));
      submitters.add(village.houses.get(1));
      village.connectAll();
      for (int i = 0; i < 12; i++) {
        village.in(village.random.nextInt(3_000), this::submit);
      }
      for (int i = village.random.nextInt(12); i > 0; i--) {
        village.in(village.random.nextInt(4_000), this::cut);
      }
      for (int i = village.random.nextInt(peers - 1); i > 0; i--) {
        village.in(village.random.nextInt(4_000), this::kill);
      }
      for (int i = village.random.nextInt(4); i > 0; i--) {
        village.in(village.random.nextInt(4_000), this::cutOneWay);
      }
      village.in(village.random.nextInt(4_000), this::join);
      if (village.random.nextInt(3) == 0) {
        village.in(village.random.nextInt(4_000), this::leave);
      }
      village.pass(4_000);
      village.passUntilDone(calls, 120_000);
      village.pass(15_000);
    }

    private void submit() {
      House from = submitters.get(village.random.nextInt(submitters.size()));
      FunctionName function =
          switch (village.random.nextInt(8)) {
            case 0 -> Village.FLAKY;
            case 1 -> Village.KILLER;
            default -> Village.WORK;
          };
      int count = 1 + village.random.nextInt(village.random.nextBoolean() ? 10 : 700);
      int micros = village.random.nextBoolean() ? 50 : 20_000;
      boolean job = village.random.nextBoolean();
      if (village.random.nextInt(4) == 0) { // calls that meet those of others
        List<Integer> inputs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
          inputs.add(1 + village.random.nextInt(2 * micros) % 97);
        }
        calls.addAll(from.memoized(function, inputs, job));
      } else {
        calls.addAll(from.submit(function, count, micros, job));
      }
      if (village.random.nextInt(10) == 0) {
        from.input(
            new Input.Cancel(List.copyOf(from.calls.keySet()).get(from.calls.size() - 1), -1));
      }
    }

    private void cut() {
      House one = village.houses.get(village.random.nextInt(village.houses.size()));
      House other = village.houses.get(village.random.nextInt(village.houses.size()));
      if (one != other) {
        village.roads.disconnect(one, other);
        cuts++;
      }
    }

    /** One hears the other no more, for a while; then it does, or the connection is lost. */
    private void cutOneWay() {
      House one = village.houses.get(village.random.nextInt(village.houses.size()));
      House other = village.houses.get(village.random.nextInt(village.houses.size()));
      if (one == other) {
        return;
      }
      village.roads.block(one, other);
      cuts++;
      boolean heals = village.random.nextBoolean();
      village.in(
          village.random.nextInt(5_000),
          () -> {
            if (!heals) {
              village.roads.disconnect(one, other);
            }
            village.roads.unblock(one, other);
          });
    }

    private void kill() {
      House one = village.houses.get(village.random.nextInt(village.houses.size()));
      long workers = village.houses.stream().filter(it -> it.isUp() && it.slots.count > 0).count();
      if (!submitters.contains(one) && one.alive && workers > 2) {
        village.kill(one);
        kills++;
      }
    }

    private void leave() {
      House one = village.houses.get(village.houses.size() - 1);
      if (!submitters.contains(one) && one.alive) {
        one.input(new Input.Leave());
        cuts++;
      }
    }

    private void join() {
      House fresh = village.add(2, 1, Village.WORK, Village.FLAKY, Village.KILLER);
      village.roads.connectWithAll(fresh);
    }

    void check() {
      for (Call call : calls) {
        assertThat(call.outcomes)
            .as("seed %d: outcomes of a call of %s", seed, call.function)
            .hasSize(1);
        Outcome outcome = call.outcomes.get(0);
        if (call.function.equals(Village.WORK) && outcome instanceof Outcome.Failure failure) {
          assertThat(failure.kind())
              .as("seed %d: %s", seed, failure)
              .isIn(Outcome.Kind.CANCELLED, Outcome.Kind.WORKER_DIED);

          if (failure.kind() == Outcome.Kind.WORKER_DIED) {
            assertThat(kills + cuts).as("seed %d", seed).isGreaterThan(1);
          }
        }
      }
      assertThat(village.moves.most()).as("seed %d", seed).isLessThanOrEqualTo(5);
      for (House house : village.houses) {
        assertThat(house.misbehaved).as("seed %d", seed).isEmpty();
        if (house.isUp()) {
          assertThat(house.core.isIdle())
              .as("seed %d: house %d has nothing left to do", seed, house.number)
              .isTrue();
        }
      }
    }
  }
}
