package io.minga.node.task;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.wire.Bytes;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Writes results for one submitter, frame by frame, straight into the bytes that go out. Used again
 * for the next frame. One owner.
 *
 * <p>Results of one batch come one after the other, after {@link #begin}. They take the fewest
 * bytes with indexes ascending and equal outcomes side by side, but any order is right.
 */
public final class ResultsBuilder {
  private static final int BUFFER_BYTES = 1024;

  /** What a group takes besides its columns: name, indexes, epoch, tags and lengths. */
  private static final int GROUP_BYTES = 112;

  /** What a result takes besides its outcome: a code and a run time. */
  private static final int RESULT_BYTES = 14;

  /** What an outcome takes that isn't inside, besides the texts of a failure. */
  private static final int OTHER_BYTES = 64;

  private final TaskLimits limits;
  private final FrameWriter out = new FrameWriter(BUFFER_BYTES);
  private final FrameWriter codes = new FrameWriter(TaskRef.BATCH_TASKS_MAX);
  private final FrameWriter values = new FrameWriter(BUFFER_BYTES);
  private final FrameWriter micros = new FrameWriter(TaskRef.BATCH_TASKS_MAX);
  private final FrameWriter others = new FrameWriter(OTHER_BYTES);
  private final int[] indexes = new int[TaskRef.BATCH_TASKS_MAX];

  private @Nullable BatchName batch;
  private int epoch;
  private int count;
  private int sames;
  private long lastMicros;
  private int sameMicros;
  private @Nullable Outcome last;

  private int begun;
  private int groups;
  private int size;

  /** An empty frame. */
  public ResultsBuilder(TaskLimits limits) {
    this.limits = limits;
    clear();
  }

  private void clear() {
    out.clear();
    begun = out.begin(WorkCodec.RESULTS);
    groups = 0;
    size = 0;
  }

  /** How many results were added since the last frame was built. */
  public int size() {
    return size;
  }

  /**
   * What is added from now on are results of this batch.
   *
   * @param epoch in which this peer held the tasks, ≥ 1
   */
  public void begin(BatchName batch, int epoch) {
    if (epoch < 1) {
      throw new IllegalArgumentException("an epoch is ≥ 1, not " + epoch);
    }
    end();
    this.batch = batch;
    this.epoch = epoch;
  }

  /**
   * Adds a result of the batch begun.
   *
   * @param index the task's, or with replicas its claim's
   * @param runMicros how long it ran, ≥ 0
   * @return false if it doesn't fit any more, and was not added: build the frame and add it to the
   *     next, for which this batch is still begun. Into an empty frame every result fits
   * @throws IllegalArgumentException if a value is above its limit
   */
  public boolean add(int index, Outcome outcome, long runMicros) {
    if (index < 0 || index >= IndexSet.CAPACITY || runMicros < 0) {
      throw new IllegalArgumentException(
          "an index is 0 to 255, a run time ≥ 0, not %d, %d µs".formatted(index, runMicros));
    }
    if (batch == null) {
      throw new IllegalStateException("no batch was begun");
    }
    if (count > 0 && index <= indexes[count - 1]) {
      end(); // a group's indexes ascend, so this is another one's
    }
    boolean same = count > 0 && outcome.equals(last);
    Outcome sent = same ? outcome : cut(outcome);
    int needed = (count == 0 ? GROUP_BYTES : 0) + RESULT_BYTES + (same ? 0 : bytesMost(sent));
    if (size > 0
        && (used() + needed > limits.resultFrameBytesMax()
            || (count == 0 && groups == limits.partsMax()))) {
      return false;
    }
    addRunMicros(runMicros);
    if (same) {
      sames++;
    } else {
      addOutcome(sent);
      last = outcome;
    }
    indexes[count++] = index;
    size++;
    return true;
  }

  private Outcome cut(Outcome outcome) {
    return outcome instanceof Outcome.Failure failure ? failure.cut(limits) : outcome;
  }

  private int used() {
    return out.size()
        + (count == 0 ? 0 : GROUP_BYTES + count * RESULT_BYTES + values.size() + others.size());
  }

  private int bytesMost(Outcome outcome) {
    if (outcome instanceof Outcome.Value value) {
      boolean inline = value.payload() instanceof Payload.Inline;
      long sizeBytes = value.payload().sizeBytes();
      long max = inline ? limits.valueBytesMax() : limits.contentBytesMax();
      if (sizeBytes > max) {
        throw new IllegalArgumentException(
            "a result of %d B is above the limit of %d B%s"
                .formatted(sizeBytes, max, inline ? " inside a frame" : ""));
      }
      return inline ? (int) sizeBytes : OTHER_BYTES;
    }
    Outcome.Failure failure = (Outcome.Failure) outcome;
    return OTHER_BYTES
        + Utf8.bytesMost(failure.type())
        + Utf8.bytesMost(failure.message())
        + Utf8.bytesMost(failure.stack());
  }

  private void addRunMicros(long runMicros) {
    if (count > 0 && runMicros == lastMicros) {
      sameMicros++;
      return;
    }
    for (; sameMicros > 0; sameMicros--) {
      micros.varint(lastMicros);
    }
    micros.varint(runMicros);
    lastMicros = runMicros;
  }

  private void addOutcome(Outcome outcome) {
    for (; sames > 0; sames--) {
      codes.varint(ResultGroup.SAME);
    }
    if (outcome instanceof Outcome.Failure failure) {
      codes.varint(ResultGroup.OTHER);
      int other = others.begin(ResultGroup.OTHERS);
      others.number(OtherOutcome.FAILURE_KIND, Fields.wireNumber(failure.kind()));
      others.text(OtherOutcome.FAILURE_TYPE, failure.type());
      others.text(OtherOutcome.FAILURE_MESSAGE, failure.message());
      others.text(OtherOutcome.FAILURE_STACK, failure.stack());
      others.end(other);
      return;
    }
    Payload payload = ((Outcome.Value) outcome).payload();
    if (payload instanceof Payload.Inline inline) {
      codes.varint(ResultGroup.VALUE + inline.sizeBytes());
      values.raw(inline);
    } else if (payload instanceof Payload.Content content) {
      codes.varint(ResultGroup.OTHER);
      int other = others.begin(ResultGroup.OTHERS);
      others.bytes(OtherOutcome.CONTENT_CID, content.cid().toBytes());
      others.number(OtherOutcome.CONTENT_SIZE, content.sizeBytes());
      others.end(other);
    }
  }

  /** Writes the group, if anything was added to it. */
  private void end() {
    BatchName name = batch;
    if (count == 0 || name == null) {
      return;
    }
    int group = out.begin(WorkCodec.RESULTS_GROUP);
    WorkCodec.writeName(out, name);
    int first = indexes[0];
    int end = indexes[count - 1] + 1;
    out.indexes(
        WorkCodec.RUNS,
        WorkCodec.BITMAP,
        end - first == count
            ? IndexSet.range(first, end)
            : IndexSet.of(Arrays.copyOf(indexes, count)));
    if (epoch > 1) {
      out.number(ResultGroup.EPOCH, epoch);
    }
    out.bytes(ResultGroup.CODES, codes);
    if (values.size() > 0) {
      out.bytes(ResultGroup.VALUES, values);
    }
    out.bytes(ResultGroup.RUN_MICROS, micros);
    out.append(others);
    out.end(group);
    groups++;
    codes.clear();
    values.clear();
    micros.clear();
    others.clear();
    count = 0;
    sames = 0;
    sameMicros = 0;
    last = null;
  }

  /** The frame of what was added, at least one result; this is empty afterwards. */
  public Bytes build() {
    if (size == 0) {
      throw new IllegalStateException("a frame has at least one result");
    }
    end();
    out.end(begun);
    Bytes frame = out.toBytes();
    clear();
    return frame;
  }
}
