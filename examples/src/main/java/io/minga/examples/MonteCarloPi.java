package io.minga.examples;

import io.minga.node.LocalNetwork;
import io.minga.node.Peer;
import io.minga.node.RemoteFunction;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;

/** Computes π: of the darts that hit a square at random, π/4 hit the quarter of a circle in it. */
public final class MonteCarloPi {
  private static final int TASKS = 1_000;
  private static final int DARTS = 50_000;

  private MonteCarloPi() {}

  /** What a peer does for one task: throws its darts, the same ones for the same seed. */
  static int hits(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int hits = 0;
    for (int i = 0; i < DARTS; i++) {
      double x = random.nextDouble();
      double y = random.nextDouble();
      hits += x * x + y * y < 1 ? 1 : 0;
    }
    return hits;
  }

  static double pi(RemoteFunction<Long, Integer> throwDarts) {
    List<Long> seeds = LongStream.range(0, TASKS).boxed().toList();
    long hits = throwDarts.map(seeds).results().mapToLong(Integer::longValue).sum();
    return 4.0 * hits / ((double) TASKS * DARTS);
  }

  public static void main(String[] args) {
    try (LocalNetwork network = LocalNetwork.start(4)) {
      for (Peer peer : network.peers()) {
        peer.register("pi.darts", Long.class, Integer.class, MonteCarloPi::hits);
      }
      double pi = pi(network.peer(0).function("pi.darts", Long.class, Integer.class));
      System.out.printf("π is %.4f, by %,d darts%n", pi, (long) TASKS * DARTS);
    }
  }
}
