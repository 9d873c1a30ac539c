package io.minga.simulations.node;

import static io.minga.simulations.events.Simulation.MILLI;
import static io.minga.simulations.events.Simulation.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import io.minga.simulations.plan.Burst;
import io.minga.simulations.plan.Lengths;
import io.minga.simulations.plan.Machine;
import io.minga.simulations.plan.Plan;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Five peers between which directions are cut, in 200 ways and those that once took too long;
 * {@code -Dmatrices=2000} for more.
 */
final class MatricesTest {
  private static final int PEERS = 5;
  private static final int CUT_PERCENT = 30;
  private static final int TASKS = 20;

  /** Everybody knows everybody, and the first jobs are under way. */
  private static final long CUT_NANOS = 4 * SECOND;

  /** Longer than a link may be dead before its ends notice. */
  private static final long HEALED_NANOS = CUT_NANOS + 20 * SECOND;

  private static final long MERGED_NANOS = 10 * SECOND;
  private static final long END_NANOS = HEALED_NANOS + 60 * SECOND;

  @Test
  void peers_workOnBothSides_andKnowTheSame_soonAfterItIsHealed() {
    int matrices = Integer.getInteger("matrices", 200);
    long longest = 0;
    int cut = 0;
    for (int seed : seeds(matrices)) {
      World world = new World(plan(seed), true, -1);
      cut += begin(world, seed);
      while (world.ledger().open() > 0 && world.simulation().step(END_NANOS)) {
        // until all is done
      }
      assertThat(world.ledger().open()).as("tasks without an outcome, seed %d", seed).isZero();
      long from = Math.max(HEALED_NANOS, world.simulation().nowNanos());
      while ((world.simulation().nowNanos() < from || !isAgreed(world))
          && world.simulation().step(from + MERGED_NANOS)) {
        // until all know the same
      }
      assertThat(isAgreed(world)).as("all know the same, seed %d", seed).isTrue();
      longest = Math.max(longest, world.simulation().nowNanos() - from);
    }
    System.out.printf(
        "%d matrices, %d directions cut, the same known after %d ms at most%n",
        seeds(matrices).length, cut, longest / MILLI);
  }

  private static int[] seeds(int matrices) {
    return IntStream.concat(IntStream.rangeClosed(1, matrices), IntStream.of(772, 935, 1477))
        .toArray();
  }

  private static Plan plan(int seed) {
    List<Machine> machines = Collections.nCopies(PEERS, Machine.of(2, 1));
    List<Burst> bursts = new ArrayList<>();
    for (int peer = 0; peer < PEERS; peer++) {
      Lengths lengths = Lengths.fixed(TASKS, (double) (200 * MILLI));
      bursts.add(Burst.job(CUT_NANOS - SECOND / 2, peer, lengths));
      bursts.add(Burst.job(CUT_NANOS + SECOND, peer, lengths));
    }
    return Plan.of("matrices", seed, machines, bursts);
  }

  /** Adds the peers, and draws what is cut; in how many directions. */
  private static int begin(World world, int seed) {
    world.plan().machines().forEach(world::add);
    world.joinAll();
    for (int i = 0; i < world.plan().bursts().size(); i++) {
      int burst = i;
      world.simulation().at(world.plan().bursts().get(i).atNanos(), () -> world.submit(burst));
    }
    SplittableRandom random = new SplittableRandom(seed);
    int cut = 0;
    for (int i = 0; i < PEERS; i++) {
      for (int j = 0; j < PEERS; j++) {
        int from = i;
        int to = j;
        if (i != j && random.nextInt(100) < CUT_PERCENT) {
          world.simulation().at(CUT_NANOS, () -> cut(world, from, to));
          world.simulation().at(HEALED_NANOS, () -> world.network().mend(from, to));
          cut++;
        }
      }
    }
    return cut;
  }

  private static void cut(World world, int from, int to) {
    world.struck(NodeFault.ONE_WAY_CUT);
    world.ledger().mayLackPeers();
    world.network().cut(from, to);
  }

  private static boolean isAgreed(World world) {
    for (int peer = 1; peer < PEERS; peer++) {
      if (!world.peer(peer).core().claimsDigest().equals(world.peer(0).core().claimsDigest())) {
        return false;
      }
    }
    return true;
  }
}
