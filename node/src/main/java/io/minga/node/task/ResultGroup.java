package io.minga.node.task;

import io.minga.crdt.claims.IndexSet;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.ProtobufReader;
import io.minga.libp2p.wire.WireException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Results of one batch and epoch, as their submitter receives them. They stay in the frame's bytes
 * and are read there one after the other, by {@link #cursor}.
 *
 * <p>With the epoch the sender is the token of its results: whether it is the current one is what
 * decides, for an exclusive task, whether they become effective.
 */
public final class ResultGroup {
  static final int EPOCH = 5;

  /**
   * A varint for each result, indexes ascending: {@link #SAME} as the one before, {@link #OTHER},
   * or the length of its value plus {@link #VALUE}. Without its tail of zeros.
   */
  static final int CODES = 6;

  /** The values, one after the other. */
  static final int VALUES = 7;

  /** A varint for each result, without a tail that repeats the last. */
  static final int RUN_MICROS = 8;

  /** An outcome that isn't a value inside the frame; as many as there are codes for them. */
  static final int OTHERS = 9;

  static final int SAME = 0;
  static final int OTHER = 1;
  static final int VALUE = 2;

  private final Bytes source;
  private final BatchName batch;
  private final IndexSet indexes;
  private final int epoch;
  private final int codesFrom;
  private final int codesEnd;
  private final int valuesFrom;
  private final int microsFrom;
  private final int microsEnd;

  /** Of each outcome that isn't a value inside the frame: where it is, and how long. */
  private final int[] others;

  private final int othersCount;

  private ResultGroup(
      Bytes source,
      BatchName batch,
      IndexSet indexes,
      int epoch,
      int codesFrom,
      int codesEnd,
      int valuesFrom,
      int microsFrom,
      int microsEnd,
      int[] others,
      int othersCount) {
    this.source = source;
    this.batch = batch;
    this.indexes = indexes;
    this.epoch = epoch;
    this.codesFrom = codesFrom;
    this.codesEnd = codesEnd;
    this.valuesFrom = valuesFrom;
    this.microsFrom = microsFrom;
    this.microsEnd = microsEnd;
    this.others = others;
    this.othersCount = othersCount;
  }

  /** The group that {@code in}, a reader of {@code source}, is at. All of it is checked here. */
  static ResultGroup read(TaskLimits limits, Bytes source, ProtobufReader in) throws WireException {
    BatchName name = null;
    IndexSet indexes = IndexSet.EMPTY;
    int epoch = 1;
    int codesEnd = 0;
    int codesLength = 0;
    int valuesEnd = 0;
    int valuesLength = 0;
    int microsEnd = 0;
    int microsLength = 0;
    int[] others = {};
    int othersCount = 0;
    long seen = 0;
    while (in.next()) {
      if (in.field() == OTHERS) {
        if (othersCount == TaskRef.BATCH_TASKS_MAX) {
          throw in.violation("comes more than " + othersCount + " times");
        }
        int length = in.skipBytes(limits.workFrameBytesMax());
        int from = in.position() - length;
        OtherOutcome.check(limits, source, from, length);
        others = withOther(others, othersCount++, from, length);
        continue;
      }
      seen = Fields.once(in, seen, OTHERS);
      switch (in.field()) {
        case WorkCodec.REF, WorkCodec.CID -> name = WorkCodec.readName(in, name);
        case WorkCodec.RUNS, WorkCodec.BITMAP ->
            indexes = Fields.indexes(in, WorkCodec.RUNS, indexes);
        case EPOCH -> epoch = Fields.number(in, 1, Fields.EPOCH_MAX);
        case CODES -> {
          codesLength = in.skipBytes(limits.workFrameBytesMax());
          codesEnd = in.position();
        }
        case VALUES -> {
          valuesLength = in.skipBytes(limits.workFrameBytesMax());
          valuesEnd = in.position();
        }
        case RUN_MICROS -> {
          microsLength = in.skipBytes(limits.workFrameBytesMax());
          microsEnd = in.position();
        }
        default -> {}
      }
    }
    if (indexes.isEmpty()) {
      throw new WireException("Results: indexes in field 3 or 4 are missing");
    }
    ResultGroup group =
        new ResultGroup(
            source,
            WorkCodec.requireName("Results", name),
            indexes,
            epoch,
            codesEnd - codesLength,
            codesEnd,
            valuesEnd - valuesLength,
            microsEnd - microsLength,
            microsEnd,
            others,
            othersCount);
    group.checkOutcomes(limits.valueBytesMax(), valuesLength);
    group.checkRunMicros();
    return group;
  }

  private static int[] withOther(int[] others, int count, int from, int length) {
    int[] room = 2 * count < others.length ? others : Arrays.copyOf(others, Math.max(4, 4 * count));
    room[2 * count] = from;
    room[2 * count + 1] = length;
    return room;
  }

  private void checkOutcomes(int valueBytesMax, int valuesLength) throws WireException {
    int count = 0;
    int othersSaid = 0;
    long valueBytes = 0;
    for (int at = codesFrom; at < codesEnd; count++) {
      long code = varint(source, at, codesEnd);
      at += length(code);
      if ((code == SAME && count == 0) || code - VALUE > valueBytesMax) {
        throw new WireException(
            "Results, field 6: code %d, where 1, 2 to %d or, but for the first, 0 is right"
                .formatted(code, (long) valueBytesMax + VALUE));
      }
      othersSaid += code == OTHER ? 1 : 0;
      valueBytes += code >= VALUE ? code - VALUE : 0;
    }
    if (count < 1 || count > indexes.size()) {
      throw new WireException(
          "Results, field 6: %d codes, where 1 to %d are right".formatted(count, indexes.size()));
    }
    if (valueBytes != valuesLength || othersSaid != othersCount) {
      throw new WireException(
          "Results: codes are of %d B of values and %d others, but there are %d and %d"
              .formatted(valueBytes, othersSaid, valuesLength, othersCount));
    }
  }

  private void checkRunMicros() throws WireException {
    int count = 0;
    for (int at = microsFrom; at < microsEnd; count++) {
      at += length(varint(source, at, microsEnd));
    }
    if (count < 1 || count > indexes.size()) {
      throw new WireException(
          "Results, field 8: %d run times, where 1 to %d are right"
              .formatted(count, indexes.size()));
    }
  }

  /** The shortest varint of 63 bits at {@code at}. */
  static long varint(Bytes source, int at, int end) throws WireException {
    if (at < end && source.at(at) < 0x80) {
      return source.at(at);
    }
    long value = 0;
    for (int i = 0; at + i < end && i < 9; i++) {
      int b = source.at(at + i);
      value |= (long) (b & 0x7f) << (7 * i);
      if (b < 0x80) {
        if (b == 0) {
          break;
        }
        return value;
      }
    }
    throw new WireException(
        "Results: a varint is cut short, too long, or not in its shortest form");
  }

  static int length(long value) {
    return value < 0x80 ? 1 : (70 - Long.numberOfLeadingZeros(value)) / 7;
  }

  /** The batch that the tasks are of. */
  public BatchName batch() {
    return batch;
  }

  /** The epoch in which the sender held them. */
  public int epoch() {
    return epoch;
  }

  /** The tasks' indexes, or with replicas their claims'. */
  public IndexSet indexes() {
    return indexes;
  }

  /** How many results there are. */
  public int size() {
    return indexes.size();
  }

  /** Before the first result. */
  public Cursor cursor() {
    return new Cursor();
  }

  @Override
  public String toString() {
    return "%s%s in epoch %d".formatted(batch, indexes, epoch);
  }

  /** Goes from one result to the next, indexes ascending. */
  public final class Cursor {
    private int left = indexes.size();
    private int index = -1;
    private int codesAt = codesFrom;
    private int valueFrom = valuesFrom;
    private int valueLength;
    private int othersRead;
    private int microsAt = microsFrom;
    private long runMicros;
    private @Nullable Outcome outcome;

    private Cursor() {}

    /** Moves on; false after the last result. */
    public boolean next() {
      if (left == 0) {
        return false;
      }
      left--;
      do {
        index++;
      } while (!indexes.contains(index));
      if (codesAt < codesEnd) {
        readCode();
      }
      if (microsAt < microsEnd) {
        runMicros = checked(microsAt, microsEnd);
        microsAt += length(runMicros);
      }
      return true;
    }

    private void readCode() {
      long code = checked(codesAt, codesEnd);
      codesAt += length(code);
      if (code == OTHER) {
        int at = 2 * othersRead++;
        outcome = OtherOutcome.read(source, others[at], others[at + 1]);
      } else if (code >= VALUE) {
        outcome = null;
        valueFrom += valueLength;
        valueLength = (int) code - VALUE;
      }
    }

    private long checked(int at, int end) {
      try {
        return varint(source, at, end);
      } catch (WireException impossible) { // all were checked, and the bytes don't change
        throw new IllegalStateException(impossible);
      }
    }

    /** The task's index, or with replicas its claim's. */
    public int index() {
      return index;
    }

    /** How long it ran. */
    public long runMicros() {
      return runMicros;
    }

    /** How it ended: the same object for results in a row that have the same outcome. */
    public Outcome outcome() {
      Outcome known = outcome;
      if (known == null) {
        known = new Outcome.Value(new Payload.Inline(source, valueFrom, valueLength));
        outcome = known;
      }
      return known;
    }
  }
}
