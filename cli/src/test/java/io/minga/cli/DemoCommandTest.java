package io.minga.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.minga.cli.control.Json;
import java.net.NetworkInterface;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code minga demo}, with processes of its own. */
@Timeout(300)
final class DemoCommandTest {
  @Test
  void demo_computesPi_onFourPeers_andLeavesNothing() throws Exception {
    assumeTrue(
        NetworkInterface.getByName("lo") != null,
        "the loopback interface of this machine is not called lo");

    try (MingaProcess demo =
        MingaProcess.start("demo", "--json", "--tasks", "100", "--points", "100000")) {
      assertThat(demo.exitCode()).as("%s", demo.err()).isZero();
      JsonNode all = Json.parse(demo.out().get(0));

      assertThat(all.path("pi").doubleValue()).isCloseTo(Math.PI, within(0.01));
      int tasks = 0;
      for (JsonNode peer : all.path("peers")) {
        tasks += peer.path("tasks").intValue();
      }
      assertThat(tasks).isEqualTo(100);
      assertThat(demo.children()).isEmpty();
    }
  }
}
