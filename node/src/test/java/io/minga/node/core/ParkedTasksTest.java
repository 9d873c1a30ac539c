package io.minga.node.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.minga.libp2p.HostOptions;
import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.wire.Bytes;
import io.minga.node.task.FunctionName;
import io.minga.node.task.Payload;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Tasks that have begun and wait for others, as those of a function that calls itself. */
final class ParkedTasksTest {
  private static final FunctionName WORK = new FunctionName("work");

  @Test
  void tasksThatAllWait_keepNoOtherFromBeginning() {
    PeerId self = PeerId.of(HostOptions.defaults().identity().publicKey());
    NodeCore core =
        new NodeCore(
            self,
            NodeOptions.of("test", 1),
            RandomGenerator.of("L64X128MixRandom"),
            () -> 1_000_000);
    long nowNanos = 0;
    core.handle(nowNanos, new Input.Offer(List.of(WORK)));
    int begun = 0;
    for (int i = 0; i < 300; i++) {
      Payload input = Payload.of(Bytes.copyOf(new byte[] {(byte) i}));
      core.handle(nowNanos, new Input.Submit(Submission.single("caller", WORK, input)));
      List<Effect> effects = new ArrayList<>(core.endTurn(nowNanos));
      for (int at = 0; at < effects.size(); at++) {
        if (effects.get(at) instanceof Effect.Run run) {
          begun += run.indexes().size();
          core.handle(nowNanos, new Input.Parked(run.run(), run.indexes()));
          effects.addAll(core.endTurn(nowNanos));
        }
      }
      nowNanos += 1_000_000;
    }

    assertThat(begun).isEqualTo(300);
  }
}
