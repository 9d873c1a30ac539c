package io.minga.simulations.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SimulationTest {
  @Test
  void run_jumpsFromEventToEvent_andStopsWhereItShould() {
    Simulation simulation = new Simulation(1);
    List<Long> moments = new ArrayList<>();
    simulation.at(30, () -> moments.add(simulation.nowNanos()));
    simulation.at(
        10,
        () -> {
          moments.add(simulation.nowNanos());
          simulation.after(5, () -> moments.add(simulation.nowNanos()));
        });

    simulation.run(20);

    assertThat(moments).containsExactly(10L, 15L);
    assertThat(simulation.nowNanos()).isEqualTo(20);
    simulation.run(40);
    assertThat(moments).containsExactly(10L, 15L, 30L);
    assertThat(simulation.events()).isEqualTo(3);
  }

  @Test
  void event_ofThePast_happensNow() {
    Simulation simulation = new Simulation(1);
    simulation.run(100);
    List<Long> moments = new ArrayList<>();

    simulation.at(50, () -> moments.add(simulation.nowNanos()));
    simulation.run(100);

    assertThat(moments).containsExactly(100L);
  }

  @Test
  void random_isThatOfSeedPurposeAndNumber() {
    long first = new Simulation(1).random("links", 2).nextLong();

    assertThat(new Simulation(1).random("links", 2).nextLong()).isEqualTo(first);
    assertThat(new Simulation(2).random("links", 2).nextLong()).isNotEqualTo(first);
    assertThat(new Simulation(1).random("peers", 2).nextLong()).isNotEqualTo(first);
    assertThat(new Simulation(1).random("links", 3).nextLong()).isNotEqualTo(first);
  }
}
