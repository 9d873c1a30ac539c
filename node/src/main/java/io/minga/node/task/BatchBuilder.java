package io.minga.node.task;

import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.Uvarint;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Writes the tasks of one submitter, batch by batch, straight into the bytes that go out. One
 * owner.
 *
 * <p>Tasks are added until one doesn't fit any more, then the batch is built and the same one is
 * added to the next. A task's index is its number among those added since the last batch was built.
 */
public final class BatchBuilder {
  private static final int BUFFER_BYTES = 1024;
  private static final int DELIMITED = 2;
  private static final List<TaskRef> NO_PARENTS = List.of();

  private final TaskLimits limits;
  private final List<FunctionName> functions = new ArrayList<>(1);
  private final int[] places;
  private final byte[] functionOf;
  private ByteBuffer out = ByteBuffer.allocate(BUFFER_BYTES);
  private BatchHeader header;
  private int countMax;
  private int headerBytes;
  private int count;
  private boolean memoizable;

  /**
   * An empty batch with this header.
   *
   * @throws IllegalArgumentException if the header is above a limit
   */
  public BatchBuilder(TaskLimits limits, BatchHeader header) {
    this.limits = limits;
    this.places = new int[Batch.PLACES * limits.batchTasksMax()];
    this.functionOf = new byte[limits.batchTasksMax()];
    this.header = header;
    begin(header);
  }

  /**
   * Begins the next batch; what was added and not built is gone.
   *
   * @throws IllegalArgumentException if the header is above a limit
   */
  public void begin(BatchHeader next) {
    next.require(limits);
    header = next;
    countMax = limits.batchTasksMax() / next.policy().replicas();
    functions.clear();
    count = 0;
    memoizable = false;
    out.clear();
    Bytes encoded = next.encode();
    headerBytes = encoded.length();
    room(headerBytes);
    encoded.writeTo(out);
  }

  /** How many tasks were added. */
  public int size() {
    return count;
  }

  /**
   * Adds a call unlike any other, without parents.
   *
   * @param salt random
   * @return false if it doesn't fit any more, and was not added
   * @throws IllegalArgumentException if it fits into no batch
   */
  public boolean addSalted(FunctionName function, Payload input, long salt) {
    return add(function, input, true, salt, NO_PARENTS);
  }

  /** Adds a call unlike any other, as {@link #addSalted(FunctionName, Payload, long)} does. */
  public boolean addSalted(FunctionName function, Payload input, long salt, List<TaskRef> parents) {
    return add(function, input, true, salt, parents);
  }

  /** Adds a call whose result may be remembered, else as {@link #addSalted} does. */
  public boolean addMemoizable(FunctionName function, Payload input, List<TaskRef> parents) {
    return add(function, input, false, 0, parents);
  }

  private boolean add(
      FunctionName function, Payload input, boolean salted, long salt, List<TaskRef> parents) {
    TaskFields.require(limits, function, input, parents);
    int length = TaskFields.length(function, input, salted, parents);
    int needed = 1 + Uvarint.length(length) + length;
    if (headerBytes + needed > limits.batchBytesMax()) {
      throw new IllegalArgumentException(
          "a task of %s takes %d B with its batch's header, above the limit of %d B for a batch"
              .formatted(function, headerBytes + needed, limits.batchBytesMax()));
    }
    if (count == countMax || out.position() + needed > limits.batchBytesMax()) {
      return false;
    }
    int number = functionIndex(function);
    if (number < 0) {
      return false;
    }
    room(needed);
    TaskFields.tag(out, BatchDecoder.TASK, DELIMITED, length);
    int at = Batch.PLACES * count;
    places[at] = out.position();
    places[at + 1] = length;
    places[at + 2] = TaskFields.inputAt(out.position(), function, input);
    functionOf[count] = (byte) number;
    TaskFields.write(out, function, input, salted, salt, parents);
    memoizable |= !salted;
    count++;
    return true;
  }

  /** The function's place, where it is put if it is new, or -1 if there is none left. */
  private int functionIndex(FunctionName function) {
    int last = count == 0 ? -1 : functionOf[count - 1] & 0xff;
    if (last >= 0 && functions.get(last).equals(function)) {
      return last;
    }
    int known = functions.indexOf(function);
    if (known < 0 && functions.size() < limits.batchFunctionsMax()) {
      functions.add(function);
      return functions.size() - 1;
    }
    return known;
  }

  private void room(int needed) {
    if (needed > out.remaining()) {
      int capacity = Math.max(out.position() + needed, 2 * out.capacity());
      out = ByteBuffer.allocate(capacity).put(out.flip());
    }
  }

  /**
   * The batch of what was added, at least one task. Nothing more can be added before {@link
   * #begin}.
   */
  public Batch build() {
    if (count == 0) {
      throw new IllegalStateException("a batch has at least one task");
    }
    Bytes bytes = Bytes.copyOf(out.flip());
    Batch batch =
        new Batch(
            limits,
            bytes,
            header,
            List.copyOf(functions),
            Arrays.copyOf(places, Batch.PLACES * count),
            Arrays.copyOf(functionOf, count),
            memoizable);
    count = 0;
    countMax = 0;
    return batch;
  }
}
