package io.minga.node.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Peers that are not alike share a job so that all end together, in virtual time. */
final class UnequalPeersTest {
  private static final int[] SLOTS = {1, 2, 4, 8};
  private static final int TASKS = 600;
  private static final double MEAN_MILLIS = 125;
  private static final double LONGEST_MILLIS = 250;

  private static LongStream seeds() {
    Long one = Long.getLong("seed");
    return one == null ? LongStream.rangeClosed(1, 8) : LongStream.of(one);
  }

  /** A peer that only calls, and others. */
  private static final class Crew {
    final Village village;
    final House caller;
    final List<House> workers = new ArrayList<>();

    Crew(long seed, double... slowness) {
      village = new Village(seed);
      caller = village.add(0, 1);
      for (int i = 0; i < slowness.length; i++) {
        workers.add(village.add(SLOTS[i], slowness[i], Village.WORK));
      }
      village.meet(1_000);
    }

    /** Runs the job; how many milliseconds it took. */
    double run() {
      List<Call> job = caller.submit(Village.WORK, TASKS, (int) (1000 * MEAN_MILLIS), true);
      long before = village.nowNanos;
      assertThat(village.passUntilDone(job, 600_000)).isTrue();
      return (village.nowNanos - before) / 1e6;
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void moreSlots_moreTasks(long seed) {
    Crew crew = new Crew(seed, 1, 1, 1, 1);

    double millis = crew.run();

    assertThat(millis).as("seed %d", seed).isLessThan(1.1 * ideal(15) + LONGEST_MILLIS);
    for (int i = 0; i < SLOTS.length; i++) {
      assertThat(15.0 * crew.workers.get(i).slots.ran / SLOTS[i] / TASKS)
          .as("seed %d, %d slots, part of its share", seed, SLOTS[i])
          .isCloseTo(1, within(0.25));
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void slowPeer_getsWhatItCanDo(long seed) {
    Crew crew = new Crew(seed, 1, 1, 4, 1);

    double millis = crew.run();

    assertThat(millis).as("seed %d", seed).isLessThan(1.1 * ideal(12) + 4 * LONGEST_MILLIS);
    assertThat(12.0 * crew.workers.get(2).slots.ran / TASKS)
        .as("seed %d, part of its share", seed)
        .isBetween(0.5, 1.5);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void verySlowPeer_holdsNobodyUp(long seed) {
    Crew crew = new Crew(seed, 20, 1, 1, 1);

    double millis = crew.run();

    assertThat(millis).as("seed %d", seed).isLessThan(1.1 * ideal(14) + 20 * LONGEST_MILLIS);
  }

  private static double ideal(double rate) {
    return TASKS * MEAN_MILLIS / rate;
  }
}
