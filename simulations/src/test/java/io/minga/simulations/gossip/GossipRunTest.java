package io.minga.simulations.gossip;

import static io.minga.simulations.events.Simulation.MILLI;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.minga.simulations.network.LinkOptions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The short forms of what {@code simulations/run gossip} runs at full length. */
final class GossipRunTest {
  private static GossipScenario small(long seed) {
    return GossipScenario.of(seed, 80).withMessages(60, 5, 256);
  }

  @Test
  void aThousandPeers_withLoss_allGetEverything() {
    LinkOptions link =
        LinkOptions.DEFAULT.withLatencyNanos(200 * MILLI, 200 * MILLI).withFaults(0.01, 0, 0);
    Report report =
        new GossipRun(GossipScenario.of(7, 1000).with(link).withMessages(20, 10, 256)).run();

    assertThat(report.number("deliveriesDue")).isEqualTo(20 * 999);
    assertThat(report.number("deliveriesMissing")).as(report.toJson()).isZero();
    // three hops at 200 ms, and what a lost packet costs: a timeout of 600 ms
    assertThat(report.number("arrivalP50Millis")).isBetween(400.0, 800.0);
    assertThat(report.number("arrivalMaxMillis")).isBetween(600.0, 5000.0);
    assertThat(report.number("duplicatesPerMessageAndPeer")).isBetween(2.0, 12.0);
  }

  @Test
  void sameSeed_givesTheSameTraceAndReport() {
    String report = new GossipRun(small(3)).run().toJson();

    assertThat(new GossipRun(small(3)).run().toJson()).isEqualTo(report);
    assertThat(new GossipRun(small(4)).run().toJson()).isNotEqualTo(report);
  }

  @ParameterizedTest
  @EnumSource(value = Attack.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void attack_withDefaultOptions_keepsNobodyFromAnything(Attack attack) {
    Report report = new GossipRun(small(7).with(attack)).run();

    assertThat(report.number("sybils")).isEqualTo(80);
    assertThat(report.number("deliveredPercent")).as(report.toJson()).isGreaterThanOrEqualTo(99.9);
    if (attack == Attack.ECLIPSE) {
      assertThat(report.number("targetDeliveredPercent")).isGreaterThanOrEqualTo(99.9);
    }
  }

  @Test
  void churn_ofAFifthAMinute_keepsNobodyWhoStaysFromAnything() {
    Report report = new GossipRun(small(7).withChurn(0.2)).run();

    assertThat(report.number("deliveredPercent")).as(report.toJson()).isGreaterThanOrEqualTo(99.9);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 8})
  void twoHalves_withALinkOrAFew_areOne(int links) {
    Report report = new GossipRun(small(7).asHalves(links)).run();

    assertThat(report.number("connectionsAcross")).isGreaterThanOrEqualTo(links);
    assertThat(report.number("deliveredPercent")).as(report.toJson()).isGreaterThanOrEqualTo(99.9);
  }

  @Test
  void report_isReadAsJson_andAsATable() throws Exception {
    Report report = new Report();
    report.put("attack", "none");
    report.put("peers", 1000);
    report.put("share", 0.5);

    JsonNode json = new ObjectMapper().readTree(report.toJson());

    assertThat(json.get("attack").asText()).isEqualTo("none");
    assertThat(json.get("peers").asInt()).isEqualTo(1000);
    assertThat(json.get("share").asDouble()).isEqualTo(0.5);
    assertThat(Report.table(List.of(report, report)))
        .isEqualTo(
            """
            | attack | none | none |
            | --- | ---: | ---: |
            | peers | 1000 | 1000 |
            | share | 0.5 | 0.5 |
            """);
  }
}
