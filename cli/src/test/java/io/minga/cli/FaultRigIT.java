package io.minga.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import com.fasterxml.jackson.databind.JsonNode;
import io.minga.cli.control.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * The short form of the fault rig: peers as processes, some of which are killed, stopped or cut
 * off. It fails when a promise is broken, however slow the machine is. What could not be tried, or
 * was not seen to its end in time, is said, and is no failure.
 */
final class FaultRigIT {
  private static final int SECONDS = 50;
  private static final int END_SECONDS = 120;

  @Test
  void nothingAcknowledgedIsLost_whateverHappensToPeers() throws Exception {
    Process rig =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                "io.minga.simulations.cli.RigCommand",
                "--short",
                "--json",
                "--limit",
                String.valueOf(SECONDS))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    List<JsonNode> findings = new ArrayList<>();
    CompletableFuture.delayedExecutor(END_SECONDS, TimeUnit.SECONDS).execute(() -> end(rig));
    try {
      rig.getOutputStream().close();
      rig.inputReader(StandardCharsets.UTF_8)
          .lines()
          .forEach(
              line -> {
                System.out.println("rig: " + line);
                findings.add(Json.parse(line));
              });
    } finally {
      end(rig);
    }

    assertThat(findings).isNotEmpty();
    assertThat(findings).noneMatch(FaultRigIT::isBroken);
    if (findings.stream().noneMatch(FaultRigIT::isHeld)) {
      abort("no fault was seen to its end: " + findings);
    }
  }

  private static void end(Process rig) {
    rig.descendants().forEach(ProcessHandle::destroyForcibly);
    rig.destroyForcibly();
  }

  /**
   * The worst stands first. A task may fail by itself where peers stall for so long that all of its
   * attempts are given up.
   */
  private static boolean isBroken(JsonNode finding) {
    return finding.path("outcome").asText().equals("BROKEN")
        && !finding.path("notes").path(0).asText().startsWith("FAILED");
  }

  private static boolean isHeld(JsonNode finding) {
    return List.of("HELD", "OVER").contains(finding.path("outcome").asText());
  }
}
