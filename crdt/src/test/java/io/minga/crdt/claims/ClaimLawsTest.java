package io.minga.crdt.claims;

import static org.assertj.core.api.Assertions.assertThat;

import io.minga.crdt.wire.Id;
import io.minga.libp2p.wire.Seeds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The laws of a join semilattice, over random histories of 3 to 7 peers. */
final class ClaimLawsTest {
  private static final int HISTORIES_PER_SEED = 1000;
  private static final int STEPS_MAX = 24;
  private static final int TASKS_MAX = 6;

  static LongStream seeds() {
    return Seeds.seeds(100);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void histories_keepEveryLaw(long seed) {
    RandomGenerator random = new SplittableRandom(seed);
    for (int n = 0; n < HISTORIES_PER_SEED; n++) {
      Replicas replicas =
          new Replicas(random, 3 + random.nextInt(5), 1 + random.nextInt(2), TASKS_MAX);
      for (int steps = 1 + random.nextInt(STEPS_MAX); steps > 0; steps--) {
        int peer = random.nextInt(replicas.peers.size());
        List<Standing> before = standings(replicas, replicas.sets.get(peer));
        replicas.step(peer);
        assertNoneFell(before, standings(replicas, replicas.sets.get(peer)));
      }
      joinIsIdempotentCommutativeAndAssociative(replicas, random);
      deltasInAnyOrderGiveTheState(replicas, random, seed);
      everyTaskIsInOnePhase(replicas);
    }
  }

  /** Where a register stands; the order is written out again, not that of the code under test. */
  private record Standing(int level, int epoch, boolean held, long rank, Id owner) {
    static final Standing LOWEST = new Standing(0, 0, false, 0, Replicas.id("nobody", 0));

    static Standing of(Id batch, int index, Register register) {
      Phase phase = register.phase();
      Id owner = register.owner();
      if (phase == null || owner == null) {
        return LOWEST;
      }
      int level = phase == Phase.SETTLED ? 3 : phase == Phase.DONE ? 2 : 1;
      long rank = level == 1 ? Registers.rank(batch, index, owner) : 0;
      return new Standing(level, register.epoch(), phase == Phase.HELD, rank, owner);
    }

    boolean isBelow(Standing other) {
      if (level != other.level) {
        return level < other.level;
      }
      if (epoch != other.epoch) {
        return epoch < other.epoch;
      }
      if (held != other.held) {
        return other.held;
      }
      int byRank = Long.compareUnsigned(rank, other.rank);
      return byRank != 0 ? byRank < 0 : owner.compareTo(other.owner) < 0;
    }
  }

  private static List<Standing> standings(Replicas replicas, ClaimSet set) {
    List<Standing> standings = new ArrayList<>();
    for (BatchFacts facts : replicas.batches) {
      for (int index = 0; index < facts.count(); index++) {
        standings.add(Standing.of(facts.batch(), index, set.register(facts.batch(), index)));
      }
    }
    return standings;
  }

  private static void assertNoneFell(List<Standing> before, List<Standing> after) {
    for (int i = 0; i < before.size(); i++) {
      if (after.get(i).isBelow(before.get(i))) {
        throw new AssertionError(
            "register " + i + " fell from " + before.get(i) + " to " + after.get(i));
      }
    }
  }

  private static void joinIsIdempotentCommutativeAndAssociative(
      Replicas replicas, RandomGenerator random) {
    Id peer = replicas.peers.get(0);
    ClaimSet a = replicas.sets.get(random.nextInt(replicas.sets.size()));
    ClaimSet b = replicas.sets.get(random.nextInt(replicas.sets.size()));
    ClaimSet c = replicas.sets.get(random.nextInt(replicas.sets.size()));

    ClaimSet ab = replicas.copy(peer, a);
    assertEqual(replicas, a, ab);
    replicas.join(ab, b);
    ClaimSet ba = replicas.copy(peer, b);
    replicas.join(ba, a);
    assertEqual(replicas, ab, ba);

    ClaimSet abc = replicas.copy(peer, ab);
    replicas.join(abc, c);
    ClaimSet bc = replicas.copy(peer, b);
    replicas.join(bc, c);
    ClaimSet aOverBc = replicas.copy(peer, a);
    replicas.join(aOverBc, bc);
    assertEqual(replicas, abc, aOverBc);

    ClaimSet again = replicas.copy(peer, ab);
    replicas.join(again, a);
    replicas.join(again, again);
    assertEqual(replicas, ab, again);
  }

  private static void deltasInAnyOrderGiveTheState(
      Replicas replicas, RandomGenerator random, long seed) {
    ClaimSet byState = replicas.newSet(replicas.peers.get(0));
    replicas.sets.forEach(set -> replicas.join(byState, set));

    List<ClaimDelta> shuffled = new ArrayList<>(replicas.said);
    shuffled.addAll(replicas.said.subList(0, replicas.said.size() / 2));
    Collections.shuffle(shuffled, new Random(seed ^ random.nextLong()));
    ClaimSet byDeltas = replicas.newSet(replicas.peers.get(1));
    shuffled.forEach(delta -> byDeltas.merge(Replicas.NOW, delta));
    assertEqual(replicas, byState, byDeltas);

    ClaimSet byGroups = new ClaimSet(replicas.peers.get(2), Replicas.OPTIONS);
    grouped(shuffled).forEach(delta -> byGroups.merge(Replicas.NOW, delta));
    replicas.batches.forEach(facts -> byGroups.open(Replicas.NOW, facts));
    assertEqual(replicas, byState, byGroups);
  }

  /** Each delta merged into the one before it, where both are of one peer and batch. */
  private static List<ClaimDelta> grouped(List<ClaimDelta> deltas) {
    List<ClaimDelta> grouped = new ArrayList<>();
    for (ClaimDelta delta : deltas) {
      ClaimDelta last = grouped.isEmpty() ? null : grouped.get(grouped.size() - 1);
      if (last != null
          && last.claimant().equals(delta.claimant())
          && last.batch().equals(delta.batch())) {
        grouped.set(grouped.size() - 1, last.merge(delta));
      } else {
        grouped.add(delta);
      }
    }
    return grouped;
  }

  private static void everyTaskIsInOnePhase(Replicas replicas) {
    for (BatchFacts facts : replicas.batches) {
      for (ClaimSet set : replicas.sets) {
        IndexSet all = set.free(facts.batch());
        int size = all.size();
        for (Phase phase : List.of(Phase.HELD, Phase.DONE, Phase.SETTLED)) {
          IndexSet in = set.in(facts.batch(), phase);
          all = all.or(in);
          size += in.size();
        }
        if (size != facts.count() || !all.equals(IndexSet.range(0, size))) {
          throw new AssertionError("phases cover " + all + " of " + facts.count());
        }
      }
    }
  }

  private static void assertEqual(Replicas replicas, ClaimSet one, ClaimSet other) {
    if (!Arrays.equals(replicas.bytes(one), replicas.bytes(other))) {
      for (BatchFacts facts : replicas.batches) {
        assertThat(one.claims(facts.batch())).isEqualTo(other.claims(facts.batch()));
      }
      throw new AssertionError("equal claims have different bytes");
    }
    if (!one.digest().equals(other.digest())) {
      throw new AssertionError("equal sets have different digests");
    }
  }
}
