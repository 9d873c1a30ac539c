package io.minga.node.task;

import io.minga.libp2p.identity.PeerId;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.ProtobufReader;
import io.minga.libp2p.wire.WireException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads one batch: its fields in any order, its tasks in theirs. */
final class BatchDecoder {
  static final int TASK = 8;

  private final TaskLimits limits;
  private final Bytes bytes;
  private final TaskFields task;
  private final List<FunctionName> functions = new ArrayList<>(1);
  private int[] places = new int[8 * Batch.PLACES];
  private byte[] functionOf = new byte[8];
  private int count;

  private String network = "";
  private @Nullable PeerId submitter;
  private long lineage;
  private long sequence;
  private long createdAtMillis;
  private long expiresAtMillis;
  private Policy policy = Policy.DEFAULT;
  private boolean memoizable;

  BatchDecoder(TaskLimits limits, Bytes bytes) {
    this.limits = limits;
    this.bytes = bytes;
    this.task = new TaskFields(bytes);
  }

  Batch decode() throws WireException {
    ProtobufReader in = Fields.read("Batch", bytes, limits.batchBytesMax());
    long seen = 0;
    while (in.next()) {
      if (in.field() == TASK) {
        addTask(in);
      } else {
        seen = Fields.once(in, seen, TASK);
        readHeader(in);
      }
    }
    Fields.require(
        "Batch",
        seen,
        BatchHeader.NETWORK,
        BatchHeader.SUBMITTER,
        BatchHeader.LINEAGE,
        BatchHeader.SEQUENCE,
        BatchHeader.CREATED_AT,
        BatchHeader.EXPIRES_AT);
    return batch();
  }

  private void readHeader(ProtobufReader in) throws WireException {
    switch (in.field()) {
      case BatchHeader.NETWORK -> network = Fields.label(in, limits.labelLengthMax());
      case BatchHeader.SUBMITTER -> submitter = Fields.peerId(in);
      case BatchHeader.LINEAGE -> lineage = Fields.fixed64(in);
      case BatchHeader.SEQUENCE -> sequence = Fields.number(in, 0L, Long.MAX_VALUE);
      case BatchHeader.CREATED_AT -> createdAtMillis = Fields.number(in, 0L, Long.MAX_VALUE);
      case BatchHeader.EXPIRES_AT -> expiresAtMillis = Fields.number(in, 0L, Long.MAX_VALUE);
      case BatchHeader.POLICY ->
          policy = Policy.read(in.message("Policy", Policy.BYTES_MAX), limits);
      default -> {}
    }
  }

  private void addTask(ProtobufReader in) throws WireException {
    if (count == limits.batchTasksMax()) {
      throw in.violation("there are more than " + count + " tasks");
    }
    if (count == functionOf.length) {
      places = Arrays.copyOf(places, 2 * places.length);
      functionOf = Arrays.copyOf(functionOf, 2 * functionOf.length);
    }
    ProtobufReader at = in.message("Task", limits.batchBytesMax());
    int from = at.position();
    try {
      task.find(at, limits);
    } catch (WireException wrong) {
      throw wrong.at("Batch, task " + count);
    }
    places[Batch.PLACES * count] = from;
    places[Batch.PLACES * count + 1] = in.position() - from;
    places[Batch.PLACES * count + 2] = task.inputAt();
    functionOf[count] = (byte) functionIndex(in);
    memoizable |= !task.salted();
    count++;
  }

  private int functionIndex(ProtobufReader in) throws WireException {
    int last = count == 0 ? 0 : functionOf[count - 1] & 0xff;
    if (count > 0 && task.isFunction(functions.get(last))) {
      return last;
    }
    for (int i = 0; i < functions.size(); i++) {
      if (task.isFunction(functions.get(i))) {
        return i;
      }
    }
    if (functions.size() == limits.batchFunctionsMax()) {
      throw in.violation("there are more than " + functions.size() + " different functions");
    }
    functions.add(task.function());
    return functions.size() - 1;
  }

  private Batch batch() throws WireException {
    if (count == 0) {
      throw new WireException("Batch: field 8 is missing, there is no task");
    }
    if (submitter == null) { // it is required, so this is for the compiler
      throw new IllegalStateException("no submitter");
    }
    if (count * policy.replicas() > limits.batchTasksMax()) {
      throw new WireException(
          "Batch: %d tasks with %d replicas are above the limit of %d in all"
              .formatted(count, policy.replicas(), limits.batchTasksMax()));
    }
    if (expiresAtMillis <= createdAtMillis
        || expiresAtMillis - createdAtMillis > limits.batchLifetimeMax().toMillis()) {
      throw new WireException(
          "Batch: it expires at %d, where later than %d by at most %d ms is right"
              .formatted(expiresAtMillis, createdAtMillis, limits.batchLifetimeMax().toMillis()));
    }
    return new Batch(
        limits,
        bytes,
        new BatchHeader(
            network, submitter, lineage, sequence, createdAtMillis, expiresAtMillis, policy),
        List.copyOf(functions),
        places.length == Batch.PLACES * count
            ? places
            : Arrays.copyOf(places, Batch.PLACES * count),
        functionOf.length == count ? functionOf : Arrays.copyOf(functionOf, count),
        memoizable);
  }
}
