package io.minga.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** What {@code benchmarks/run} says before it runs anything. */
final class RunTest {
  @Test
  void anUnknownBenchmark_isAnsweredWithWhatThereIs() throws Exception {
    Process run = start("hots");

    assertThat(output(run))
        .isEqualTo(
            "benchmarks: unknown benchmark 'hots'; there are host, gossip, tasks and journal, and"
                + " help says more\n");
    assertThat(run.waitFor()).isEqualTo(2);
  }

  @Test
  void help_namesAllThatThereIs() throws Exception {
    Process run = start("help");

    assertThat(output(run))
        .contains("  host ")
        .contains("  gossip ")
        .contains("host: idle-10 ")
        .contains("  tasks ")
        .contains("gossip: throughput propagation crowd-10")
        .contains("tasks: start singly job call queued")
        .contains("journal: job singly one recover");
    assertThat(run.waitFor()).isZero();
  }

  private static Process start(String argument) throws IOException {
    return new ProcessBuilder("bash", "run", argument).redirectErrorStream(true).start();
  }

  private static String output(Process run) throws IOException {
    return new String(run.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }
}
