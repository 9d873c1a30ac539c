package io.minga.node.task;

import io.minga.libp2p.multiformats.Cid;
import io.minga.libp2p.wire.Bytes;
import io.minga.libp2p.wire.ProtobufReader;
import io.minga.libp2p.wire.WireException;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A function, its input, and what makes this call of it different from an equal one.
 *
 * <p>Its identity is the CID of its bytes. A memoizable call has no salt, so that all equal ones
 * have one CID, which is what their result is remembered by; any other has 8 random bytes.
 *
 * <p>A task of a batch lies in the batch's bytes and keeps them alive.
 */
public final class Task {
  private final Bytes source;
  private final int from;
  private final int length;
  private final FunctionName function;
  private final Payload input;
  private final boolean salted;
  private final List<TaskRef> parents;

  private Task(
      Bytes source,
      int from,
      int length,
      FunctionName function,
      Payload input,
      boolean salted,
      List<TaskRef> parents) {
    this.source = source;
    this.from = from;
    this.length = length;
    this.function = function;
    this.input = input;
    this.salted = salted;
    this.parents = parents;
  }

  /**
   * A call whose result may be remembered.
   *
   * @throws IllegalArgumentException if the input is too large or there are too many parents
   */
  public static Task memoizable(
      TaskLimits limits, FunctionName function, Payload input, List<TaskRef> parents) {
    return of(limits, function, input, false, 0, parents);
  }

  /**
   * A call unlike any other.
   *
   * @param salt random
   * @throws IllegalArgumentException if the input is too large or there are too many parents
   */
  public static Task salted(
      TaskLimits limits, FunctionName function, Payload input, List<TaskRef> parents, long salt) {
    return of(limits, function, input, true, salt, parents);
  }

  private static Task of(
      TaskLimits limits,
      FunctionName function,
      Payload input,
      boolean salted,
      long salt,
      List<TaskRef> parents) {
    TaskFields.require(limits, function, input, parents);
    ByteBuffer out = ByteBuffer.allocate(TaskFields.length(function, input, salted, parents));
    TaskFields.write(out, function, input, salted, salt, parents);
    Bytes bytes = Bytes.copyOf(out.flip());
    return new Task(bytes, 0, bytes.length(), function, input, salted, List.copyOf(parents));
  }

  /**
   * The task that is encoded so.
   *
   * @throws WireException if it is malformed or above a limit
   */
  public static Task decode(TaskLimits limits, Bytes encoded) throws WireException {
    Fields.read("Task", encoded, limits.batchBytesMax());
    return decode(limits, encoded, 0, encoded.length(), null);
  }

  /** The task in a part of a message; {@code known} is its function if somebody knows it. */
  static Task decode(
      TaskLimits limits, Bytes source, int from, int length, @Nullable FunctionName known)
      throws WireException {
    TaskFields fields =
        new TaskFields(source).find(ProtobufReader.of("Task", source, from, length), limits);
    List<TaskRef> parents =
        fields.parents() == 0
            ? List.of()
            : List.copyOf(TaskFields.parents(ProtobufReader.of("Task", source, from, length)));
    FunctionName function = known == null ? fields.function() : known;
    return new Task(source, from, length, function, fields.input(), fields.salted(), parents);
  }

  /** What is to be called. */
  public FunctionName function() {
    return function;
  }

  /** What it is called with. */
  public Payload input() {
    return input;
  }

  /** Whether an equal call has the same result, so that it may be remembered. */
  public boolean memoizable() {
    return !salted;
  }

  /**
   * The tasks whose results it takes, in the order in which it takes them. Each is of a batch that
   * was there before this one, for its CID is in it: parents can't make a circle.
   */
  public List<TaskRef> parents() {
    return parents;
  }

  /** Its encoding, as received. */
  public Bytes bytes() {
    return source.slice(from, from + length);
  }

  /** Its identity, hashed anew at every call. */
  public Cid cid() {
    return TaskCid.ofMessage(bytes());
  }

  @Override
  public String toString() {
    return function + "(" + input + ")";
  }
}
