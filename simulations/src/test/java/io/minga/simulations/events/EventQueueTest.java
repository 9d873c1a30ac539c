package io.minga.simulations.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.minga.libp2p.wire.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class EventQueueTest {
  static LongStream seeds() {
    return Seeds.seeds(20);
  }

  private record Expected(long moment, int number) {}

  @ParameterizedTest
  @MethodSource("seeds")
  void eventsComeInOrderOfMoments_andOfArrivalWithinOne(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    EventQueue queue = new EventQueue();
    List<Expected> waiting = new ArrayList<>();
    List<Integer> happened = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      if (waiting.isEmpty() || random.nextInt(5) < 3) {
        int number = i;
        long moment = random.nextInt(100);
        queue.add(moment, () -> happened.add(number));
        waiting.add(new Expected(moment, number));
      } else {
        Expected first = waiting.get(0);
        for (Expected it : waiting) {
          first = it.moment < first.moment ? it : first;
        }
        waiting.remove(first);
        assertThat(queue.earliestNanos()).isEqualTo(first.moment);
        queue.remove().happen();
        assertThat(happened.get(happened.size() - 1)).isEqualTo(first.number);
      }
      assertThat(queue.size()).isEqualTo(waiting.size());
    }
  }

  @Test
  void remove_ofNothing_isRefused() {
    assertThatThrownBy(() -> new EventQueue().remove()).isInstanceOf(IllegalStateException.class);
  }
}
