package io.minga.node.journal;

import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.WireException;
import io.minga.node.task.Batch;
import io.minga.node.task.BatchBuilder;
import io.minga.node.task.BatchHeader;
import io.minga.node.task.BatchName;
import io.minga.node.task.FunctionName;
import io.minga.node.task.Outcome;
import io.minga.node.task.Payload;
import io.minga.node.task.Placement;
import io.minga.node.task.Policy;
import io.minga.node.task.Requirements;
import io.minga.node.task.ResultsBuilder;
import io.minga.node.task.TaskLimits;
import java.nio.ByteBuffer;

/** Durable batches and outcomes to test with. */
public final class Work {
  public static final TaskLimits LIMITS = TaskLimits.defaults();
  public static final Policy DURABLE =
      new Policy(5, 0, 3, Requirements.NONE, Placement.BALANCED, 1, 1, false, true, "");

  private static final FunctionName FUNCTION = new FunctionName("square");
  private static final long FOR_EVER_MILLIS = 4_000_000_000_000L;

  private Work() {}

  public static PeerId peer() {
    return peer("11");
  }

  public static PeerId peer(String digits) {
    try {
      return PeerId.decode(Bytes.fromHex("0024" + "08011220" + digits.repeat(32)));
    } catch (WireException impossible) {
      throw new AssertionError(impossible);
    }
  }

  /** A batch whose tasks have their places as inputs. */
  public static Batch batch(long lineage, long sequence, int tasks) {
    return batch(lineage, sequence, tasks, FOR_EVER_MILLIS);
  }

  public static Batch batch(long lineage, long sequence, int tasks, long expiresAtMillis) {
    BatchHeader header =
        new BatchHeader(
            "lab",
            peer(),
            lineage,
            sequence,
            expiresAtMillis - 1_000_000,
            expiresAtMillis,
            DURABLE);
    BatchBuilder builder = new BatchBuilder(LIMITS, header);
    for (int i = 0; i < tasks; i++) {
      builder.addSalted(FUNCTION, Payload.of(number(i)), sequence << 8 | i);
    }
    return builder.build();
  }

  public static Bytes number(long value) {
    return Bytes.copyOf(ByteBuffer.allocate(Long.BYTES).putLong(value).flip());
  }

  /** The frame of outcomes of tasks {@code from} to {@code to}: a thousand times their places. */
  public static Bytes results(long sequence, int from, int to) {
    ResultsBuilder builder = new ResultsBuilder(LIMITS);
    builder.begin(new BatchName.Ref(sequence + 1), 1);
    for (int i = from; i < to; i++) {
      builder.add(i, value(1000L * i), 7);
    }
    return builder.build();
  }

  public static Bytes failure(long sequence, int index) {
    ResultsBuilder builder = new ResultsBuilder(LIMITS);
    builder.begin(new BatchName.Ref(sequence + 1), 1);
    builder.add(index, new Outcome.Failure(Outcome.Kind.HANDLER, "Oops", "no", ""), 7);
    return builder.build();
  }

  public static Outcome value(long value) {
    return new Outcome.Value(Payload.of(number(value)));
  }
}
