package io.minga.node.task;

import static io.minga.node.task.Samples.LIMITS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TaskLimitsTest {
  private static TaskLimits withBatchTasks(int batchTasksMax) {
    return new TaskLimits(
        10,
        10,
        10,
        0,
        batchTasksMax,
        1_000,
        1,
        Duration.ofDays(1),
        64,
        0,
        1,
        1,
        1_000,
        0,
        0,
        0,
        1,
        100,
        10,
        10,
        10);
  }

  @Test
  void limitThatLetsNothingPass_orMoreThanTheFormatsHold_isRefused() {
    assertThat(withBatchTasks(256).workFrameBytesMax()).isEqualTo(2_024);
    assertThatThrownBy(() -> withBatchTasks(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("batchTasksMax is 1 to 256, not 0");
    assertThatThrownBy(() -> withBatchTasks(257)).hasMessageContaining("not 257");
  }

  @Test
  void messageAboveALimit_isRefused_beforeItIsRead() {
    Bytes tooLong = Bytes.copyOf(new byte[LIMITS.workFrameBytesMax() + 1]);

    assertThatThrownBy(() -> WorkFrame.decode(LIMITS, tooLong))
        .isInstanceOf(WireException.class)
        .hasMessage("WorkFrame of 263169 B is above 263168 B");
    assertThatThrownBy(() -> Batch.decode(withBatchTasks(1), Samples.batch(2).bytes()))
        .isInstanceOf(WireException.class);
    assertThatThrownBy(() -> Batch.decode(LIMITS, tooLong)).hasMessageContaining("above 262144 B");
  }

  @Test
  void longestFrames_areWithinTheirLimits() throws Exception {
    List<MoveFrame.Lot> lots = new ArrayList<>();
    for (int i = 0; i < LIMITS.partsMax(); i++) {
      lots.add(
          new MoveFrame.Lot(
              TaskCid.ofMessage(Bytes.of(i)),
              Samples.BOB,
              Integer.MAX_VALUE,
              everyOther(),
              Long.MAX_VALUE));
    }
    MoveFrame offer = new MoveFrame.Offer(Long.MAX_VALUE, lots);
    BlockFrame chunk = new BlockFrame.Chunk(Bytes.copyOf(new byte[LIMITS.blockChunkBytesMax()]));

    assertThat(MoveFrame.decode(LIMITS, offer.encode())).isEqualTo(offer);
    assertThat(BlockFrame.decode(LIMITS, chunk.encode())).isEqualTo(chunk);
  }

  private static IndexSet everyOther() {
    int[] indexes = new int[IndexSet.CAPACITY / 2];
    for (int i = 0; i < indexes.length; i++) {
      indexes[i] = 2 * i;
    }
    return IndexSet.of(indexes);
  }

  @Test
  void largestBatch_isPushed() throws Exception {
    BatchBuilder builder = new BatchBuilder(LIMITS, Samples.HEADER);
    Payload large = Payload.of(Bytes.copyOf(new byte[64 * 1024]));
    int rest = LIMITS.batchBytesMax() - 64 - 3 * (64 * 1024 + 24) - 24;
    for (int i = 0; i < 3; i++) {
      builder.addSalted(Samples.NOOP, large, i);
    }
    builder.addSalted(Samples.NOOP, Payload.of(Bytes.copyOf(new byte[rest])), 3);
    WorkFrame push =
        new WorkFrame.Push(Long.MAX_VALUE, builder.build(), IndexSet.of(1, 3), Integer.MAX_VALUE);

    assertThat(WorkFrame.decode(LIMITS, push.encode())).isEqualTo(push);
  }
}
