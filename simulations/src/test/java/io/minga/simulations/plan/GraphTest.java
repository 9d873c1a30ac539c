package io.minga.simulations.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class GraphTest {
  @Test
  void everyCall_isReadyOnceItsParentsAreOver() {
    Graph graph = Graph.epochs(new SplittableRandom(1), 103, 7, 5);
    int[] waits = new int[graph.size()];
    for (int call = 0; call < waits.length; call++) {
      waits[call] = graph.parents(call);
    }
    for (int call = 0; call < waits.length; call++) {
      int parent = call;
      assertThat(waits[call]).isZero();
      graph.children(
          call,
          child -> {
            assertThat(child).isGreaterThan(parent);
            waits[child]--;
          });
    }
  }

  @Test
  void longestWay_isThroughAllLayersAndEpochs() {
    Graph graph = Graph.epochs(new SplittableRandom(1), 1000, 20, 100);
    assertThat(graph.size()).isEqualTo(100_000);
    assertThat(graph.longestNanos(Lengths.fixed(graph.size(), 1))).isEqualTo(119);
  }

  @Test
  void firstLayer_comesAfterNothing() {
    Graph graph = Graph.epochs(new SplittableRandom(1), 100, 10, 2);
    for (int node = 0; node < 100; node++) {
      assertThat(graph.parents(node) == 0).isEqualTo(node < 10);
      assertThat(graph.parents(100 + node) == 1).isEqualTo(node < 10);
    }
  }
}
