package io.minga.node.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.minga.libp2p.wire.Bytes;
import io.minga.node.core.NodeOptions;
import io.minga.node.core.Submission;
import io.minga.node.task.FunctionName;
import io.minga.node.task.Payload;
import io.minga.node.task.Policy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class PeerRuntimeTest {
  private static final Duration SOON = Duration.ofSeconds(30);

  @Test
  void defectOnTheLoop_endsThePeer_andIsSaid() {
    CompletableFuture<String> told = new CompletableFuture<>();
    try (PeerRuntime runtime = PeerRuntime.alone(NodeOptions.of("alone", 1))) {
      FunctionName function = new FunctionName("echo");
      Submission submission =
          submit(
              runtime,
              function,
              (call, outcome, peer, attempts) -> {
                throw new IllegalStateException("a defect");
              });
      runtime.cancel(submission);

      assertThat(runtime.failure())
          .succeedsWithin(SOON)
          .asString()
          .isEqualTo(
              "this peer has stopped because of a defect:"
                  + " java.lang.IllegalStateException: a defect");
      submit(
          runtime, function, (call, outcome, peer, attempts) -> told.complete(outcome.toString()));
      assertThat(told).succeedsWithin(SOON).asString().contains("this peer is closed");
    }
  }

  private static Submission submit(PeerRuntime runtime, FunctionName function, Caller caller) {
    List<Payload> inputs = List.of(Payload.of(Bytes.EMPTY));
    return runtime.submit(caller, function, Policy.DEFAULT, false, 60_000, 1, false, inputs);
  }
}
